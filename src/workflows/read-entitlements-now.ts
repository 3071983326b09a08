/**
 * Reads the entitlements of an app now, because a person asked.
 * Decides when the run ends; must not read anything itself (entitlement-engine.ts).
 */
import type { RunContext } from '../durable/runs.ts'
import type { Queryable } from '../store/db.ts'
import { askForReading, isReadSince } from '../store/entitlement-readings.ts'

export interface ReadNowContext {
  readonly db: Queryable
  readonly sleep: (seconds: number) => Promise<void>
}

/** After this the run ends all the same; the reading comes by itself, such as when the app is no longer left alone. */
const LONGEST_WAIT_SECONDS = 120

/** Input `{ app }`; result: whether the app was read by the end. */
export async function readEntitlementsNow(
  { db, sleep }: ReadNowContext,
  run: RunContext,
): Promise<{ readonly read: boolean }> {
  const key = { tenant: run.tenant, app: String(run.input['app']) }
  const asked = await run.step('ask', async () => (await askForReading(db, [key]))[0]?.toISOString() ?? '')
  for (let second = 0; second < LONGEST_WAIT_SECONDS; second++) {
    if (await isReadSince(db, key, new Date(asked))) return { read: true }
    await sleep(1)
  }
  return { read: false }
}
