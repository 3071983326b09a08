/**
 * The HTTP side at the start: the server with everything it is given.
 * Decides which slices of the house it sees; must not know a route.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { every } from '../durable/timers.ts'
import type { Alerts } from '../http/admin/context.ts'
import { adminRoutes } from '../http/admin/routes.ts'
import { openExchangeLog, type ExchangeLog } from '../http/scim/exchange-log.ts'
import { addressesOf, baseUrlFor } from '../http/proxies.ts'
import { SCIM_PATH, type ScimOptions } from '../http/scim/request.ts'
import { buildServer, closeServer } from '../http/server.ts'
import type { Tls } from '../http/tls.ts'
import type { Db } from '../store/db.ts'
import type { typesOfTenants } from './configuration.ts'
import { readiness } from './database.ts'
import type { Deliveries } from './delivering.ts'
import type { StartOptions, Surroundings } from './starting.ts'
import packageJson from '../../package.json' with { type: 'json' }

/** Seconds after which `rollcall scim log` shows an exchange. */
const FLUSH_SECONDS = 1
const VERSION = packageJson.version

interface Serving extends Surroundings {
  readonly options: StartOptions
  readonly types: ReturnType<typeof typesOfTenants>
  readonly db: Db
  readonly deliveries: Deliveries
  readonly alerts: Alerts
  /** Where TLS is served here. */
  readonly tls: Tls | undefined
  readonly onError: (error: unknown) => void
}

/** Builds the server; it does not listen yet. */
export async function openServer(given: Serving): Promise<FastifyInstance> {
  const { options, db, deliveries, alerts, tls, log, closers } = given
  const { trustedProxies } = options.settings
  const server = await buildServer({
    log,
    ...(trustedProxies === undefined ? {} : { trusts: addressesOf(trustedProxies) }),
    ...(tls === undefined ? {} : { tls }),
    ready: () => readiness(db),
    scim: scimOptions(given, { exchanges: openExchanges(given), baseUrl: baseUrlFor(options.settings.publicUrl) }),
    admin: (app) =>
      app.register(adminRoutes, {
        db,
        wake: deliveries.wake,
        version: VERSION,
        production: options.env['NODE_ENV'] !== 'test',
        startRun: deliveries.startRun,
        alerts,
      }),
  })
  closers.add('the server', () => closeServer(server))
  return server
}

function openExchanges({ db, closers, onError }: Serving): ExchangeLog {
  const exchanges = openExchangeLog(db)
  const stopFlushing = every(FLUSH_SECONDS, exchanges.flush, onError)
  closers.add('the exchange log', () => stopFlushing().then(exchanges.flush))
  return exchanges
}

const scimOptions = (
  { types, db, deliveries }: Serving,
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
  types: (tenant) => types.get(tenant),
  baseUrl: (request) => `${baseUrl(request)}${SCIM_PATH}`,
})
