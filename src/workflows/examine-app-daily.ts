/**
 * Examinations that nobody asks for: a look every few seconds for an app that is due.
 * Decides when an app is examined again; must not know what is examined (examine-app.ts).
 */
import { every } from '../durable/timers.ts'
import type { Queryable } from '../store/db.ts'
import { appKeyOf, LANES, textOfAppKey } from '../store/deliveries.ts'
import { endExamination, leaseExamination, planExaminations, type LeasedExamination } from '../store/doctor.ts'
import type { OpenTarget } from './delivery-context.ts'
import { examine, keepExamination } from './examine-app.ts'

export interface DailyPace {
  /** Between two looks for what is due. */
  readonly lookSeconds: number
  /** From when an app is first known until it is first examined: its set-up may still be under way. */
  readonly firstSeconds: number
  readonly everySeconds: number
}

export const DAILY: DailyPace = { lookSeconds: 15, firstSeconds: 10 * 60, everySeconds: 24 * 60 * 60 }

export interface DailyOptions {
  readonly db: Queryable
  /** By the text of their key. Those without a doctor are never due. */
  readonly targets: ReadonlyMap<string, Pick<OpenTarget, 'connector'>>
  readonly pace: DailyPace
  /** Runs work whose calls to an app are made for this. */
  readonly callingFor: <T>(purpose: { urgency: number; id: string }, work: () => Promise<T>) => Promise<T>
  readonly newId: () => string
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly onError: (error: unknown) => void
}

export interface DailyExaminations {
  /** Takes nothing new. One under way is not waited for: it is examined anew once its lease has run out. */
  close(): Promise<void>
}

export function openDailyExaminations(options: DailyOptions): DailyExaminations {
  const { db, pace, onError } = options
  const keys = [...options.targets]
    .filter(([, { connector }]) => connector.examine !== undefined)
    .map(([key]) => appKeyOf(key))
  const at = { closed: false, planned: false, examining: false }
  const look = async (): Promise<void> => {
    if (!at.planned) await planExaminations(db, keys, pace.firstSeconds)
    at.planned = true
    while (!at.closed) {
      const leased = await leaseExamination(db, { keys, token: options.newId() })
      if (leased === undefined) return
      at.examining = true
      await examineOnce(options, leased, () => at.closed).finally(() => {
        at.examining = false
      })
    }
  }
  const stop = keys.length === 0 ? async () => {} : every(pace.lookSeconds, look, onError)
  return {
    close: async () => {
      at.closed = true
      const stopped = stop()
      if (!at.examining) await stopped
    },
  }
}

async function examineOnce(options: DailyOptions, leased: LeasedExamination, closed: () => boolean): Promise<void> {
  const { db, callingFor, log, pace } = options
  const target = options.targets.get(textOfAppKey(leased))
  if (target === undefined) return
  const { tenant, app } = leased
  const purpose = { urgency: LANES.bulk, id: 'doctor' }
  const examination = await callingFor(purpose, () => examine(target, async () => {}))
  // The database may be gone by now; it is due again once its lease has run out.
  if (closed()) return
  const examined = await keepExamination(db, { tenant, app, accept: false }, examination)
  await endExamination(db, leased, pace.everySeconds)
  const { ok, calls, changes } = examined
  const troubles = examined.findings.filter(({ status, needed }) => needed && status !== 'ok' && status !== 'unknown')
  const found = { tenant, app, calls, changes: changes.length, troubles: troubles.map(({ check }) => check) }
  if (ok) log.info(found, 'an app was examined, and all is well that it needs')
  else log.warn(found, 'an app was examined, and something is wrong with its set-up; rollcall app doctor says what')
}
