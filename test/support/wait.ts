/**
 * Waiting for something to become true.
 * Must not be used to assert how long anything takes: the limit only ends a test that would never end.
 */
import { setTimeout as pause } from 'node:timers/promises'

/** Resolves with the first value of `look` that `enough` accepts; rejects with the last one seen. */
export async function until<T>(look: () => Promise<T>, enough: (value: T) => boolean, limitMs = 20_000): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const value = await look()
    if (enough(value)) return value
    if (Date.now() > end)
      throw new Error(`it did not become true; the last look showed ${JSON.stringify(value)?.slice(0, 2_000)}`)
    await pause(50)
  }
}
