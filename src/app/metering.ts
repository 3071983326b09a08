/**
 * The figures of the apps, brought from the database to /metrics.
 * Decides how often they are read, however often somebody asks; must not know their names (http/metrics.ts).
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Metrics } from '../http/metrics.ts'
import type { Queryable } from '../store/db.ts'
import { readBacklogs } from '../store/views/backlog.ts'

/** Read at most this often. */
const FRESH_MS = 5_000
/** And so seldom that reading takes one part in so many of the time. */
const SHARE = 20
/** An answer that takes longer is none: whoever scrapes has to hear that. */
const PATIENCE_MS = 3_000

/** Resolves once the figures are as fresh as they are going to be. Never rejects. */
export function openRefresh(db: Queryable, metrics: Pick<Metrics, 'showApps'>): () => Promise<void> {
  let under: Promise<void> | undefined
  let next = -Infinity
  const read = async (): Promise<void> => {
    const begun = performance.now()
    const apps = await readBacklogs(db).catch(() => undefined)
    metrics.showApps(apps)
    const ended = performance.now()
    next = ended + Math.max(FRESH_MS, (ended - begun) * SHARE)
  }
  return async () => {
    if (under === undefined && performance.now() < next) return
    under ??= read().finally(() => {
      under = undefined
    })
    const late = new AbortController()
    const patience = pause(PATIENCE_MS, 'late', { signal: late.signal }).catch(() => undefined)
    if ((await Promise.race([under, patience])) === 'late') metrics.showApps(undefined)
    late.abort()
  }
}
