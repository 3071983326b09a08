// Decides whether the business unit has room for one more user (facts 5.7, 6): every user who is not deactivated counts.
import { Refusal } from './refusal.ts'
import type { World } from './world.ts'

/** @throws Refusal `limit` */
export function refuseOverLimit({ store, switches }: World): void {
  const { userLimit } = store.acd.businessUnit
  if (switches.userLimit === 'unchecked' || store.occupied < userLimit) return
  throw new Refusal('limit', 'USER_LIMIT_REACHED', `the business unit has all ${userLimit} users that it may have`)
}
