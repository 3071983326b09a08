/**
 * The whole product with connections of a test's own, and callers who show whatever they like.
 * Must not sign anybody in by itself.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { startRollcall } from '../../src/app.ts'
import { createTestDatabase } from '../support/database.ts'

export const OWNER = 'owner-key-0123456789'
export const AUDITOR = 'auditor-key-0123456789'
export const STRANGER = 'stranger-key-0123456789'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Members of whatever JSON came. */
  readonly body: Readonly<Record<string, unknown>>
}

export interface Instance {
  readonly address: string
  /** What it has logged so far. */
  logged(): string
  close(): Promise<void>
}

export interface Stage {
  readonly databaseUrl: string
  /** Starts one more on the same database, with these connections of tenant acme. */
  start(connections: readonly object[], more?: { readonly publicUrl: string }): Promise<Instance>
  close(): Promise<void>
}

/** Tenant acme with an owner's and an auditor's key, tenant bravo with a key. */
export async function openStage(): Promise<Stage> {
  const database = await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-sign-in-'))
  const running = new Set<Instance>()
  const key = Buffer.alloc(32, 7)
  return {
    databaseUrl: database.url,
    start: async (connections, more) => {
      const configPath = join(folder, `${running.size}.yaml`)
      await writeFile(configPath, stringify(fileOf(connections)))
      const lines: string[] = []
      const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
      const settings = { configPath, dataDir: folder, port: 0, host: '127.0.0.1', key } as const
      const started = await startRollcall({
        settings: { ...settings, ...more, databaseUrl: database.url, logLevel: 'trace' },
        env: { NODE_ENV: 'test' },
        log,
      })
      const instance = {
        address: started.address,
        logged: () => lines.join(''),
        close: async () => {
          running.delete(instance)
          await started.close()
        },
      }
      running.add(instance)
      return instance
    },
    close: async () => {
      await Promise.all([...running].map((instance) => instance.close()))
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const fileOf = (connections: readonly object[]): object => ({
  tenants: [
    {
      id: 'acme',
      apiKeys: [
        { id: 'boss', role: 'owner', value: OWNER },
        { id: 'audit', role: 'auditor', value: AUDITOR },
      ],
      connections: connections.map((connection) => ({ delivery: 'queue', apps: [], ...connection })),
    },
    { id: 'bravo', apiKeys: [{ id: 'boss', role: 'owner', value: STRANGER }] },
  ],
})

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Answer['body'],
  }
}

/** What a provider asks first; `authorization` as it goes over the wire. */
export const ask = async ({ address }: Pick<Instance, 'address'>, authorization?: string): Promise<Answer> =>
  answerOf(
    await fetch(`${address}/scim/v2/Users?count=1`, authorization === undefined ? {} : { headers: { authorization } }),
  )

export const bearer = (token: unknown): string => `Bearer ${String(token)}`
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

export async function admin(
  { address }: Pick<Instance, 'address'>,
  path: string,
  options: { readonly key?: string; readonly body?: object } = {},
): Promise<Answer> {
  const { key = OWNER, body } = options
  return answerOf(
    await fetch(`${address}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: bearer(key), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }),
  )
}

/** Asks for an access token. */
export async function grant(
  { address }: Pick<Instance, 'address'>,
  form: string | Readonly<Record<string, string>>,
  { authorization, query = '' }: { readonly authorization?: string; readonly query?: string } = {},
): Promise<Answer> {
  return answerOf(
    await fetch(`${address}/oauth/token${query}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    }),
  )
}

export interface Listed {
  readonly id: number
  readonly state: string
  readonly kind: string
  readonly name: string | null
  readonly lastUsed: string | null
}

export async function listed(instance: Instance, connection: string): Promise<readonly Listed[]> {
  return (await admin(instance, `/tokens?connection=${connection}`)).body['items'] as Listed[]
}
