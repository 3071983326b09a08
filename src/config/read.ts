/**
 * Reads the tenants of a parsed rollcall.yaml, entry by entry.
 * Decides structure, and what must be unique or must exist; must not stop at the first problem.
 */
import { alertSchema } from './alert-schema.ts'
import { appSchema } from './app-schema.ts'
import { connectionSchema, connectionShell } from './connection-schema.ts'
import { each, entries, idOf, parse, type Entry } from './entries.ts'
import { problemAt } from './issues.ts'
import { suggestion } from './nearest.ts'
import type { Problem } from './problem.ts'
import { readAlert } from './read-alert.ts'
import { readApp } from './read-app.ts'
import { readBasic, readOauth, readTokens } from './read-sign-in.ts'
import { readToken } from './read-token.ts'
import type { Reading, Warning } from './reading.ts'
import { apiKeySchema, fileSchema, fileShell, tenantSchema, tenantShell } from './schema.ts'
import { tokenSchema } from './secret-schema.ts'
import type { AlertConfig, ApiKeyConfig, AppConfig, ConnectionConfig, ExtensionConfig, TenantConfig } from './shape.ts'

interface ReadTenants {
  readonly tenants: readonly TenantConfig[]
  readonly problems: readonly Problem[]
  readonly warnings: readonly Warning[]
}

/** `tenants` is to be used only if there is no problem. */
export async function readTenants(
  given: Pick<Reading, 'source' | 'secrets' | 'files' | 'definitions' | 'compile'>,
): Promise<ReadTenants> {
  const reading: Reading = { ...given, problems: [], warnings: [], credentials: new Map() }
  const file = { value: given.source.data, path: [] }
  if (file.value === null) {
    const fix = 'Begin with `tenants:`; examples/rollcall.yaml is one to start from.'
    reading.problems.push(problemAt(given.source, [], { message: 'the file is empty', fix }))
  } else parse(reading, file, { schema: fileShell, whole: fileSchema })
  const tenants = await each(entries(reading, file, 'tenants'), (entry) => readTenant(reading, entry))
  return { tenants, problems: reading.problems, warnings: reading.warnings }
}

async function readTenant(reading: Reading, entry: Entry): Promise<TenantConfig | undefined> {
  const shell = parse(reading, entry, { schema: tenantShell, whole: tenantSchema })
  const appEntries = entries(reading, entry, 'apps')
  const appIds = appEntries.map(({ value }) => idOf(value)).filter((id) => id !== undefined)
  const apps = await each(appEntries, (app) => readAppEntry(reading, app, shell?.extensions ?? []))
  const connections = await each(entries(reading, entry, 'connections'), (connection) =>
    readConnection(reading, connection, appIds),
  )
  const apiKeys = await each(entries(reading, entry, 'apiKeys'), (key) => readApiKey(reading, key))
  const alerts = await each(entries(reading, entry, 'alerts'), (alert) => readAlertEntry(reading, alert))
  return shell === undefined
    ? undefined
    : { id: shell.id, apiKeys, extensions: shell.extensions, connections, apps, alerts }
}

async function readAlertEntry(reading: Reading, entry: Entry): Promise<AlertConfig | undefined> {
  const head = parse(reading, entry, { schema: alertSchema, whole: alertSchema })
  return readAlert(reading, { ...entry, head })
}

async function readAppEntry(
  reading: Reading,
  entry: Entry,
  extensions: readonly ExtensionConfig[],
): Promise<AppConfig | undefined> {
  const head = parse(reading, entry, { schema: appSchema, whole: appSchema })
  return readApp(reading, { ...entry, head, extensions })
}

async function readApiKey(reading: Reading, entry: Entry): Promise<ApiKeyConfig | undefined> {
  const parsed = parse(reading, entry, { schema: apiKeySchema, whole: apiKeySchema })
  const token = tokenSchema.strip().safeParse(entry.value)
  const sha256 = token.success ? await readToken(reading, token.data, entry.path) : undefined
  return parsed !== undefined && sha256 !== undefined ? { id: parsed.id, role: parsed.role, sha256 } : undefined
}

async function readConnection(
  reading: Reading,
  entry: Entry,
  appIds: readonly string[],
): Promise<ConnectionConfig | undefined> {
  const parsed = parse(reading, entry, { schema: connectionShell, whole: connectionSchema })
  const apps = entries(reading, entry, 'apps')
  for (const { value, path } of apps) {
    if (typeof value !== 'string' || appIds.includes(value)) continue
    const fix = suggestion(value, appIds, 'Declare it under apps: of this tenant, or take it off this list.')
    reading.problems.push(problemAt(reading.source, path, { message: `this tenant has no app "${value}"`, fix }))
  }
  checkShown(reading, entry, apps)
  const tokens = await readTokens(reading, entry, 'tokens')
  const oauth = await readOauth(reading, entry, parsed?.oauth)
  const basic = await readBasic(reading, entry, parsed?.basic)
  if (parsed === undefined) return undefined
  const { oauth: _oauth, basic: _basic, ...rest } = parsed
  if (tokens.length === 0 && oauth === undefined && basic === undefined)
    reading.warnings.push({
      path: entry.path,
      message: 'nothing is declared that opens this connection',
      fix: `Add tokens, oauth or basic, or make a token with \`rollcall token create --connection ${rest.id}\`.`,
    })
  return { ...rest, tokens, ...(oauth === undefined ? {} : { oauth }), ...(basic === undefined ? {} : { basic }) }
}

/** Whose accounts the provider sees is an app that what it then writes is delivered to. */
function checkShown(reading: Reading, entry: Entry, apps: readonly Entry[]): void {
  for (const { value, path } of entries(reading, entry, 'showAccountsOf')) {
    if (typeof value !== 'string' || apps.some((app) => app.value === value)) continue
    const fix = 'Add it to apps: of this connection too, or take it off this list.'
    reading.problems.push(problemAt(reading.source, path, { message: `"${value}" is no app of this connection`, fix }))
  }
}
