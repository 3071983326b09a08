/**
 * What enforcing an app, or another policy, would do to everybody, as the admin API shows it.
 * Decides fields and their meaning; must not know how it is found out.
 */
import { z } from 'zod'
import { instant, pageOf, pageQuery } from './paging.ts'

/** The same as in src/reconcile/difference.ts; a test compares them. */
export const differenceKind = z
  .enum([
    'create',
    'update',
    'rename',
    'grant',
    'revoke',
    'invite',
    'deactivate',
    'reactivate',
    'adopt',
    'disputed',
    'unmatched',
    'deleted',
    'waiting',
    'held',
    'refused',
    'unseen',
  ])
  .describe(
    'What would be done, or why nothing: `disputed` to `unseen`. `waiting`: for groups. `held`: by the policy, until somebody looks. `refused`: what is wanted is not known in the app. `unseen`: the app did not show all its accounts.',
  )

export const differenceNote = z
  .enum(['mail', 'administrator', 'adopted-role', 'charges', 'differs'])
  .describe(
    'What to look at before. `mail`: an e-mail is sent. `administrator`: an administrator is changed. `adopted-role`: the role of an account that was there before Rollcall changes. `charges`: the app charges for more than before. `differs`: the policy in force does something else.',
  )

const people = z.int()
const entitlement = z.object({ of: z.string(), id: z.string(), name: z.string(), people })
const move = {
  from: z.string().nullable().describe('Null where nothing was charged for before.'),
  to: z.string(),
  adds: z.array(z.string()).describe('What is charged for from then on, in the words of the app.'),
  drops: z.array(z.string()),
}

export const differenceNumbers = z
  .object({
    people: people.describe('Everybody who was compared.'),
    unchanged: people.describe('Of whom nothing would change.'),
    kinds: z.record(differenceKind, people).describe('People by what would be done; one may be in several.'),
    attributes: z.record(z.string(), people).describe('People by attribute that is updated.'),
    gives: z.array(entitlement),
    takes: z.array(entitlement),
    reasons: z
      .array(z.object({ kind: differenceKind, reason: z.string(), people }))
      .describe('Why nothing would be done for somebody, most people first.'),
    moves: z.array(z.object({ ...move, people })).describe('Into teams that the app charges for otherwise.'),
    costlier: people.describe('Whose account would be charged for more than before.'),
    mails: people.describe('E-mails that would be sent.'),
    administrators: people.describe('Administrators who would be changed.'),
    adoptedRoles: z
      .array(z.object({ from: z.string().nullable(), to: z.string().nullable(), people }))
      .describe('Accounts that were there before Rollcall whose role would change.'),
  })
  .meta({ id: 'DifferenceNumbers' })

export const differenceWarning = z
  .object({
    code: z.enum(['mails', 'charges', 'adopted-roles', 'administrators', 'deactivations', 'unseen', 'held', 'refused']),
    people,
    text: z.string(),
  })
  .meta({ id: 'DifferenceWarning' })

export const difference = z
  .object({
    id: z.uuid().describe('The same as of its run.'),
    app: z.string(),
    state: z.enum(['reading', 'comparing', 'done']).describe('`reading`: the app. `comparing`: everybody with it.'),
    verdict: z
      .enum(['whole', 'partial', 'unreachable'])
      .nullable()
      .describe(
        'How the app was read. `partial`: nothing is said of people whose account it did not show. `unreachable`: nothing is said at all.',
      ),
    why: z.string().nullable().describe('What was wrong with the reading.'),
    accounts: z.int().describe('Accounts that were read so far.'),
    people: z.int().describe('People that were compared so far.'),
    policy: z.int().nullable().describe('Version of the policy in force; null where there is none.'),
    given: z.string().nullable().describe('Hash of the policy that was given in its place; null where none was.'),
    numbers: differenceNumbers.nullable().describe('By the policy that was asked about; null until it is done.'),
    inForce: differenceNumbers.nullable().describe('By the policy in force, where another one was given.'),
    differing: z.int().describe('People for whom the given policy does something else than the one in force.'),
    warnings: z.array(differenceWarning).describe('What to look at before saying yes, the worst first.'),
    hash: z.string().nullable().describe('Of everything in it: equal while nothing has changed.'),
    created: instant,
    ended: instant.nullable(),
  })
  .meta({ id: 'Difference' })

const attributes = z.record(z.string(), z.string().nullable())
const held = z.object({ of: z.string(), id: z.string(), name: z.string(), level: z.number().optional() })

const outcome = {
  kinds: z.array(differenceKind),
  notes: z.array(differenceNote),
  account: z.string().nullable().describe("The app's own id of it; null where there is none."),
  why: z.string().nullable().describe('Why nothing would be done.'),
  reason: z.string().nullable().describe('The same in a word, equal for all whom it concerns.'),
  before: attributes.describe('Attributes that would change, as they are. Roles and teams by name.'),
  after: attributes,
  gives: z.array(held),
  takes: z.array(held),
  move: z.object(move).nullable(),
  role: z
    .object({ from: z.string().nullable(), to: z.string().nullable() })
    .nullable()
    .describe('Of an account that was there before Rollcall, where its role would change.'),
}

export const differencePerson = z
  .object({
    connection: z.string(),
    identity: z.uuid().describe('Id of the SCIM User.'),
    userName: z.string(),
    ...outcome,
    inForce: z.object(outcome).nullable().describe('What the policy in force does, where that is something else.'),
  })
  .meta({ id: 'DifferencePerson' })

export const differencePersonPage = pageOf(differencePerson, 'DifferencePersonPage')

export const differencePersonQuery = pageQuery.extend({
  kind: z.union([differenceKind, differenceNote]).optional().describe('Only people of this kind, or with this note.'),
})

const LARGEST_TEXT = 262_144

/** Neither: the policy in force. */
export const differenceRequest = z
  .strictObject({
    text: z.string().max(LARGEST_TEXT).optional().describe('A policy in YAML or JSON, in place of the one in force.'),
    document: z.record(z.string(), z.unknown()).optional().describe('The same as data.'),
  })
  .refine(({ text, document }) => text === undefined || document === undefined, 'Send `text` or `document`, not both.')
  .meta({ id: 'DifferenceRequest' })

export const differenceStarted = z
  .object({ run: z.uuid().describe('Id of the run, and of the difference.') })
  .meta({ id: 'DifferenceStarted' })

export type Difference = z.output<typeof difference>
export type DifferencePerson = z.output<typeof differencePerson>
export type DifferenceNumbers = z.output<typeof differenceNumbers>
