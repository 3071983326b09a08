/**
 * An outage of the simulated CXone, with what happens meanwhile.
 * Decides when it ends; must not judge what was seen in it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Seen, World } from './world.ts'

const CUT = [{ match: {}, effect: { drop: true } }]
/** An outage goes on at most so much longer for what a provider has not got an answer to. */
const LONGER_SECONDS = 20

/**
 * Every call to CXone is cut for so long, and until `meanwhile` is done, though not for ever: what waits for CXone must
 * not wait in vain. The last look is taken before CXone is back.
 */
export async function outage(world: World, meanwhile: () => Promise<void>): Promise<Seen> {
  const { window, outageSeconds, signal } = world
  const others = await window.control<{ faults: readonly object[] }>('GET', '/faults')
  await setFaults(world, [...CUT, ...others.faults])
  const begun = Date.now()
  let isDone = false
  const done = meanwhile().finally(() => {
    isDone = true
  })
  for (let passed = 0; passed < outageSeconds || (!isDone && passed < outageSeconds + LONGER_SECONDS);) {
    await tellOutage(world, Math.ceil(outageSeconds - passed))
    await sleep(200, undefined, { signal })
    passed = (Date.now() - begun) / 1000
  }
  const during = await window.look()
  const backAt = Date.now()
  await setFaults(world, others.faults)
  await done
  return { during, backAt }
}

/** The first that fits a call counts, so the order matters. */
async function setFaults({ window }: World, faults: readonly object[]): Promise<void> {
  await window.control('DELETE', '/faults')
  await window.control('POST', '/faults', { faults })
}

async function tellOutage({ window, tell }: World, secondsLeft: number): Promise<void> {
  const { deliveries } = await window.progress()
  const waiting = deliveries.filter(({ wanted, delivered }) => wanted > delivered).length
  tell(`CXone is down for another ${Math.max(0, secondsLeft)} s · ${waiting} changes wait in Rollcall`)
}
