/**
 * A CXone in trouble: throttling, failures, cut connections and cut answers, drawn from a seed.
 * Decides what goes wrong and when; must not refuse anybody for their own sake, nor go on when it is told to end.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../../sim/idp/random.ts'
import type { TestCxone } from '../support/cxone.ts'

const TROUBLES: readonly object[] = [
  { status: 429 },
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 500 },
  { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' },
  { status: 503 },
  { drop: true },
  { truncate: true },
  // It has done the work, and the caller does not hear of it.
  { drop: true, after: true },
  { truncate: true, after: true },
  { status: 500, after: true },
]

/** Begins; what it returns ends it, and waits until CXone is well again. */
export function chaos(cxone: TestCxone, random: Random): () => Promise<undefined> {
  let over = false
  const going = (async () => {
    while (!over) {
      const match = random.below(2) === 0 ? {} : { method: random.pick(['POST', 'PUT']) }
      const fault = { match, times: 1 + random.below(3), seconds: 2, effect: random.pick(TROUBLES) }
      await cxone.control('POST', '/faults', { faults: [fault] })
      await pause(200 + random.below(1_200))
    }
    await cxone.control('DELETE', '/faults')
  })()
  return async () => {
    over = true
    await going
  }
}
