/**
 * The composition root: puts the parts together, and takes them apart again.
 * Decides which concrete connectors there are and in which order things start and stop; must not hold any rule.
 */
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { loadConfig, type AppConfig, type Config, type Settings } from './config.ts'
import type { CallManners, ConnectorDefinition, HttpClient } from './connectors/contract.ts'
import { openHttp, type Http } from './connectors/http.ts'
import { openPace, paced, type Lane } from './connectors/pace.ts'
import { callingFor, purposeOfCall } from './connectors/purpose.ts'
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
import { withDeclared } from './scim/schema/declared.ts'
import type { ResourceType } from './scim/schema/resource-type.ts'
import { indexAttributes } from './store/attribute-indexes.ts'
import { acceptAbandoned, isAnswerKey } from './store/confirmations.ts'
import { openDb, type Db } from './store/db.ts'
import { textOfAppKey, type AppKey } from './store/deliveries.ts'
import { FAN_OUT_KEY } from './store/fan-outs.ts'
import { endDeadLeases } from './store/leases.ts'
import { defaultDataDir } from './store/managed/data-directory.ts'
import { startManagedPostgres } from './store/managed/start.ts'
import { migrate } from './store/migrate.ts'
import { slowDown, takeTokens } from './store/rate.ts'
import { readOrMakeKey, secretBox, type SecretBox } from './store/secrets.ts'
import { analyzeGrown } from './store/statistics.ts'
import type { World } from './store/users.ts'
import type { DeliveryTarget } from './workflows/delivery-context.ts'
import type { OpenChannel } from './workflows/alert.ts'
import { ALERT_PACE, openAlertEngine, type AlertPace } from './workflows/alert-engine.ts'
import { openDeliveryEngine } from './workflows/delivery-engine.ts'
import { openFanOut } from './workflows/fan-out.ts'
import { openOutlooks, worthWaiting, type Outlooks } from './workflows/outlook.ts'
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
  const types = typesOfTenants(config)
  let chosen: string | undefined
  const dataDir = (): string => (chosen ??= chooseDataDir({ settings, log, env }))
  const url = settings.databaseUrl ?? (await openPostgres(dataDir(), { log, closers }))
  await migrate(url)
  const onError = (error: unknown): void => log.error({ err: error }, 'background work failed')
  const db = await openDatabase(url, { log, closers, own: settings.databaseUrl === undefined })
  const secrets = secretBox(settings.key ?? (await readOrMakeKey(dataDir())))
  await declare(config, { db, secrets, log })
  const targets = openTargets(config, { log, closers, db })
  const outlooks = openOutlooks({ db, clock: () => performance.now(), targets, onError })
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
    callingFor,
    onDelivered: outlooks.note,
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
        answers: { ...waiters, worthWaiting: (world) => likelyInTime(config, outlooks, world) },
        now: () => new Date(),
        newId: randomUUID,
      },
      exchanges,
      types: (tenant) => types.get(tenant),
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

/** `own`: its server is ours and has just been started, so whoever had leases there, or waited for an answer, is dead. */
async function openDatabase(
  url: string,
  { log, closers, own }: { log: FastifyBaseLogger; closers: Closers; own: boolean },
): Promise<Db> {
  const db = openDb(url, { onError: (error) => log.warn({ err: error }, 'a database connection was lost') })
  closers.add('the database pool', () => db.close())
  if (own) {
    await endDeadLeases(db)
    await acceptAbandoned(db, 'all')
  }
  const onError = (error: unknown): void => log.error({ err: error }, 'statistics were not brought up to date')
  closers.add(
    'statistics',
    every(ANALYZE_SECONDS, () => analyzeGrown(db), onError),
  )
  return db
}

/** The resource types of each tenant, with what it declares. */
function typesOfTenants(config: Config): ReadonlyMap<string, readonly ResourceType[]> {
  return new Map(
    config.tenants.map(({ id, extensions }) => {
      try {
        return [id, withDeclared(extensions)]
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
        throw new StartError(`The extensions of tenant ${id} do not go together: ${error.message}. Rename one of them.`)
      }
    }),
  )
}

interface Declaring {
  readonly db: Db
  readonly secrets: SecretBox
  readonly log: FastifyBaseLogger
}

/** Makes the database say what the file says. */
async function declare(config: Config, { db, secrets, log }: Declaring): Promise<void> {
  const applied = await applyConfiguration({ db, secrets }, config.tenants)
  if (applied.deliveries > 0)
    log.info({ deliveries: applied.deliveries }, 'people who were here before their app will be delivered')
  await indexAttributes(db, config.tenants)
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

/** Whether an answer to this connection would come before its time is over. */
function likelyInTime(config: Config, outlooks: Outlooks, { tenant, connection }: World): boolean {
  const declared = config.tenants.find(({ id }) => id === tenant)
  const behind = declared?.connections.find(({ id }) => id === connection)
  if (declared === undefined || behind === undefined) return false
  const apps = declared.apps.filter(({ id, mode }) => mode === 'enforce' && behind.apps.includes(id))
  return worthWaiting(
    apps.map(({ id }) => outlooks.look({ tenant, app: id })),
    behind.confirmSeconds,
  )
}

interface Surroundings {
  readonly log: FastifyBaseLogger
  readonly closers: Closers
  readonly db: Db
}

function openTargets(config: Config, surroundings: Surroundings): Targets {
  const targets = new Map<string, DeliveryTarget>()
  for (const { id: tenant, apps } of config.tenants) {
    for (const app of apps) targets.set(textOfAppKey({ tenant, app: app.id }), openTarget(tenant, app, surroundings))
  }
  return targets
}

/** A client whose calls carry an id, are logged, and wait for their turn where the connector names a rate. */
function openCalls(
  { tenant, app, manners }: AppKey & { readonly manners: CallManners },
  { log, db }: Surroundings,
): Http {
  const { rate, account, correlationHeader } = manners
  const http = openHttp({
    ...(correlationHeader === undefined ? {} : { correlationHeader }),
    onCall: (call) => log.debug({ tenant, app, call }, 'an app was called'),
  })
  const named: HttpClient = (request) => {
    const correlation = request.correlation ?? purposeOfCall()?.id
    return http.fetch(correlation === undefined ? request : { ...request, correlation })
  }
  if (rate === undefined) return { ...http, fetch: named }
  const key = { tenant, bucket: account ?? `app ${app}` }
  const pace = openPace(
    { take: (asked) => takeTokens(db, key, { ...asked, ...rate }), slowDown: (until) => slowDown(db, key, until) },
    rate,
  )
  return {
    fetch: paced(named, pace, laneOfCall),
    close: () => {
      pace.close()
      return http.close()
    },
  }
}

/** What is tried again after a failure, and what no delivery is behind, is not waited for by nobody. */
function laneOfCall(): Lane {
  const urgency = purposeOfCall()?.urgency ?? 1
  return urgency >= 2 ? 2 : urgency === 0 ? 0 : 1
}

function openTarget(tenant: string, app: AppConfig, surroundings: Surroundings): DeliveryTarget {
  const { log, closers } = surroundings
  const definition: ConnectorDefinition<unknown> | undefined = connectors.find(({ type }) => type === app.type)
  if (definition === undefined) throw new StartError(`There is no connector ${app.type}.`)
  const http = openCalls({ tenant, app: app.id, manners: definition.calls?.(app.entry) ?? {} }, surroundings)
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
