/**
 * People as the admin API shows them: who they are in every connection, and what they have in every app.
 * Decides fields and their meaning; must not join identities into people.
 */
import { z } from 'zod'
import { idParam, instant, pageOf, pageQuery } from './paging.ts'
import { deliveryState } from './delivery.ts'

export const identity = z
  .object({
    id: z.uuid(),
    connection: z.string(),
    userName: z.string(),
    displayName: z.string().nullable().describe('The display name, else made of the parts of the name.'),
    externalId: z.string().nullable(),
    active: z.boolean(),
    version: z.int().describe('Grows with every accepted change.'),
    created: instant,
    modified: instant,
    deleted: instant.nullable().describe('When the provider deleted it; null while it exists.'),
  })
  .meta({ id: 'Identity' })

export const personAccount = z
  .object({
    app: z.string(),
    connection: z.string().describe('Connection of the identity that wants the account.'),
    account: z.string().nullable().describe("The app's own id of it; null while there is none."),
    state: z
      .enum(['active', 'unregistered', 'pending', 'locked', 'inactive', 'absent', 'unknown'])
      .describe(
        'As last read from the app. `absent`: there is none of this identity. `unknown`: not read since it was linked.',
      ),
    link: z
      .enum(['linked', 'unlinked', 'unmatched', 'disputed', 'orphan', 'deleted'])
      .nullable()
      .describe('What is known about identity and account; null before the app was first asked.'),
    why: z.string().nullable().describe('Why it is not linked.'),
    delivery: z
      .object({
        state: deliveryState,
        wanted: z.int(),
        delivered: z.int(),
        next: instant.nullable(),
        detail: z.string().nullable(),
      })
      .nullable()
      .describe('What is still to be done; null when nothing was ever wanted here.'),
  })
  .meta({ id: 'PersonAccount' })

export const person = z
  .object({
    person: z.uuid(),
    identities: z.array(identity),
    accounts: z.array(personAccount),
  })
  .meta({ id: 'Person' })

export const peopleQuery = pageQuery.pick({ limit: true }).extend({
  userName: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^\0]*$/, 'a name without NUL')
    .describe('The user name, in any case.'),
  connection: idParam.optional().describe('Only identities of this connection.'),
})

export const peoplePage = pageOf(person, 'PeoplePage')

const namedIdentity = z.strictObject({
  connection: idParam,
  userName: peopleQuery.shape.userName,
})

export const joinRequest = z.strictObject({ one: namedIdentity, other: namedIdentity }).meta({ id: 'JoinRequest' })
export const partRequest = z.strictObject({ one: namedIdentity }).meta({ id: 'PartRequest' })

export const personJoined = z
  .object({ changed: z.boolean().describe('False where it was so already.') })
  .meta({ id: 'PersonJoined' })

export type Person = z.output<typeof person>
export type PersonAccount = z.output<typeof personAccount>
