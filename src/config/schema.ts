/**
 * The keys of rollcall.yaml from the top: tenants, and who may use the admin API. Each list has a schema of its own.
 * Decides what may be written there; must not read the environment or know any connector's own keys.
 */
import { z } from 'zod'
import { alertSchema } from './alert-schema.ts'
import { appSchema } from './app-schema.ts'
import { connectionSchema } from './connection-schema.ts'
import { extensionSchema } from './extension-schema.ts'
import { id } from './id-schema.ts'
import { secretFields } from './secret-schema.ts'

export const apiKeySchema = z
  .strictObject({
    id: id.describe('Name of the key, as it appears as the author of what it does.'),
    role: z
      .enum(['owner', 'operator', 'auditor'])
      .describe('`owner` may do everything, `operator` everything but manage keys, `auditor` may only read.'),
    ...secretFields,
  })
  .describe('A key for the admin API and the command line. Exactly one of `env`, `file`, `value` and `sha256`.')

export const tenantSchema = z
  .strictObject({
    id: id.describe('Name of the organisation. Everything below belongs to it alone.'),
    apiKeys: z.array(apiKeySchema).default([]).describe('Who may use the admin API and the command line.'),
    connections: z.array(connectionSchema).default([]).describe('Where identities come from.'),
    extensions: z
      .array(extensionSchema)
      .default([])
      .describe('Attributes of users and groups that RFC 7643 does not have.'),
    apps: z.array(appSchema).default([]).describe('Which applications get accounts.'),
    alerts: z.array(alertSchema).default([]).describe('Who is told when something stands in the way of an app.'),
  })
  .describe('One customer organisation.')

export const fileSchema = z.strictObject({ tenants: z.array(tenantSchema).min(1) })

/** A tenant whose lists are read entry by entry, so that one bad entry does not hide what is wrong with the others. */
export const tenantShell = tenantSchema.extend({
  apiKeys: z.array(z.unknown()).default([]),
  connections: z.array(z.unknown()).default([]),
  apps: z.array(z.unknown()).default([]),
  alerts: z.array(z.unknown()).default([]),
})

export const fileShell = z.strictObject({ tenants: z.array(z.unknown()).min(1) })
