/**
 * Open items and their alerts at work: a look every few seconds.
 * Decides how often what is looked at; must not know what an item is (open-items.ts) or what is told of it (alert.ts).
 */
import { every } from '../durable/timers.ts'
import type { Sent } from '../notify/channel.ts'
import { forgetOldAlerts } from '../store/alerts.ts'
import { sendAlerts, sendTest, type AlertContext } from './alert.ts'
import { findUnmet, keepOpenItems, type Advice } from './open-items.ts'

/** Seconds. */
export interface AlertPace {
  /** Between two looks. */
  readonly look: number
  /** Between two looks for what whoever met it could not write down. */
  readonly find: number
  /** Before an opening is told, so that the message says how many wait. */
  readonly gather: number
  /** Before a closing is told: opened again within them, it was never closed for the receiver. */
  readonly quiet: number
  /** Between two openings of one item that are told. */
  readonly again: number
  /** Between two tries on behalf of all who wait for one thing. */
  readonly probe: number
}

export const ALERT_PACE: AlertPace = { look: 2, find: 60, gather: 10, quiet: 15, again: 600, probe: 20 }

export interface AlertEngineOptions extends AlertContext {
  readonly pace: AlertPace
  /** What the connector of an app knows of mending. */
  readonly adviceOf: (key: { tenant: string; app: string }) => Advice | undefined
  readonly onError: (error: unknown) => void
}

export interface AlertEngine {
  /** Sends a test message, once. Undefined if the tenant has no such entry under `alerts:`. */
  test(entry: { tenant: string; id: string }): Promise<Sent | undefined>
  close(): Promise<void>
}

export function openAlertEngine(options: AlertEngineOptions): AlertEngine {
  const { db, channels, log, pace, onError } = options
  const telling = { channels, gatherSeconds: pace.gather, quietSeconds: pace.quiet, againSeconds: pace.again }
  const keep = (): Promise<void> => keepOpenItems({ db, telling, probeSeconds: pace.probe, log })
  const find = async (): Promise<void> => {
    await findUnmet(db, options.adviceOf)
    await forgetOldAlerts(db)
  }
  // Apart, so that a receiver that takes its time keeps no item from opening.
  const stops = [
    every(pace.look, keep, onError),
    every(pace.look, () => sendAlerts(options), onError),
    every(pace.find, find, onError),
  ]
  return {
    test: (entry) => sendTest(options, entry),
    close: async () => {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}
