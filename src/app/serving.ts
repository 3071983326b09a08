/**
 * The HTTP side at the start: the server with everything it is given.
 * Decides which slices of the house it sees; must not know a route.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { every } from '../durable/timers.ts'
import type { Alerts, Policies } from '../http/admin/context.ts'
import type { SignOnChecks } from '../http/admin/sso-checks.ts'
import type { FindLaunch } from '../http/launch.ts'
import { adminRoutes } from '../http/admin/routes.ts'
import { openExchangeLog, type ExchangeLog } from '../http/scim/exchange-log.ts'
import { openUnknownCallLog, type UnknownCallLog } from '../http/scim/unknown-call-log.ts'
import type { Metrics } from '../http/metrics.ts'
import type { MetricsAccess } from '../http/metrics-route.ts'
import { addressesOf, baseUrlFor } from '../http/proxies.ts'
import { SCIM_PATH, type ScimOptions } from '../http/scim/request.ts'
import { buildServer, closeServer } from '../http/server.ts'
import type { Tls } from '../http/tls.ts'
import type { Db } from '../store/db.ts'
import type { MentionsOf } from '../store/views/entitlements.ts'
import type { typesOfTenants } from './types-of-tenants.ts'
import { readiness } from './database.ts'
import { openRefresh } from './metering.ts'
import type { Deliveries } from './delivering.ts'
import type { StartOptions, Surroundings } from './starting.ts'

/** Seconds after which `rollcall scim log` shows an exchange. */
const FLUSH_SECONDS = 1

interface Serving extends Surroundings {
  readonly options: StartOptions
  readonly types: ReturnType<typeof typesOfTenants>
  /** Tenants whose documents show all they hold. */
  readonly asKept: ReadonlySet<string>
  readonly db: Db
  readonly deliveries: Deliveries
  readonly alerts: Alerts
  readonly mentionsOf: MentionsOf
  readonly policies: Policies
  readonly signOn: SignOnChecks
  /** Where launch links lead. */
  readonly launch: FindLaunch
  /** Where TLS is served here. */
  readonly tls: Tls | undefined
  readonly metrics: Metrics
  readonly version: string
  readonly onError: (error: unknown) => void
}

/** Builds the server; it does not listen yet. */
export async function openServer(given: Serving): Promise<FastifyInstance> {
  const { options, db, deliveries, alerts, policies, tls, metrics, log, closers } = given
  const { trustedProxies } = options.settings
  const server = await buildServer({
    log,
    ...(trustedProxies === undefined ? {} : { trusts: addressesOf(trustedProxies) }),
    ...(tls === undefined ? {} : { tls }),
    ready: () => readiness(db),
    metrics: { ...metrics, ...metricsAccess(given) },
    scim: {
      ...scimOptions(given, { exchanges: openExchanges(given), baseUrl: baseUrlFor(options.settings.publicUrl) }),
      unknownCalls: openUnknownCalls(given),
    },
    admin: (app) =>
      app.register(adminRoutes, {
        db,
        wake: deliveries.wake,
        publicUrl: options.settings.publicUrl,
        version: given.version,
        production: options.env['NODE_ENV'] !== 'test',
        startRun: deliveries.startRun,
        alerts,
        mentionsOf: given.mentionsOf,
        policies,
        signOn: given.signOn,
      }),
    launch: given.launch,
  })
  closers.add('the server', () => closeServer(server))
  return server
}

const metricsAccess = ({ options: { settings }, db, metrics }: Serving): MetricsAccess => ({
  ...(settings.metricsToken === undefined ? {} : { token: settings.metricsToken }),
  proxied: settings.publicUrl !== undefined || settings.trustedProxies !== undefined,
  refresh: openRefresh(db, metrics),
})

function openExchanges({ db, closers, onError }: Serving): ExchangeLog {
  const exchanges = openExchangeLog(db)
  const stopFlushing = every(FLUSH_SECONDS, exchanges.flush, onError)
  closers.add('the exchange log', () => stopFlushing().then(exchanges.flush))
  return exchanges
}

function openUnknownCalls({ db, closers, onError }: Serving): UnknownCallLog {
  const calls = openUnknownCallLog(db)
  const stopFlushing = every(FLUSH_SECONDS, calls.flush, onError)
  closers.add('the log of unknown calls', () => stopFlushing().then(calls.flush))
  return calls
}

const scimOptions = (
  { types, asKept, db, deliveries }: Serving,
  { exchanges, baseUrl }: Pick<ScimOptions, 'exchanges' | 'baseUrl'>,
): ScimOptions => ({
  operations: {
    db,
    wake: deliveries.wake,
    answers: deliveries.answers,
    now: () => new Date(),
    newId: randomUUID,
  },
  exchanges,
  asKept: (tenant) => asKept.has(tenant),
  types: (tenant) => types.get(tenant),
  baseUrl: (request) => `${baseUrl(request)}${SCIM_PATH}`,
})
