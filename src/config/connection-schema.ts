/**
 * The keys of `connections:` and the ways in which a provider signs in.
 * Decides what may be written there; must not read secrets.
 */
import { z } from 'zod'
import { id } from './id-schema.ts'
import { passwordSchema, tokenSchema } from './secret-schema.ts'

const CLIENT_ID_RULE = 'Use 1 to 200 letters, digits and punctuation of ASCII, without blanks and colons.'
const USER_NAME_RULE = 'Use 1 to 200 characters without colons and line breaks.'
const SCOPE_RULE = 'Use letters, digits and punctuation of ASCII, without blanks, quotes and backslashes.'

export const basicSchema = z
  .strictObject({
    username: z
      .string()
      .regex(/^[^\p{Cc}:]{1,200}$/u, USER_NAME_RULE)
      .describe('The user name; no other connection may have it.'),
    passwords: z
      .array(passwordSchema)
      .min(1)
      .max(5)
      .describe('Each of them is right. Two at once make a change of password without a gap.'),
  })
  .describe('HTTP Basic, for providers that offer nothing else, such as older templates of Okta.')

export const oauthSchema = z
  .strictObject({
    clientId: z
      .string()
      .regex(/^[\x21-\x39\x3b-\x7e]{1,200}$/, CLIENT_ID_RULE)
      .describe('The client id to give the provider; no other connection may have it.'),
    secrets: z
      .array(tokenSchema)
      .min(1)
      .describe(
        'Client secrets, each of them right. What is taken out ends together with the access tokens it was used for.',
      ),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, SCOPE_RULE))
      .min(1)
      .max(20)
      .default(['scim'])
      .describe(
        'Names of scopes that the provider may ask for; none asked for means all. An access token opens this one connection, whatever they are called.',
      ),
    tokenSeconds: z.int().min(60).max(21_600).default(3_600).describe('How long an access token is valid.'),
  })
  .describe('OAuth 2.0 client credentials: the provider fetches short-lived access tokens at `/oauth/token`.')

export const connectionSchema = z
  .strictObject({
    id: id.describe('Name of the connection, unique in its tenant.'),
    profile: z
      .enum(['okta', 'entra', 'onelogin', 'generic'])
      .default('generic')
      .describe('Which provider pushes: its known quirks are read as it means them.'),
    delivery: z
      .enum(['queue', 'confirm'])
      .default('confirm')
      .describe(
        '`confirm` waits with the answer until an app has taken the change or refuses it for the sake of this person: then nothing has changed, here or there, and the provider shows why. `queue` answers as soon as the change is committed here.',
      ),
    confirmSeconds: z
      .int()
      .min(1)
      .max(30)
      .default(8)
      .describe('Longest wait for an app with `delivery: confirm`, in seconds; after it the provider is answered 2xx.'),
    tokens: z
      .array(tokenSchema)
      .min(1)
      .default([])
      .describe(
        'Bearer tokens the provider may use. Two at once make a change of token without a gap. `rollcall token create` makes more.',
      ),
    oauth: oauthSchema.optional(),
    basic: basicSchema.optional(),
    requestsPerSecond: z
      .int()
      .min(1)
      .max(100_000)
      .default(10_000)
      .describe(
        'Most requests a second that one process takes for this connection, after a burst of as many; above it the answer is 429 with `Retry-After`. Entra wants at least 25.',
      ),
    apps: z
      .array(id)
      .default([])
      .describe(
        'Apps that get accounts for the people of this connection. Without one, changes are accepted and kept.',
      ),
    showAccountsOf: z
      .array(id)
      .default([])
      .describe(
        'Which of its apps the provider sees accounts of that nobody owns: each as a user, so that an import or a search finds them before anything is written. Whom it writes to becomes its own. Protected accounts are not shown.',
      ),
  })
  .describe('Where identities come from: a SCIM address that a provider pushes to.')

/** A connection whose tokens, secrets and passwords are read one by one. */
export const connectionShell = connectionSchema.extend({
  tokens: z.array(z.unknown()).min(1).default([]),
  oauth: oauthSchema.extend({ secrets: z.array(z.unknown()).min(1) }).optional(),
  basic: basicSchema.extend({ passwords: z.array(z.unknown()).min(1).max(5) }).optional(),
})
