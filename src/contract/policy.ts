/**
 * Policies as the admin API shows, takes and tries them.
 * Decides fields and their meaning; must not know what may be written in a policy (src/policy/schema.ts does).
 */
import { z } from 'zod'
import { idParam, instant, pageOf } from './paging.ts'

const document = z.record(z.string(), z.unknown())

const versionFields = {
  version: z.int().describe('From 1, in the order in which they came into force.'),
  hash: z.string().describe('SHA-256 of the canonical text of the document: equal for equal policies.'),
  origin: z.enum(['declared', 'saved']).describe('`declared`: by rollcall.yaml. `saved`: through this API.'),
  savedAt: instant,
  savedBy: z.string().describe('Who brought it into force, as the event log names them.'),
  current: z.boolean().describe('True for the one in force.'),
}

export const policyVersion = z.object(versionFields).meta({ id: 'PolicyVersion' })

export const policyVersionWhole = z
  .object({
    app: z.string(),
    ...versionFields,
    document: document.describe('With everything filled in that was left out.'),
    text: z.string().nullable().describe('As somebody wrote it; null where only the document was handed in.'),
  })
  .meta({ id: 'PolicyVersionWhole' })

export const policyVersionPage = pageOf(policyVersion, 'PolicyVersionPage')

export const policy = z
  .object({
    app: z.string(),
    declared: z.boolean().describe('rollcall.yaml says what the policy is, so it cannot be saved here.'),
    current: policyVersionWhole
      .nullable()
      .describe(
        'The version in force; null while the app has none: everybody gets an account by the standard mapping.',
      ),
    problems: z
      .array(z.string())
      .describe(
        'Why the version in force cannot be used any more: a line each. Nobody but leavers is decided about then.',
      ),
    warnings: z
      .array(z.string())
      .describe('What of it costs money, sends e-mail or changes accounts that were there before, in sentences.'),
  })
  .meta({ id: 'Policy' })

const LARGEST_TEXT = 262_144

/** A policy as it is handed in: exactly one of the two. */
const written = {
  text: z.string().max(LARGEST_TEXT).optional().describe('YAML or JSON, kept as it is, comments included.'),
  document: document.optional().describe('The same as data.'),
}
const oneOf = ({ text, document: data }: { text?: unknown; document?: unknown }): boolean =>
  (text === undefined) !== (data === undefined)

export const newPolicy = z
  .strictObject({
    ...written,
    expectedVersion: z
      .int()
      .min(0)
      .optional()
      .describe('Saved only if this version is in force, 0 for none: so that two editors do not overwrite each other.'),
  })
  .refine(oneOf, 'Send either `text` or `document`.')
  .meta({ id: 'NewPolicy' })

export const policySaved = z
  .object({
    app: z.string(),
    version: z.int(),
    hash: z.string(),
    changed: z.boolean().describe('False where this policy was in force already.'),
    changes: z.array(z.string()).describe('What differs from the version before: a line each, at most 50.'),
    warnings: z
      .array(z.string())
      .describe('What of it costs money, sends e-mail or changes accounts that were there before, in sentences.'),
    due: z.int().describe('How many deliveries that had waited for another policy are tried again now.'),
  })
  .meta({ id: 'PolicySaved' })

export const policyTestRequest = z
  .strictObject({
    userName: z.string().min(1).max(1_000),
    connection: idParam.optional().describe('When the name is there in more than one connection.'),
    ...written,
  })
  .refine((body) => oneOf(body) || (body.text === undefined && body.document === undefined), {
    error: 'Send `text` or `document`, or neither for the policy in force.',
  })
  .meta({ id: 'PolicyTestRequest' })

const rule = z.object({
  rule: z.string(),
  priority: z.int(),
  matched: z.boolean(),
  why: z.string().describe('With the values that decided it.'),
  wins: z.array(z.string()).describe('What the account has because of this rule.'),
  loses: z.array(z.string()).describe('What it would have given, and who gave it instead.'),
})

const owned = z
  .enum(['always', 'onCreate', 'never'])
  .describe(
    '`always`: follows the policy. `onCreate`: when the account is made and when its person returns. `never`: left alone.',
  )

const attribute = z.object({
  attribute: z.string(),
  value: z.string().nullable(),
  from: z.string().describe('Where the value comes from, in words.'),
  owned,
})

const grant = z.object({
  kind: z.enum(['role', 'skill', 'group']),
  name: z.string(),
  level: z.number().nullable(),
  from: z.array(z.string()).describe('Names of the rules that give it, the strongest first.'),
  owned,
})

const difference = z.object({
  change: z
    .string()
    .describe(
      'The step that would be made: `create`, `update`, `rename`, `grant`, `revoke`, `deactivate`, … `by-hand`: the app does not let it be set, and a person does it there.',
    ),
  attribute: z.string().nullable().describe('Which attribute, or which kind of thing is given or taken.'),
  found: z.string().nullable().describe('What the account has now.'),
  wanted: z.string().nullable(),
  detail: z.string().nullable(),
})

export const policyTest = z
  .object({
    app: z.string(),
    userName: z.string(),
    connection: z.string(),
    identity: z.uuid(),
    policy: z.object({
      version: z.int().nullable().describe('Null for one that was handed in, and where the app has none.'),
      given: z.boolean().describe('True for one that was handed in.'),
    }),
    groups: z.array(z.string()).describe('Groups the person is in, directly or through others.'),
    account: z.object({ matched: z.boolean(), why: z.string() }).describe('Whether there is to be an account.'),
    rules: z.array(rule).describe('Every rule that was considered, strongest first.'),
    attributes: z.array(attribute),
    grants: z.array(grant),
    decision: z.object({
      kind: z.enum(['account', 'none', 'wait', 'hold']),
      active: z.boolean().nullable().describe('Whether its person may sign in; null while nothing is decided.'),
      why: z.string().nullable(),
      minutes: z.number().nullable().describe('How long groups are waited for, with `wait`.'),
    }),
    target: z
      .object({
        state: z
          .enum(['read', 'absent', 'not-read'])
          .describe('`read`: the account was looked at just now. `absent`: there is none. `not-read`: see `why`.'),
        account: z.string().nullable().describe("The app's own id of it."),
        why: z.string().nullable(),
      })
      .describe('The account as it is now.'),
    diff: z
      .array(difference)
      .describe('What a delivery would do to the account now; empty where it is as wanted, or was not read.'),
  })
  .meta({ id: 'PolicyTest' })

export type PolicyVersion = z.output<typeof policyVersion>
export type PolicyVersionWhole = z.output<typeof policyVersionWhole>
export type PolicyAnswer = z.output<typeof policy>
export type PolicySavedAnswer = z.output<typeof policySaved>
export type PolicyTestAnswer = z.output<typeof policyTest>
