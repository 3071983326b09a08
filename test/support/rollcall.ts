/**
 * The whole product in this process, on a database of its own.
 * Must not replace any part: what a test talks to is what `rollcall serve` starts.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { startRollcall } from '../../src/app.ts'
import type { Settings } from '../../src/config.ts'
import type { AlertPace } from '../../src/workflows/alert-engine.ts'
import { createTestDatabase } from './database.ts'

export interface TestRollcall {
  /** Of the SCIM address: `http://127.0.0.1:N/scim/v2`. */
  readonly base: string
  readonly address: string
  readonly databaseUrl: string
  /** Opens connection `okta` of tenant `acme`. */
  readonly scimToken: string
  /** The second token of the same connection. */
  readonly nextToken: string
  /** Opens connection `other` of tenant `acme`. */
  readonly otherToken: string
  /** Opens connection `okta` of tenant `bravo`. */
  readonly strangerToken: string
  /** Owner key of tenant `acme`. */
  readonly apiKey: string
  /** Owner key of tenant `bravo`. */
  readonly strangerKey: string
  close(): Promise<void>
}

export interface TestRollcallOptions {
  /** Entries under `apps:` of tenant acme, as in rollcall.yaml; both its connections get all of them. Enforced, unless `mode` is there. */
  readonly apps?: readonly ({ readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>)[]
  /** Entries under `extensions:` of tenant acme. */
  readonly extensions?: readonly object[]
  readonly profile?: 'okta' | 'entra' | 'onelogin' | 'generic'
  /** More connections of acme, each named for its profile, without apps; their tokens are `<profile>-only-0123456789`. */
  readonly profiles?: readonly ('okta' | 'entra' | 'onelogin' | 'generic')[]
  /** Of both connections of acme; `queue` unless a test is about waiting. */
  readonly delivery?: 'queue' | 'confirm'
  readonly confirmSeconds?: number
  /** Connections of acme, `okta` or `other`, that are shown the accounts of all its apps. */
  readonly shownTo?: readonly string[]
  /** Entries under `alerts:` of tenant acme. */
  readonly alerts?: readonly object[]
  /** How soon who is told of open items, instead of at people's pace. */
  readonly alertPace?: AlertPace
  /** Without tenant bravo: a server of one tenant. */
  readonly alone?: boolean
  /** Settings of the process besides those a test needs anyway. */
  readonly settings?: Partial<Settings>
  readonly tlsSeconds?: number
  /** Where the log goes instead of nowhere. */
  readonly log?: FastifyBaseLogger
  /** A database to use instead of a new one; it is not dropped. */
  readonly databaseUrl?: string
}

const TOKENS = {
  scimToken: 'okta-token-0123456789',
  nextToken: 'okta-next-0123456789',
  otherToken: 'other-token-0123456789',
  strangerToken: 'bravo-token-0123456789',
  apiKey: 'ops-key-0123456789',
  strangerKey: 'bravo-ops-key-0123456789',
}

/** Two tenants: `acme` with connections `okta` and `other`, `bravo` with `okta`. */
export async function startRollcallForTest(options: TestRollcallOptions = {}): Promise<TestRollcall> {
  const database = options.databaseUrl === undefined ? await createTestDatabase() : undefined
  const databaseUrl = options.databaseUrl ?? database?.url ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-served-'))
  const configPath = join(folder, 'rollcall.yaml')
  await writeFile(configPath, stringify(configuration(options)))
  const started = await startRollcall({
    settings: {
      configPath,
      dataDir: folder,
      port: 0,
      host: '127.0.0.1',
      databaseUrl,
      logLevel: 'silent',
      ...options.settings,
    },
    env: { NODE_ENV: 'test' },
    log: options.log ?? pino({ level: process.env['ROLLCALL_TEST_LOG'] ?? 'silent' }),
    ...(options.tlsSeconds === undefined ? {} : { tlsSeconds: options.tlsSeconds }),
    ...(options.alertPace === undefined ? {} : { alertPace: options.alertPace }),
  })
  return {
    address: started.address,
    base: `${started.address}/scim/v2`,
    databaseUrl,
    ...TOKENS,
    close: async () => {
      await started.close()
      await database?.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configuration(options: TestRollcallOptions): object {
  const { apps = [], alerts = [], profile = 'okta', profiles = [], delivery = 'queue', confirmSeconds = 8 } = options
  const { shownTo = [] } = options
  const names = apps.map((app) => app.id)
  const value = (text: string) => ({ value: text })
  return {
    tenants: [
      {
        id: 'acme',
        apiKeys: [{ id: 'ops', role: 'owner', value: TOKENS.apiKey }],
        extensions: options.extensions ?? [],
        connections: [
          {
            id: 'okta',
            profile,
            delivery,
            confirmSeconds,
            tokens: [value(TOKENS.scimToken), value(TOKENS.nextToken)],
            apps: names,
            showAccountsOf: shownTo.includes('okta') ? names : [],
          },
          {
            id: 'other',
            profile: 'generic',
            delivery,
            confirmSeconds,
            tokens: [value(TOKENS.otherToken)],
            apps: names,
            showAccountsOf: shownTo.includes('other') ? names : [],
          },
          ...profiles.map((id) => ({
            id: `${id}-only`,
            profile: id,
            delivery: 'queue',
            tokens: [value(`${id}-only-0123456789`)],
            apps: [],
          })),
        ],
        apps: apps.map((app) => ({ mode: 'enforce', ...app })),
        alerts,
      },
      ...(options.alone === true ? [] : [BRAVO]),
    ],
  }
}

const BRAVO = {
  id: 'bravo',
  apiKeys: [{ id: 'ops', role: 'owner', value: TOKENS.strangerKey }],
  connections: [
    { id: 'okta', profile: 'okta', delivery: 'queue', tokens: [{ value: TOKENS.strangerToken }], apps: [] },
  ],
}
