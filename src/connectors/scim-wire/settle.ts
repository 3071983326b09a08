/**
 * Reading again until a write shows.
 * Decides how often and how long; must not decide what "shows" means.
 */
import { setTimeout as wait } from 'node:timers/promises'

/** The first reading that is as expected, or the last one made within the time that reads may lag behind writes. */
export async function untilSeen<T>(
  readLagSeconds: number,
  read: () => Promise<T>,
  expected: (seen: T) => boolean,
): Promise<T> {
  let left = readLagSeconds * 1000
  for (let pause = 100; ; pause *= 2) {
    const seen = await read()
    if (expected(seen) || left <= 0) return seen
    await wait(Math.min(pause, left))
    left -= pause
  }
}
