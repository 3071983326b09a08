/**
 * What this process counts for whoever watches it, in Prometheus' form.
 * Decides names, labels and buckets; must not read the database (app/metering.ts brings what is there), and must not give a
 * label to anything that has as many values as there are people, requests or addresses.
 */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What is known of the apps, for {@link Metrics.showApps}. */
export interface AppGauges {
  readonly tenant: string
  readonly app: string
  readonly breaker: 'closed' | 'open' | 'half-open'
  /** Changes that are not in the app yet; of those, the ones whose turn has come. */
  readonly waiting: number
  readonly due: number
  /** Changes that wait for a person, or for their daily turn. */
  readonly refused: number
  /** How long the oldest waiting change has been waiting; 0 where none is. */
  readonly oldestSeconds: number
  /** By the kind of what stands in the way. */
  readonly openItems: Readonly<Record<string, number>>
}

/** One attempt of a delivery. */
export interface DeliveryMeasure {
  readonly tenant: string
  readonly app: string
  readonly outcome: string
  readonly seconds: number
  /** From the acceptance of the newest change to its verification; only where that is what this attempt has reached. */
  readonly verifiedAfterSeconds?: number
}

export interface PoolState {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

export interface Metrics {
  readonly requests: Histogram<'route' | 'method' | 'status'>
  delivered(measure: DeliveryMeasure): void
  /** Replaces what is shown of the apps; `undefined` while the database does not answer, since nothing is known then. */
  showApps(apps: readonly AppGauges[] | undefined): void
  /** Everything, as text. */
  text(): Promise<string>
  readonly contentType: string
}

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const DELIVERY_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** From a tenth of a second to a day: an outage of the app is in it. */
const VERIFIED_BUCKETS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400]

const ALIKE = 'Read from the database, so alike from every process: take the maximum, not the sum.'
const APP = ['tenant', 'app'] as const

/** Process, memory, event loop and garbage collection: of the process, however many servers are in it. */
let processRegistry: Registry | undefined
function ofProcess(): Registry {
  if (processRegistry === undefined) {
    processRegistry = new Registry()
    collectDefaultMetrics({ register: processRegistry })
  }
  return processRegistry
}

export interface MetricsOptions {
  readonly version: string
  readonly pool: PoolState
  /** When the certificate that is served here ends. */
  readonly certificateUntil?: () => Date
}

export function openMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Histogram({
    name: 'rollcall_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: REQUEST_BUCKETS,
    registers,
  })
  const deliveries = new Histogram({
    name: 'rollcall_delivery_duration_seconds',
    help: 'Duration of one attempt to bring a change to an app, by its outcome.',
    labelNames: [...APP, 'outcome'],
    buckets: DELIVERY_BUCKETS,
    registers,
  })
  const verified = new Histogram({
    name: 'rollcall_verified_after_seconds',
    help: 'Time from the acceptance of a change of the provider to the reading of the app that shows it.',
    labelNames: [...APP],
    buckets: VERIFIED_BUCKETS,
    registers,
  })
  const showApps = appGauges(registers)
  ownGauges(registry, options)
  return {
    requests,
    showApps,
    delivered: ({ tenant, app, outcome, seconds, verifiedAfterSeconds }) => {
      deliveries.observe({ tenant, app, outcome }, seconds)
      if (verifiedAfterSeconds !== undefined) verified.observe({ tenant, app }, Math.max(0, verifiedAfterSeconds))
    },
    text: async () => `${await registry.metrics()}\n${await ofProcess().metrics()}`,
    contentType: registry.contentType,
  }
}

/** What only this process knows of itself. */
function ownGauges(registry: Registry, { version, pool, certificateUntil }: MetricsOptions): void {
  const registers: Registry[] = []
  const build = new Gauge({
    name: 'rollcall_build_info',
    help: 'Always 1; which Rollcall this is.',
    labelNames: ['version', 'node'],
    registers,
  })
  build.set({ version, node: process.version }, 1)
  const connections = new Gauge({
    name: 'rollcall_database_connections',
    help: 'Connections of the pool of this process: in use, idle; and requests that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'used' }, pool.totalCount - pool.idleCount)
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
  registry.registerMetric(build)
  registry.registerMetric(connections)
  if (certificateUntil !== undefined) registry.registerMetric(certificateGauge(certificateUntil))
}

const certificateGauge = (until: () => Date): Gauge =>
  new Gauge({
    name: 'rollcall_tls_certificate_end_timestamp_seconds',
    help: 'When the certificate that is served ends.',
    registers: [],
    collect() {
      this.set(until().getTime() / 1000)
    },
  })

const BREAKER_STATES = ['closed', 'open', 'half-open'] as const

function appGauges(registers: Registry[]): Metrics['showApps'] {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name, help: `${help} ${ALIKE}`, labelNames: [...labelNames], registers })
  const up = new Gauge({ name: 'rollcall_database_up', help: 'Whether the database answers this process.', registers })
  const backlog = gauge(
    'rollcall_backlog',
    'Changes that are not in the app: waiting (due among them), due, refused.',
    [...APP, 'state'],
  )
  const oldest = gauge('rollcall_oldest_waiting_seconds', 'How long the oldest waiting change has been waiting.', APP)
  const breaker = gauge('rollcall_breaker', '1 for the state the breaker of the app is in.', [...APP, 'state'])
  const items = gauge('rollcall_open_items', 'What stands in the way of the app, by kind.', [...APP, 'kind'])
  return (apps) => {
    up.set(apps === undefined ? 0 : 1)
    // Rather nothing than what held before: an app that is gone, or a database that is.
    for (const it of [backlog, oldest, breaker, items]) it.reset()
    for (const { tenant, app, ...state } of apps ?? []) {
      for (const kind of ['waiting', 'due', 'refused'] as const) backlog.set({ tenant, app, state: kind }, state[kind])
      oldest.set({ tenant, app }, state.oldestSeconds)
      for (const it of BREAKER_STATES) breaker.set({ tenant, app, state: it }, it === state.breaker ? 1 : 0)
      for (const [kind, count] of Object.entries(state.openItems)) items.set({ tenant, app, kind }, count)
    }
  }
}
