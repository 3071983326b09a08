/**
 * Reads the tenants of a parsed rollcall.yaml, entry by entry.
 * Decides structure, and what must be unique or must exist; must not stop at the first problem.
 */
import type { z } from 'zod'
import { problemAt, problemsOf } from './issues.ts'
import { suggestion } from './nearest.ts'
import type { Path, Problem } from './problem.ts'
import { readAlert } from './read-alert.ts'
import { readApp } from './read-app.ts'
import { readToken } from './read-token.ts'
import type { Reading, Warning } from './reading.ts'
import {
  alertSchema,
  apiKeySchema,
  appSchema,
  connectionShell,
  connectionSchema,
  fileSchema,
  fileShell,
  tenantSchema,
  tenantShell,
  tokenSchema,
} from './schema.ts'
import type { AlertConfig, ApiKeyConfig, AppConfig, ConnectionConfig, TenantConfig } from './shape.ts'

interface ReadTenants {
  readonly tenants: readonly TenantConfig[]
  readonly problems: readonly Problem[]
  readonly warnings: readonly Warning[]
}

/** One entry, and where it stands. It may be anything: its lists are read even when the entry itself is wrong. */
interface Entry {
  readonly value: unknown
  readonly path: Path
}

/** `tenants` is to be used only if there is no problem. */
export async function readTenants(given: Pick<Reading, 'source' | 'secrets' | 'definitions'>): Promise<ReadTenants> {
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
  const apps = await each(appEntries, (app) => readAppEntry(reading, app))
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

async function readAppEntry(reading: Reading, entry: Entry): Promise<AppConfig | undefined> {
  const head = parse(reading, entry, { schema: appSchema, whole: appSchema })
  return readApp(reading, { ...entry, head })
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
  for (const { value, path } of entries(reading, entry, 'apps')) {
    if (typeof value !== 'string' || appIds.includes(value)) continue
    const fix = suggestion(value, appIds, 'Declare it under apps: of this tenant, or take it off this list.')
    reading.problems.push(problemAt(reading.source, path, { message: `this tenant has no app "${value}"`, fix }))
  }
  const tokens = await each(entries(reading, entry, 'tokens'), async (token) => {
    const fields = parse(reading, token, { schema: tokenSchema, whole: tokenSchema })
    const sha256 = fields === undefined ? undefined : await readToken(reading, fields, token.path)
    return sha256 === undefined ? undefined : { sha256 }
  })
  return parsed === undefined ? undefined : { ...parsed, tokens }
}

/** The entries of a list, whatever they are; an id that stands there twice is reported. What is no list is the schema's business. */
function entries(reading: Reading, { value, path }: Entry, key: string): Entry[] {
  const list: readonly unknown[] = isRecord(value) && Array.isArray(value[key]) ? value[key] : []
  const found = list.map((item, index) => ({ value: item, path: [...path, key, index] }))
  const first = new Map<string, Path>()
  for (const entry of found) {
    const id = idOf(entry.value)
    if (id === undefined) continue
    const at = typeof entry.value === 'string' ? entry.path : [...entry.path, 'id']
    const before = first.get(id)
    if (before === undefined) {
      first.set(id, at)
      continue
    }
    const { line } = reading.source.locate(before)
    const fix = `It is already in line ${line}: take another id, or remove one.`
    reading.problems.push(problemAt(reading.source, at, { message: `"${id}" is here twice`, fix }))
  }
  return found
}

async function each<T>(list: readonly Entry[], read: (entry: Entry) => Promise<T | undefined>): Promise<T[]> {
  const done: T[] = []
  for (const entry of list) {
    const value = await read(entry)
    if (value !== undefined) done.push(value)
  }
  return done
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The id of an entry, or the entry itself where the list is one of ids. */
function idOf(value: unknown): string | undefined {
  const id = isRecord(value) ? value['id'] : value
  return typeof id === 'string' ? id : undefined
}

/** Parses one entry; `whole` is the schema that knows the names of all its keys. */
function parse<S extends z.ZodType>(
  reading: Reading,
  entry: Entry,
  by: { schema: S; whole: z.ZodType },
): z.output<S> | undefined {
  const parsed = by.schema.safeParse(entry.value)
  if (parsed.success) return parsed.data
  reading.problems.push(...problemsOf(parsed.error, { source: reading.source, base: entry.path, schema: by.whole }))
  return undefined
}
