/**
 * Connections as the admin API shows them, and the calls that reached none.
 * Decides fields and their meaning; must not know how they are found out.
 */
import { z } from 'zod'
import { instant } from './paging.ts'
import { PROVIDERS } from './guide/shape.ts'

export const connection = z
  .object({
    id: z.string(),
    profile: z.enum(PROVIDERS).describe('Which provider pushes.'),
    delivery: z.enum(['queue', 'confirm']),
    state: z
      .enum(['attached', 'detached'])
      .describe('`detached`: no longer in rollcall.yaml; its tokens open nothing.'),
    tokens: z.int().describe('Bearer tokens that open it now.'),
    oauth: z.boolean().describe('It has an OAuth client, whose secret is good for tokens at /oauth/token.'),
    basic: z.boolean().describe('It has passwords for HTTP Basic.'),
    address: z.string().describe('The SCIM address to give to the provider.'),
    addressFrom: z
      .enum(['ROLLCALL_PUBLIC_URL', 'request'])
      .describe('`request`: no public address is set, so it is the one this was asked at.'),
    apps: z
      .array(z.object({ id: z.string(), type: z.string(), mode: z.enum(['enforce', 'observe']) }))
      .describe('Apps that get accounts for its people.'),
    lastCall: instant.nullable().describe('When the provider last said something.'),
  })
  .meta({ id: 'Connection' })

export const unknownCall = z
  .object({
    id: z.int().describe('Grows with time; `after` takes it.'),
    time: instant,
    method: z.string(),
    path: z.string().describe('Without its query.'),
    status: z.int().describe('What was answered.'),
    address: z.string().describe('Where it came from.'),
    userAgent: z.string().nullable().describe('What it called itself; null when it did not.'),
    provider: z.enum(PROVIDERS).nullable().describe('Which provider it looks like.'),
    carried: z
      .enum([
        'nothing',
        'unknown',
        'revoked',
        'expired',
        'detached',
        'api-key',
        'client-secret',
        'valid',
        'foreign-jwt',
      ])
      .describe(
        'What it carried to sign in with. `valid`: a token of this connection, at an address where no SCIM is. `api-key`: a key of the admin API. `client-secret`: the secret of an OAuth client, which is for /oauth/token. `foreign-jwt`: a token that somebody else signed, as Entra does where its secret is left empty.',
      ),
  })
  .meta({ id: 'UnknownCall' })

export const unknownCallQuery = z.object({
  after: z.coerce.number<string>().int().min(0).default(0).describe('Only calls later than the one with this id.'),
  limit: z.coerce.number<string>().int().min(1).max(200).default(200),
})

export const unknownCalls = z
  .object({
    items: z.array(unknownCall).describe('Oldest first.'),
    hidden: z
      .enum(['owners-only', 'several-tenants'])
      .nullable()
      .describe(
        'Why calls that carry nothing known are not shown; null where they are. They belong to nobody: only an owner sees them, and only on a server with one tenant.',
      ),
  })
  .meta({ id: 'UnknownCalls' })

export type Connection = z.output<typeof connection>
export type UnknownCall = z.output<typeof unknownCall>
