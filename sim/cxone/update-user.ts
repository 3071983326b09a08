// Decides what PUT v1/users does: the id is in the body and the whole record is replaced (facts 4.2, 9.10).
import { refuseStuck } from './acd/find.ts'
import { toFilledText, toObject } from './input.ts'
import { sendVerification } from './mail.ts'
import { hiddenFields } from './projections.ts'
import type { StoredUser } from './records.ts'
import { Refusal } from './refusal.ts'
import { refuseTakenName } from './user-name.ts'
import { blankFields, invalid, readUserWrite, requireFields, type UserWrite } from './user-fields.ts'
import { moment, type World } from './world.ts'

const REQUIRED = {
  all: ['firstName', 'lastName', 'emailAddress', 'assignedGroup', 'role', 'userName', 'emailToBeVerified'],
  few: ['firstName', 'lastName', 'emailAddress', 'userName'],
} as const

export function updateUser(body: unknown, world: World): StoredUser {
  const from = toObject(body, 'the body')
  if (from['id'] === undefined)
    throw invalid('REQUIRED_FIELD_MISSING', 'required and missing: id (it belongs into the body)')
  const before = userById(toFilledText(from['id'], 'id'), world)
  requireFields(from, REQUIRED[world.switches.putRequired])
  if (before.status === 'DELETED' && world.switches.putDeleted === 'refused') {
    throw invalid('USER_DELETED', `user ${before.id} is deactivated and cannot be changed`)
  }
  const write = readUserWrite(from, world)
  if (world.switches.putLicence === 'ignored') {
    write.billable = before.billable
    write.applicationAttributes = before.applicationAttributes
  }
  refuseUpdate(before, write, world)
  return applyUpdate(before, { write, more: cleared(world) }, world)
}

/** What stands in the way of an update, by whichever API it comes. */
export function refuseUpdate(before: StoredUser, write: UserWrite, world: World): void {
  refuseBadRename(before, write.userName, world)
  refuseWhileLoggedIn(before, write, world)
  refuseStuckGroups(before.groupIds, write.groupIds, world)
}

/** `more` is written as it is, under what was asked for. */
export function applyUpdate(
  before: StoredUser,
  { write, more }: { write: UserWrite; more: Partial<StoredUser> },
  world: World,
): StoredUser {
  const user = world.store.change(before.id, { ...more, ...effective(before, write, world) }, moment(world))
  sendVerification({ before, write, user }, world)
  return user
}

/** @throws Refusal `unknownUser` */
export function userById(id: string, world: World): StoredUser {
  const user = world.store.users.get(id)
  if (user === undefined) throw new Refusal('unknownUser', 'USER_NOT_FOUND', `there is no user ${id}`)
  return user
}

function refuseBadRename(before: StoredUser, userName: string | undefined, world: World): void {
  if (userName === undefined || userName === before.userName) return
  if (before.status === 'PENDING' && world.switches.renameWhilePending === 'refused') {
    throw invalid('USERNAME_NOT_EDITABLE', 'the user name cannot be changed while the user is pending')
  }
  refuseTakenName({ userName, self: before.id, world })
}

/** Where groups are those of the ACD, a group that cannot be given or taken there cannot be here either. */
export function refuseStuckGroups(before: readonly string[], after: readonly string[] | undefined, world: World): void {
  if (after === undefined || world.switches.userHubGroups === 'separate') return
  const changed = [...before, ...after].filter((id) => before.includes(id) !== after.includes(id))
  for (const id of changed) refuseStuck('groups', Number(id), world)
}

/** A changed name or team upsets whoever works under the old one (facts 7). */
function refuseWhileLoggedIn(before: StoredUser, { userName, teamId }: UserWrite, { store, switches }: World): void {
  const same = (userName ?? before.userName) === before.userName && (teamId ?? before.teamId) === before.teamId
  if (same || switches.changesWhileLoggedIn === 'taken' || store.acd.ofUser(before.id)?.session == null) return
  throw invalid('AGENT_LOGGED_IN', `user ${before.id} is logged in; user name and team cannot be changed now`)
}

/** A field that no read returns is never cleared by leaving it out: nobody could ever update such a user otherwise. */
function cleared(world: World): Partial<StoredUser> {
  if (world.switches.putMissing === 'keeps') return {}
  const hidden = hiddenFields(world.switches)
  return Object.fromEntries(Object.entries(blankFields(world)).filter(([name]) => !hidden.includes(name)))
}

function effective(before: StoredUser, write: UserWrite, world: World): Partial<StoredUser> {
  const patch: Partial<StoredUser> = { ...write }
  // An empty emailToBeVerified asks for nothing; it does not take back a verification that is under way.
  if (write.emailToBeVerified === null) delete patch.emailToBeVerified
  const changed =
    write.emailAddress !== undefined && write.emailAddress.toLowerCase() !== before.emailAddress.toLowerCase()
  if (changed && world.switches.emailChange === 'afterVerification') {
    patch.emailToBeVerified = write.emailAddress ?? null
    patch.emailAddress = before.emailAddress
  }
  const fullName = `${write.firstName ?? before.firstName} ${write.lastName ?? before.lastName}`
  return { ...patch, fullName }
}
