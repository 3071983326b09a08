/**
 * The composition root: puts the parts together, and takes them apart again.
 * Decides which concrete connectors there are and in which order things start and stop; must not hold any rule.
 */
import { openAlerting } from './app/alerting.ts'
import { openCertificate } from './app/certificate.ts'
import { Closers } from './app/closers.ts'
import { declare, readConfig, tenantsShownAsKept } from './app/configuration.ts'
import { openDatabase } from './app/database.ts'
import { doctorWorkflow, openDoctor } from './app/doctor.ts'
import { openDelivering } from './app/delivering.ts'
import { mentionsIn, openEntitlements } from './app/entitlements.ts'
import { differenceWorkflow } from './app/differences.ts'
import { inventoryWorkflow } from './app/inventory.ts'
import { listen } from './app/listen.ts'
import { reachabilityWarnings } from './app/reachability.ts'
import { openReading } from './app/reading.ts'
import { openServer } from './app/serving.ts'
import { lockOutWorkflow, openSignOn } from './app/sign-on.ts'
import type { StartOptions } from './app/starting.ts'
import { compilerOf, policiesOf } from './app/policies.ts'
import { openTargets } from './app/targets.ts'
import { typesOfTenants } from './app/types-of-tenants.ts'
import { connectors } from './connectors/registry.ts'
import { openFaultLog } from './http/fault-log.ts'
import { openMetrics } from './http/metrics.ts'
import { ALERT_PACE } from './workflows/alert-engine.ts'
import packageJson from '../package.json' with { type: 'json' }
import { openPolicies } from './workflows/policies.ts'

export { StartError, type StartOptions } from './app/starting.ts'

export interface Rollcall {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly address: string
  /** Answers what is under way, gives leases back, stops the managed PostgreSQL. Harmless twice. */
  close(): Promise<void>
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

async function start(options: StartOptions, closers: Closers): Promise<string> {
  const { version } = packageJson
  const { settings, log, alertPace: pace = ALERT_PACE } = options
  const around = { log, closers }
  const config = await readConfig(options, connectors)
  const types = typesOfTenants(config)
  const tls = await openCertificate(options, around)
  for (const warning of reachabilityWarnings(config, { settings, ...(tls && { pair: tls.pair() }) })) log.warn(warning)
  const { db, url, secrets } = await openDatabase(options, around)
  await declare(config, { db, secrets, log, path: options.settings.configPath })
  const asKept = await tenantsShownAsKept(db, types)
  const fault = openFaultLog(log)
  const onError = (error: unknown): void => fault(error, 'background work failed')
  const compile = compilerOf(types)
  const policies = openPolicies({ db, compile })
  const targets = openTargets(config, { ...around, db, connectors, policies })
  const metrics = openMetrics({ version, pool: db.pool, ...(tls && { certificateUntil: () => tls.pair().until }) })
  const workflows = {
    ...differenceWorkflow({ db, targets, compile }),
    ...inventoryWorkflow({ db, targets }),
    ...doctorWorkflow({ db, targets }),
    ...lockOutWorkflow({ db, targets }),
  }
  const deliveries = await openDelivering(config, { ...around, db, url, targets, metrics, workflows, onError })
  const alerts = openAlerting(config, { ...around, db, targets, pace, onError })
  openReading(config, { ...around, db, targets, onError })
  const mentionsOf = mentionsIn(targets)
  openEntitlements(config, { ...around, db, targets, mentionsOf, onError })
  openDoctor({ ...around, db, targets, onError })
  const server = await openServer({
    ...around,
    options,
    types,
    asKept,
    db,
    deliveries,
    alerts,
    mentionsOf,
    policies: policiesOf({ db, targets, compile }),
    ...openSignOn({ ...around, db, targets, onError }),
    tls,
    metrics,
    version,
    onError,
  })
  return listen(server, settings)
}
