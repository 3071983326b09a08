// Decides how a user moves between UNREGISTERED, PENDING, ACTIVE, BLOCKED and DELETED (facts 9.5, 9.6). No other file
// changes a status.
import { sendInvite } from './mail.ts'
import type { StoredUser, UserStatus } from './records.ts'
import { Refusal } from './refusal.ts'
import { refuseTakenName } from './user-name.ts'
import { userById } from './update-user.ts'
import { refuseOverLimit } from './user-limit.ts'
import { invalid } from './user-fields.ts'
import { moment, type World } from './world.ts'

/** Deactivates whom it can and returns the ids of the others. An unknown id may refuse the whole call. */
export function deactivateUsers(ids: readonly string[], actorId: string, world: World): string[] {
  const unknown = ids.find((id) => !world.store.users.has(id))
  if (unknown !== undefined && world.switches.deactivateUnknown === 'refused') {
    throw new Refusal('bad', 'USER_NOT_FOUND', `userIds: there is no user ${unknown}`)
  }
  const failed: string[] = []
  for (const id of ids) {
    if (!deactivateUser(id, actorId, world)) failed.push(id)
  }
  return failed
}

function deactivateUser(id: string, actorId: string, world: World): boolean {
  const user = world.store.users.get(id)
  if (user === undefined || id === actorId) return false
  if (user.status === 'DELETED') return world.switches.deactivateInactive === 'fine'
  if (world.switches.deactivateTeamLead === 'returned' && world.store.leadsTeam(id)) return false
  if (world.switches.deactivateLoggedIn === 'returned' && isLoggedIn(id, world)) return false
  const deletedDate = new Date(world.now()).toISOString()
  world.store.change(id, { status: 'DELETED', deletedDate }, moment(world))
  for (const key of world.store.keysOf(id)) key.isActive = false
  return true
}

export function reviveUser(id: string, world: World): StoredUser {
  const user = userById(id, world)
  if (user.status !== 'DELETED') {
    if (world.switches.reviveNotDeleted === 'fine') return user
    throw invalid('USER_NOT_DELETED', `user ${id} is ${user.status} and cannot be revived`)
  }
  refuseTakenName({ userName: user.userName, self: id, world })
  refuseOverLimit(world)
  const { reviveGroups, userHubGroups } = world.switches
  const lost = reviveGroups === 'lost' && userHubGroups === 'acdGroups' ? { groupIds: [] } : {}
  const status = statusAfterRevive(user, world)
  return world.store.change(id, { status, deletedDate: null, ...lost }, moment(world))
}

/** Whether the agent of this user is logged in at the desk. */
export function isLoggedIn(id: string, world: World): boolean {
  world.store.acd.settle(world.now())
  return world.store.acd.ofUser(id)?.session != null
}

function statusAfterRevive(user: StoredUser, world: World): UserStatus {
  if (world.switches.reviveStatus === 'active') return 'ACTIVE'
  if (world.switches.reviveStatus === 'pending') return 'PENDING'
  if (user.activatedOnce) return 'ACTIVE'
  return user.invitedOnce ? 'PENDING' : 'UNREGISTERED'
}

export function inviteUsers(users: readonly StoredUser[], world: World): void {
  const active = users.find((user) => user.status === 'ACTIVE' || user.status === 'BLOCKED')
  if (active !== undefined && world.switches.inviteActive === 'refused') {
    throw invalid('USER_ALREADY_ACTIVE', `user ${active.id} is ${active.status} already`)
  }
  const deleted = users.find((user) => user.status === 'DELETED')
  if (deleted !== undefined) throw invalid('USER_DELETED', `user ${deleted.id} is deactivated and cannot be invited`)
  for (const user of users) {
    if (user.status !== 'UNREGISTERED' && user.status !== 'PENDING') continue
    sendInvite(user, world)
    world.store.change(user.id, { status: 'PENDING', invitedOnce: true }, moment(world))
  }
}

/** What the person does: follows the link in the mail, or is unlocked. */
export function activateUser(id: string, world: World): StoredUser {
  const user = userById(id, world)
  if (user.status === 'DELETED') throw new Refusal('bad', 'USER_DELETED', `user ${id} is deactivated; revive it first`)
  return world.store.change(id, { status: 'ACTIVE', activatedOnce: true, invitedOnce: true }, moment(world))
}

/** What too many bad passwords do. */
export function lockUser(id: string, world: World): StoredUser {
  const user = userById(id, world)
  if (user.status !== 'ACTIVE')
    throw new Refusal('bad', 'USER_NOT_ACTIVE', `user ${id} is ${user.status}; only ACTIVE can be locked`)
  return world.store.change(id, { status: 'BLOCKED' }, moment(world))
}
