/**
 * A simulated CXone under a chaos schedule, with a connector on it that is asked again.
 * Decides how hard the schedule strikes and when it must not; knows the simulator by its control API only.
 */
import { createHash } from 'node:crypto'
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
  const cxone = await openCxoneWorld(
    {},
    { users: 15, settings: { patienceSeconds: 0, mirrorSeconds: 0.1, readLagSeconds: 0.3 } },
  )
  let told = 0
  let tries = true
  const connector = persistent(cxone.connector, { tries: () => tries, again: () => told++ })
  const pause = (paused: boolean) => cxone.control<void>('PUT', '/schedule', { paused })
  /** A case that makes trouble of its own wants to hear of that trouble alone. */
  const alone = async (trouble: () => Promise<void> | undefined): Promise<void> => {
    tries = false
    await pause(true)
    await trouble()
  }
  /** An administrator's hand is not struck. */
  const byHand = async <T>(act: () => Promise<T>): Promise<T> => {
    await pause(true)
    const done = await act()
    await pause(false)
    return done
  }
  return {
    ...cxone,
    cxone,
    connector,
    begin: async (name) => {
      // Sentences can begin alike, and addresses have a longest length.
      nameBatch(`${createHash('sha256').update(name).digest('hex').slice(0, 12)}.${seed}`)
      await cxone.control('PUT', '/schedule', { schedule: { seed, intensity: 0.25, longest: LONGEST } })
    },
    seed: (account) => byHand(() => cxone.seed(account)),
    template: () => byHand(async () => (await cxone.template?.()) ?? ''),
    firstSignIn: (id) => byHand(async () => cxone.firstSignIn?.(id)),
    throttle: (seconds) => alone(() => cxone.throttle(seconds)),
    outage: () => alone(() => cxone.outage()),
    withdrawRights: () => alone(() => cxone.withdrawRights()),
    leaveRoom: (accounts) => alone(() => cxone.leaveRoom?.(accounts)),
    holdMirror: () => alone(() => cxone.holdMirror?.()),
    refuseEntry: (of, id) => alone(() => cxone.refuseEntry?.(of, id)),
    heal: async () => {
      await cxone.heal()
      await pause(false)
      tries = true
    },
    triedAgain: () => told,
    close: () => cxone.close(),
  }
}
