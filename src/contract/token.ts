/**
 * What opens a connection, as the admin API shows it: tokens, secrets of OAuth clients, passwords.
 * Decides fields and their meaning; must not have a place for a secret, but for the one answer that makes one.
 */
import { z } from 'zod'
import { idParam, instant, pageOf, pageQuery } from './paging.ts'

export const tokenState = z
  .enum(['valid', 'expired', 'revoked', 'withdrawn'])
  .describe(
    '`valid`: it opens its connection. `expired`: its time is over. `revoked`: for ever, whatever rollcall.yaml says. `withdrawn`: rollcall.yaml does not have it, or its connection, any more.',
  )

export const token = z
  .object({
    id: z.int().describe('What `token revoke` names.'),
    connection: z.string(),
    kind: z
      .enum(['token', 'secret', 'password'])
      .describe('`token`: a bearer token. `secret`: of the OAuth client. `password`: for HTTP Basic.'),
    name: z.string().nullable(),
    state: tokenState,
    madeBy: z.string().nullable().describe('Who made it here; null for what rollcall.yaml declares.'),
    made: instant.describe('When it was made here, or first declared.'),
    expires: instant.nullable().describe('From when on it opens nothing; null for never.'),
    lastUsed: instant.nullable().describe('Written once a minute, so up to a minute old; null for never.'),
    revoked: z.object({ by: z.string(), at: instant }).nullable(),
  })
  .meta({ id: 'Token' })

export const tokenQuery = pageQuery.extend({
  connection: idParam.optional().describe('Only of this connection.'),
})

export const tokenPage = pageOf(token, 'TokenPage')

export const tokenRequest = z
  .strictObject({
    connection: idParam.describe('What it opens.'),
    name: z.string().trim().min(1).max(100).optional().describe('For example who has it.'),
    expires: instant.optional().describe('From when on it opens nothing; in the future.'),
  })
  .meta({ id: 'TokenRequest' })

export const createdToken = token
  .extend({ token: z.string().describe('The token itself. It is in this answer only: nobody can show it again.') })
  .meta({ id: 'CreatedToken' })

export type Token = z.output<typeof token>
