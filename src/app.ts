/**
 * The composition root: puts the parts together, and takes them apart again.
 * Decides which concrete connectors there are and in which order things start and stop; must not hold any rule.
 */
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { loadConfig, type AppConfig, type Config, type Settings } from './config.ts'
import type { ConnectorDefinition } from './connectors/contract.ts'
import { openHttp } from './connectors/http.ts'
import { connectors } from './connectors/registry.ts'
import { every } from './durable/timers.ts'
import { openWaiters } from './durable/waiters.ts'
import { openWake } from './durable/wake.ts'
import { adminRoutes } from './http/admin/routes.ts'
import { openExchangeLog } from './http/scim/exchange-log.ts'
import { SCIM_PATH } from './http/scim/request.ts'
import { buildServer, closeServer } from './http/server.ts'
import type { AccountAttributes } from './identity/account.ts'
import { openChannel } from './notify/open.ts'
import { applyConfiguration } from './operations/apply-configuration.ts'
import { acceptAbandoned, isAnswerKey } from './store/confirmations.ts'
import { openDb, type Db } from './store/db.ts'
import { textOfAppKey } from './store/deliveries.ts'
import { FAN_OUT_KEY } from './store/fan-outs.ts'
import { endDeadLeases } from './store/leases.ts'
import { defaultDataDir } from './store/managed/data-directory.ts'
import { startManagedPostgres } from './store/managed/start.ts'
import { migrate } from './store/migrate.ts'
import { readOrMakeKey, secretBox } from './store/secrets.ts'
import { analyzeGrown } from './store/statistics.ts'
import type { DeliveryTarget } from './workflows/delivery-context.ts'
import type { OpenChannel } from './workflows/alert.ts'
import { ALERT_PACE, openAlertEngine, type AlertPace } from './workflows/alert-engine.ts'
import { openDeliveryEngine } from './workflows/delivery-engine.ts'
import { openFanOut } from './workflows/fan-out.ts'
import { openProtection } from './workflows/protection.ts'
import packageJson from '../package.json' with { type: 'json' }

/** A start that cannot succeed as things are; the message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

export interface Rollcall {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly address: string
  /** Answers what is under way, gives leases back, stops the managed PostgreSQL. Harmless twice. */
  close(): Promise<void>
}

export interface StartOptions {
  readonly settings: Settings
  readonly log: FastifyBaseLogger
  /** The variables that rollcall.yaml takes secrets from. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** How soon who is told of open items; for tests that cannot wait as long as people can. */
  readonly alertPace?: AlertPace
}

/** Most requests of one connection that wait for an app at once; the others are answered as soon as they are committed. */
const MOST_WAITING = 100
/** Seconds after which `rollcall scim log` shows an exchange. */
const FLUSH_SECONDS = 1
/** Seconds between looks for tables that have grown. */
const ANALYZE_SECONDS = 2
const VERSION = packageJson.version

/** Closes in the reverse order of opening, each part once, whatever the others do. */
class Closers {
  readonly #closers: { readonly name: string; readonly close: () => Promise<void> }[] = []
  readonly #log: FastifyBaseLogger
  #closing: Promise<void> | undefined
  constructor(log: FastifyBaseLogger) {
    this.#log = log
  }
  add(name: string, close: () => Promise<void>): void {
    this.#closers.push({ name, close })
  }
  closeAll(): Promise<void> {
    this.#closing ??= this.#closeInTurn()
    return this.#closing
  }
  async #closeInTurn(): Promise<void> {
    for (const { name, close } of this.#closers.toReversed()) {
      await close().catch((error: unknown) => this.#log.error({ err: error }, `${name} did not close cleanly`))
    }
  }
}

/**
 * Starts everything, or nothing: what was opened before a failure is closed again. Throws {@link StartError},
 * ConfigError, ManagedPostgresError, MigrationError or KeyError, each with words for the person who started it.
 */
export async function startRollcall(options: StartOptions): Promise<Rollcall> {
  const closers = new Closers(options.log)
  try {
    const address = await start(options, closers)
    return { address, close: () => closers.closeAll() }
  } catch (error) {
    await closers.closeAll()
    throw error
  }
}

