/**
 * Readings of apps at work: a look every few seconds for one that is due.
 * Decides when an app is read again, and that it is read for nobody who waits; must not know what is read
 * (read-accounts.ts).
 */
import type { Page } from '../connectors/contract.ts'
import { every } from '../durable/timers.ts'
import type { Account } from '../identity/account.ts'
import {
  endReading,
  leaseReading,
  READING_LEASE_SECONDS,
  releaseReading,
  renewReading,
  type LeasedReading,
} from '../store/account-readings.ts'
import type { Db } from '../store/db.ts'
import { appKeyOf, LANES, textOfAppKey } from '../store/deliveries.ts'
import type { OpenTarget } from './delivery-context.ts'
import { readAccounts, type Read } from './read-accounts.ts'

/** Seconds between looks. */
const LOOK_SECONDS = 2
/** After a reading that was not whole the next one comes sooner, at first after so many seconds. */
const RETRY_SECONDS = 60

export interface ReadingEngineOptions {
  readonly db: Db
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, OpenTarget>
  /** Minutes between two readings of an app. */
  readonly minutes: (key: string) => number
  /** Runs work whose calls to an app are made for this. */
  readonly callingFor: <T>(purpose: { urgency: number; id: string }, work: () => Promise<T>) => Promise<T>
  readonly now: () => Date
  readonly newId: () => string
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly onError: (error: unknown) => void
}

export interface ReadingEngine {
  /**
   * Takes nothing new; a reading under way ends after its batch, and is begun anew by whoever comes next. An app that is
   * being asked is not waited for, since a listing takes its time: what it answers is dropped.
   */
  close(): Promise<void>
}

export function openReadingEngine(options: ReadingEngineOptions): ReadingEngine {
  const keys = [...options.targets.keys()].map(appKeyOf)
  const at: AtWork = { closed: false, asking: false }
  const look = async (): Promise<void> => {
    while (!at.closed) {
      const reading = await leaseReading(options.db, { keys, token: options.newId() })
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
      if (at.reading !== undefined) await releaseReading(options.db, at.reading)
    },
  }
}

interface AtWork {
  closed: boolean
  /** The app is asked for its listing just now. */
  asking: boolean
  reading?: LeasedReading
}

async function readOnce(options: ReadingEngineOptions, reading: LeasedReading, at: AtWork): Promise<void> {
  const { db, callingFor, now, newId, onError } = options
  const key = textOfAppKey(reading)
  const target = options.targets.get(key)
  if (target === undefined) return
  let lost = false
  const renew = async (): Promise<void> => {
    lost = lost || !(await renewReading(db, reading))
  }
  const stopRenewing = every(READING_LEASE_SECONDS / 3, renew, onError)
  const list = async (from: string | undefined): Promise<Page<Account>> => {
    at.asking = true
    return target.connector.read('account', from).finally(() => {
      at.asking = false
    })
  }
  const context = { db, target, list, now, newId, stopped: () => lost || at.closed }
  try {
    const purpose = { urgency: LANES.bulk, id: 'reading' }
    const read = await callingFor(purpose, () => readAccounts(context, reading))
    // What was cut off says nothing; it is due again as soon as its lease has run out.
    if (!context.stopped()) await conclude(options, reading, read)
  } finally {
    await stopRenewing()
  }
}

async function conclude(options: ReadingEngineOptions, reading: LeasedReading, read: Read): Promise<void> {
  const { tenant, app, failures } = reading
  const seconds = options.minutes(textOfAppKey(reading)) * 60
  const next = read.verdict === 'whole' ? seconds : Math.min(seconds, RETRY_SECONDS * 2 ** Math.min(failures, 10))
  await endReading(options.db, reading, { ...read, next })
  if (read.verdict === 'whole')
    options.log.info({ tenant, app, accounts: read.accounts }, 'the accounts of an app were read')
  else
    options.log.warn({ tenant, app, ...read }, 'a reading of an app was not whole; whom it did not see stays as shown')
}
