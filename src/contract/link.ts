/**
 * Links as the admin API shows them: what is known about identity and account, and what people decide about it.
 * Decides fields and their meaning; must not decide whose account it is.
 */
import { z } from 'zod'
import { idParam, instant, pageOf, pageQuery } from './paging.ts'

export const linkState = z
  .enum(['linked', 'unlinked', 'unmatched', 'disputed', 'orphan', 'deleted'])
  .describe(
    '`linked`: the account follows the identity. `unlinked`: matched, or given up, and not linked. `unmatched`: an account is wanted, and none can be made. `disputed`: somebody must decide whose it is. `orphan`: an account without an identity. `deleted`: it was linked and is gone from the app.',
  )

export const link = z
  .object({
    id: z.int().describe('What `link settle` names.'),
    app: z.string(),
    connection: z.string(),
    state: linkState,
    identity: z.uuid().describe('Id of the SCIM User.'),
    userName: z.string(),
    present: z.boolean().describe('False for somebody whom the provider has deleted, or whose create was refused.'),
    account: z.string().nullable().describe("The app's own id of it; null while none is known."),
    origin: z
      .enum(['created', 'adopted'])
      .nullable()
      .describe('How the account came to be theirs; null while it is not.'),
    why: z.string().nullable().describe('Why it is not linked.'),
    since: instant,
    settled: z
      .object({
        as: z.enum(['adopt', 'ignore']),
        by: z.string(),
        at: instant,
        evenProtected: z.boolean(),
      })
      .nullable()
      .describe('What a person has decided and the next delivery goes by; null when nothing is open.'),
  })
  .meta({ id: 'Link' })

export const linkQuery = pageQuery.extend({
  app: idParam.optional().describe('Only this app.'),
  state: linkState.optional().describe('Only this state.'),
})

export const linkPage = pageOf(link, 'LinkPage')

export const settleAs = z
  .enum(['adopt', 'ignore', 'release', 'reopen'])
  .describe(
    '`adopt`: the account is this person’s. `ignore`: it is not, it stays as it is, and this person gets none here. `release`: the account is no longer this person’s; it stays as it is. `reopen`: forget what was decided and look again.',
  )

export const settlement = z
  .strictObject({
    as: settleAs,
    evenProtected: z
      .boolean()
      .default(false)
      .describe('Adopt although the account is protected. Needs a key with the role owner.'),
  })
  .meta({ id: 'Settlement' })

export type Link = z.output<typeof link>
