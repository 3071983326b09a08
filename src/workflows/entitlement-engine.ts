/**
 * Readings of entitlements at work: a look every few seconds for an app that is due.
 * Decides when an app is read again, and that it is read for nobody who waits; must not know what is read
 * (read-entitlements.ts), nor what is named where (check-mentions.ts).
 */
import type { CatalogueEntry, EntryKind, Page } from '../connectors/contract.ts'
import { every } from '../durable/timers.ts'
import type { Queryable } from '../store/db.ts'
import { appKeyOf, LANES, textOfAppKey } from '../store/deliveries.ts'
import {
  askForReading,
  endReading,
  leaseReading,
  READING_LEASE_SECONDS,
  releaseReading,
  renewReading,
  type LeasedReading,
} from '../store/entitlement-readings.ts'
import type { MentionsOf } from '../store/views/entitlements.ts'
import { checkMentions } from './check-mentions.ts'
import type { OpenTarget } from './delivery-context.ts'
import { readEntitlements, type KindRead } from './read-entitlements.ts'

/** Seconds between looks. */
const LOOK_SECONDS = 2
/** After a reading that was not whole the next one comes sooner, at first after so many seconds. */
const RETRY_SECONDS = 60

export interface EntitlementEngineOptions {
  readonly db: Queryable
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, Pick<OpenTarget, 'connector' | 'advice'>>
  /** Minutes between two readings of an app. */
  readonly minutes: (key: string) => number
  /** What defaults and policy of an app name. */
  readonly mentionsOf: MentionsOf
  /** Runs work whose calls to an app are made for this. */
  readonly callingFor: <T>(purpose: { urgency: number; id: string }, work: () => Promise<T>) => Promise<T>
  readonly newId: () => string
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly onError: (error: unknown) => void
}

export interface EntitlementEngine {
  /**
   * Takes nothing new; a reading under way ends after its kind, and is begun anew by whoever comes next. An app that is
   * being asked is not waited for: what it answers is dropped.
   */
  close(): Promise<void>
}

interface AtWork {
  closed: boolean
  /** All apps were asked to be read, since this process has started. */
  begun: boolean
  /** The app is asked for something just now. */
  asking: boolean
  reading?: LeasedReading
}

export function openEntitlementEngine(options: EntitlementEngineOptions): EntitlementEngine {
  const { db } = options
  const keys = [...options.targets.keys()].map(appKeyOf)
  const at: AtWork = { closed: false, begun: false, asking: false }
  const look = async (): Promise<void> => {
    if (!at.begun) await askForReading(db, keys)
    at.begun = true
    while (!at.closed) {
      const reading = await leaseReading(db, { keys, token: options.newId() })
      if (reading === undefined) return
      at.reading = reading
      await readOnce(options, reading, at)
    }
  }
  const stop = every(LOOK_SECONDS, look, options.onError)
  return {
    close: async () => {
      at.closed = true
      const stopped = stop()
      if (!at.asking) await stopped
      if (at.reading !== undefined) await releaseReading(db, at.reading)
    },
  }
}

async function readOnce(options: EntitlementEngineOptions, reading: LeasedReading, at: AtWork): Promise<void> {
  const { db, callingFor, onError } = options
  const target = options.targets.get(textOfAppKey(reading))
  if (target === undefined) return
  let lost = false
  const renew = async (): Promise<void> => {
    lost = lost || !(await renewReading(db, reading))
  }
  const stopRenewing = every(READING_LEASE_SECONDS / 3, renew, onError)
  const asking = async <T>(work: () => Promise<T>): Promise<T> => {
    at.asking = true
    return work().finally(() => {
      at.asking = false
    })
  }
  const { connector } = target
  const list = (kind: EntryKind, from: string | undefined): Promise<Page<CatalogueEntry>> =>
    asking(() => connector.read(kind, from))
  const stopped = (): boolean => lost || at.closed
  try {
    await callingFor({ urgency: LANES.bulk, id: 'entitlements' }, async () => {
      const read = await readEntitlements({ db, connector, list, stopped }, reading)
      if (stopped()) return
      const resolve: typeof connector.resolve = (...wish) => asking(() => connector.resolve(...wish))
      const asked = { advice: target.advice, connector: { capabilities: connector.capabilities, resolve } }
      await checkMentions({ db, target: asked }, reading, await options.mentionsOf(reading))
      if (!stopped()) await conclude(options, reading, read)
    })
  } finally {
    await stopRenewing()
  }
}

async function conclude(
  options: EntitlementEngineOptions,
  reading: LeasedReading,
  read: readonly KindRead[],
): Promise<void> {
  const { tenant, app, failures } = reading
  const seconds = options.minutes(textOfAppKey(reading)) * 60
  const missed = read.filter(({ verdict }) => verdict !== 'whole')
  const whole = missed.length === 0
  const next = whole ? seconds : Math.min(seconds, RETRY_SECONDS * 2 ** Math.min(failures, 10))
  await endReading(options.db, reading, { whole, next })
  if (whole) options.log.info({ tenant, app, read }, 'the entitlements of an app were read')
  else
    options.log.warn({ tenant, app, missed }, 'the entitlements of an app were not all read; what was not seen stays')
}
