/**
 * Tries everything of an app that waits, now, because a person asked.
 * Decides what is made due and when the run ends; must not deliver anything itself.
 */
import type { RunContext } from '../durable/runs.ts'
import { endPause } from '../store/apps.ts'
import type { Queryable } from '../store/db.ts'
import { countWaiting, retryNow, type AppKey } from '../store/deliveries.ts'

export interface DeliverNowContext {
  readonly db: Queryable
  readonly wake: (key: AppKey) => void
  readonly sleep: (seconds: number) => Promise<void>
}

/** After this the run ends with what is left; the deliveries go on by themselves. */
const LONGEST_WAIT_SECONDS = 120

/** Input `{ app }`; result: rows made due, and at the end rows still waiting and rows that wait for somebody. */
export async function deliverNow(
  context: DeliverNowContext,
  run: RunContext,
): Promise<{ due: number; waiting: number; stuck: number }> {
  const key = { tenant: run.tenant, app: String(run.input['app']) }
  const due = await run.step('make-due', async () => {
    await endPause(context.db, key)
    return retryNow(context.db, key)
  })
  context.wake(key)
  let left = await countWaiting(context.db, key)
  for (let second = 0; left.waiting > 0 && second < LONGEST_WAIT_SECONDS; second++) {
    await context.sleep(1)
    left = await countWaiting(context.db, key)
  }
  return { due, ...left }
}