async function start({ settings, log, env, alertPace = ALERT_PACE }: StartOptions, closers: Closers): Promise<string> {
  const config = await readConfig({ settings, log, env })
  let chosen: string | undefined
  const dataDir = (): string => (chosen ??= chooseDataDir({ settings, log, env }))
  const url = settings.databaseUrl ?? (await openPostgres(dataDir(), { log, closers }))
  await migrate(url)
  const onError = (error: unknown): void => log.error({ err: error }, 'background work failed')
  const db = openDb(url, { onError: (error) => log.warn({ err: error }, 'a database connection was lost') })
  closers.add('the database pool', () => db.close())
  // Our own server has just been started: whoever had leases on it, or waited for an answer, is dead.
  if (settings.databaseUrl === undefined) {
    await endDeadLeases(db)
    await acceptAbandoned(db, 'all')
  }
  const stopAnalyzing = every(ANALYZE_SECONDS, () => analyzeGrown(db), onError)
  closers.add('statistics', stopAnalyzing)
  const secrets = secretBox(settings.key ?? (await readOrMakeKey(dataDir())))
  const applied = await applyConfiguration({ db, secrets }, config.tenants)
  if (applied.deliveries > 0)
    log.info({ deliveries: applied.deliveries }, 'people who were here before their app will be delivered')
  const targets = openTargets(config, { log, closers })
  const wake = openWake({ url, db, instance: randomUUID(), onError })
  closers.add('wake-ups', () => wake.close())
  const waiters = openWaiters({ places: MOST_WAITING })
  const engine = await openDeliveryEngine({
    db,
    url,
    targets,
    log,
    onError,
    now: () => new Date(),
    newId: randomUUID,
    hash: hashOf,
    wakeAnswer: (key) => wake.wake(key),
    sleep: (seconds) => sleep(seconds * 1000),
  })
  closers.add('deliveries', engine.close)
  const fanOut = openFanOut({ db, wakeApp: (key) => wake.wake(key), onError })
  closers.add('fan-outs', fanOut.close)
  wake.onWake((key) => (key === FAN_OUT_KEY ? fanOut : isAnswerKey(key) ? waiters : engine).wake(key))
  const channels = openChannels(config)
  const alerts = openAlertEngine({
    db,
    channels,
    pace: alertPace,
    adviceOf: (key) => targets.get(textOfAppKey(key))?.advice,
    log,
    onError,
    now: () => new Date(),
    newId: randomUUID,
  })
  closers.add('alerts', alerts.close)
  const exchanges = openExchangeLog(db)
  const stopFlushing = every(FLUSH_SECONDS, exchanges.flush, onError)
  closers.add('the exchange log', () => stopFlushing().then(exchanges.flush))
  const server = await buildServer({
    log,
    ready: () => readiness(db),
    scim: {
      operations: {
        db,
        wake,
        answers: { ...waiters, worthWaiting: () => true },
        now: () => new Date(),
        newId: randomUUID,
      },
      exchanges,
      baseUrl: (request) => `${settings.publicUrl ?? `${request.protocol}://${request.host}`}${SCIM_PATH}`,
    },
    admin: (app) =>
      app.register(adminRoutes, {
        db,
        wake,
        version: VERSION,
        production: env['NODE_ENV'] !== 'test',
        startRun: engine.startRun,
        alerts: {
          test: alerts.test,
          ids: (tenant) => channels.filter((it) => it.tenant === tenant).map(({ id }) => id),
        },
      }),
  })
  closers.add('the server', () => closeServer(server))
  return listen(server, settings)
}

async function readConfig({ settings, log, env }: StartOptions): Promise<Config> {
  if (settings.configPath === undefined) {
    throw new StartError(
      'No configuration is named. Start with --config rollcall.yaml (or set ROLLCALL_CONFIG); examples/rollcall.yaml is one to begin with.',
    )
  }
  const definitions = new Map(connectors.map((definition) => [definition.type, definition]))
  const config = await loadConfig({ path: settings.configPath, env, definitions })
  for (const warning of config.warnings) log.warn(warning)
  return config
}

function chooseDataDir({ settings, log, env }: StartOptions): string {
  if (settings.dataDir !== undefined) return settings.dataDir
  const { dataDir, notice } = defaultDataDir({ cwd: process.cwd(), uid: process.getuid?.() ?? -1, env })
  if (notice !== undefined) log.warn(notice)
  return dataDir
}

async function openPostgres(
  dataDir: string,
  { log, closers }: { log: FastifyBaseLogger; closers: Closers },
): Promise<string> {
  const postgres = await startManagedPostgres({ dataDir, log })
  closers.add('PostgreSQL', () => postgres.stop())
  return postgres.url
}

type Targets = ReadonlyMap<string, DeliveryTarget>

function openTargets(config: Config, { log, closers }: { log: FastifyBaseLogger; closers: Closers }): Targets {
  const targets = new Map<string, DeliveryTarget>()
  for (const tenant of config.tenants) {
    for (const app of tenant.apps)
      targets.set(textOfAppKey({ tenant: tenant.id, app: app.id }), openTarget(app, { log, closers }))
  }
  return targets
}

function openTarget(app: AppConfig, { log, closers }: { log: FastifyBaseLogger; closers: Closers }): DeliveryTarget {
  const definition: ConnectorDefinition<unknown> | undefined = connectors.find(({ type }) => type === app.type)
  if (definition === undefined) throw new StartError(`There is no connector ${app.type}.`)
  const http = openHttp()
  const connector = definition.open(app.entry, {
    fetch: http.fetch,
    now: () => new Date(),
    log: log.child({ app: app.id }),
  })
  closers.add(`app ${app.id}`, async () => {
    await connector.close()
    await http.close()
  })
  const { mode, adopt, protect } = app
  const protection = openProtection({ connector, adopt, protect, now: () => new Date() })
  const { advice } = definition
  return { connector, mode, defaults: defaultsOf(app.entry), protection, ...(advice === undefined ? {} : { advice }) }
}

const openChannels = (config: Config): readonly OpenChannel[] =>
  config.tenants.flatMap(({ id: tenant, alerts }) =>
    alerts.map(({ id, ...settings }) => ({ tenant, id, channel: openChannel(settings, { now: () => new Date() }) })),
  )

/** `defaults:` of the entry, which every type of app may have. */
function defaultsOf(entry: unknown): AccountAttributes {
  if (typeof entry !== 'object' || entry === null || !('defaults' in entry)) return {}
  const { defaults } = entry
  return typeof defaults === 'object' && defaults !== null ? defaults : {}
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

async function readiness(db: Db): Promise<string | undefined> {
  try {
    await db.query('select 1')
    return undefined
  } catch {
    return 'the database does not answer'
  }
}

async function listen(server: FastifyInstance, { host, port }: Settings): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE')
      throw new StartError(
        `Port ${port} on ${host} is taken by another process. Stop that one, or choose another port with --port (0 takes a free one).`,
      )
    if (code === 'EACCES')
      throw new StartError(`Port ${port} may not be opened by this user. Choose one from 1024 up with --port.`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartError(`This machine has no address ${host}. Use 127.0.0.1, or 0.0.0.0 for every interface.`)
    throw error
  }
}
