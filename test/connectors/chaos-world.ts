/**
 * A simulated CXone under a chaos schedule, with a connector on it that is asked again.
 * Decides how hard the schedule strikes and when it must not; knows the simulator by its control API only.
 */
import { nameBatch, type World } from '../../src/connectors/conformance.ts'
import { openCxoneWorld, type CxoneWorld } from './cxone-world.ts'
import { persistent } from './persistent.ts'

export interface ChaosWorld extends World {
  readonly cxone: CxoneWorld
  /** Names, and so what strikes whom, are those of this case and of nothing before it. */
  begin(name: string): Promise<void>
  /** Refusals that were tried again since the world was opened. */
  readonly triedAgain: () => number
  close(): Promise<void>
}

/** Waits are short, and none is asked for: what waiting is for is tried elsewhere. */
const LONGEST = { delayMs: 8, retryAfterSeconds: 0, lateMs: 60 }

export async function openChaosWorld(seed: number): Promise<ChaosWorld> {
  const cxone = await openCxoneWorld({}, { settings: { patienceSeconds: 0 } })
  let told = 0
  let tries = true
  const connector = persistent(cxone.connector, { tries: () => tries, again: () => told++ })
  const pause = (paused: boolean) => cxone.control<void>('PUT', '/schedule', { paused })
  /** A case that makes trouble of its own wants to hear of that trouble alone. */
  const alone = async (trouble: Promise<void>): Promise<void> => {
    tries = false
    await pause(true)
    await trouble
  }
  return {
    ...cxone,
    cxone,
    connector,
    begin: async (name) => {
      nameBatch(`${name.replaceAll(/[^a-z]+/gi, '-').slice(0, 40)}.${seed}`.toLowerCase())
      await cxone.control('PUT', '/schedule', { schedule: { seed, intensity: 0.25, longest: LONGEST } })
    },
    // An administrator's hand is not struck.
    seed: async (account) => {
      await pause(true)
      const id = await cxone.seed(account)
      await pause(false)
      return id
    },
    throttle: (seconds) => alone(cxone.throttle(seconds)),
    outage: () => alone(cxone.outage()),
    withdrawRights: () => alone(cxone.withdrawRights()),
    heal: async () => {
      await cxone.heal()
      await pause(false)
      tries = true
    },
    triedAgain: () => told,
    close: () => cxone.close(),
  }
}
