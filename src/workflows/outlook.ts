/**
 * What a change that somebody waits for has to expect of an app.
 * Decides how long it would take as things are, from what was looked up at most a second ago; must not ask the database
 * while a request waits for the answer.
 */
import type { ForeseenCause } from '../reconcile/answer.ts'
import { readOutlook } from '../store/apps.ts'
import type { Queryable } from '../store/db.ts'
import { textOfAppKey, type AppKey } from '../store/deliveries.ts'
import type { DeliveryTarget } from './delivery-context.ts'

export interface Outlook {
  /** The breaker is not closed: nobody can tell when the app takes something again. */
  readonly open: boolean
  /** Rows that go before it; 1,000 stands for that many or more. */
  readonly backlog: number
  /** Deliveries a second at the pace of the last ones, in this process; infinite before the first. */
  readonly perSecond: number
}

export interface Outlooks {
  /** Costs nothing: what was known up to a second ago, and while it is looked up anew what was known before. */
  look(key: AppKey): Outlook
  /** A delivery has got through, and took so long. */
  note(key: string, seconds: number): void
}

export interface OutlooksOptions {
  readonly db: Queryable
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, Pick<DeliveryTarget, 'connector'>>
  readonly onError: (error: unknown) => void
}

const FRESH_MS = 1_000
/** Weight of the newest delivery among those that the pace is made from. */
const NEWEST = 0.2

const UNKNOWN = { open: false, backlog: 0 }

export function openOutlooks({ db, clock, targets, onError }: OutlooksOptions): Outlooks {
  const known = new Map<string, { readonly open: boolean; readonly backlog: number; readonly at: number }>()
  const seconds = new Map<string, number>()
  const looking = new Set<string>()

  const lookUp = async (key: AppKey, name: string): Promise<void> => {
    looking.add(name)
    try {
      known.set(name, { ...(await readOutlook(db, key)), at: clock() })
    } catch (error) {
      onError(error)
    } finally {
      looking.delete(name)
    }
  }
  return {
    look: (key) => {
      const name = textOfAppKey(key)
      const last = known.get(name)
      if ((last === undefined || clock() - last.at > FRESH_MS) && !looking.has(name)) void lookUp(key, name)
      const each = seconds.get(name)
      const atOnce = targets.get(name)?.connector.capabilities.concurrency ?? 1
      const perSecond = each === undefined ? Number.POSITIVE_INFINITY : atOnce / Math.max(each, 0.001)
      return { open: last?.open ?? UNKNOWN.open, backlog: last?.backlog ?? UNKNOWN.backlog, perSecond }
    },
    note: (key, took) => {
      const before = seconds.get(key)
      seconds.set(key, before === undefined ? took : before + NEWEST * (took - before))
    },
  }
}

/** What somebody who waits at most `patience` seconds has to expect of these apps, in the words of reconcile/answer.ts. */
export function foresee(outlooks: readonly Outlook[], patience: number): ForeseenCause {
  if (outlooks.length === 0) return 'nothing-to-write'
  if (outlooks.some(({ open }) => open)) return 'breaker-open'
  return outlooks.every(({ backlog, perSecond }) => backlog / perSecond <= patience) ? 'no-outcome-yet' : 'backlog'
}
