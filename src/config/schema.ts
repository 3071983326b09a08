/**
 * Every key of rollcall.yaml, declared once: value, type, default and docs.
 * Decides what may be written there; must not read the environment or know any connector's own keys.
 */
import { z } from 'zod'

export const ID_RULE = 'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.'
export const SHA256_RULE = 'Write the SHA-256 of the token as 64 hexadecimal digits.'

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, ID_RULE)

/** Where a secret comes from. Exactly one of the three; in an app's entry it may stand in place of any text. */
export const SECRET_KEYS = ['env', 'file', 'value'] as const

const secretFields = {
  env: z.string().min(1).optional().describe('Name of the environment variable that holds the secret.'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File that holds the secret; a relative path begins at the folder of rollcall.yaml. One line break at the end is dropped.',
    ),
  value: z
    .string()
    .min(1)
    .optional()
    .describe('The secret itself. Works, with a warning: whoever reads the file has it.'),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, SHA256_RULE)
    .optional()
    .describe('SHA-256 of the token in hexadecimal, so that the token itself is nowhere on the server.'),
}

export const tokenSchema = z
  .strictObject(secretFields)
  .describe('A token. Exactly one of `env`, `file`, `value` and `sha256`.')

export const apiKeySchema = z
  .strictObject({
    id: id.describe('Name of the key, as it appears as the author of what it does.'),
    role: z
      .enum(['owner', 'operator', 'auditor'])
      .describe('`owner` may do everything, `operator` everything but manage keys, `auditor` may only read.'),
    ...secretFields,
  })
  .describe('A key for the admin API and the command line. Exactly one of `env`, `file`, `value` and `sha256`.')

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
      .describe('Bearer tokens the provider may use. Two at once make a change of token without a gap.'),
    apps: z
      .array(id)
      .default([])
      .describe(
        'Apps that get accounts for the people of this connection. Without one, changes are accepted and kept.',
      ),
  })
  .describe('Where identities come from: a SCIM address that a provider pushes to.')

/** The keys every app has; the others belong to its type. */
export const appSchema = z
  .looseObject({
    id: id.describe('Name of the app, unique in its tenant.'),
    type: z.string().min(1).describe('Which connector: for example `cxone`. It decides which other keys there are.'),
    mode: z
      .enum(['enforce', 'observe'])
      .default('enforce')
      .describe('`enforce` writes to the app. `observe` accepts and plans, and writes nothing.'),
  })
  .describe('A target that gets accounts.')

export const tenantSchema = z
  .strictObject({
    id: id.describe('Name of the organisation. Everything below belongs to it alone.'),
    apiKeys: z.array(apiKeySchema).default([]).describe('Who may use the admin API and the command line.'),
    connections: z.array(connectionSchema).default([]).describe('Where identities come from.'),
    apps: z.array(appSchema).default([]).describe('Which applications get accounts.'),
  })
  .describe('One customer organisation.')

export const fileSchema = z.strictObject({ tenants: z.array(tenantSchema).min(1) })

/** A tenant whose lists are read entry by entry, so that one bad entry does not hide what is wrong with the others. */
export const tenantShell = tenantSchema.extend({
  apiKeys: z.array(z.unknown()).default([]),
  connections: z.array(z.unknown()).default([]),
  apps: z.array(z.unknown()).default([]),
})

/** A connection whose tokens are read one by one. */
export const connectionShell = connectionSchema.extend({ tokens: z.array(z.unknown()).min(1) })

export const fileShell = z.strictObject({ tenants: z.array(z.unknown()).min(1) })
