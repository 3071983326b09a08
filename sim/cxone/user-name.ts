// Decides whether a userName is free: unique in the tenant whatever its case (facts 7, 9.7).
import { Refusal } from './refusal.ts'
import type { World } from './world.ts'

/** @param wanted.self the user who may of course keep the name */
export function refuseTakenName(wanted: { userName: string; self?: string; world: World }): void {
  const { store, switches } = wanted.world
  const holder = store
    .holdersOf(wanted.userName)
    .find((user) => user.id !== wanted.self && (switches.deletedHoldsName === 'yes' || user.status !== 'DELETED'))
  if (holder === undefined) return
  throw new Refusal('duplicate', 'USERNAME_ALREADY_EXISTS', `the user name ${wanted.userName} is already taken`)
}
