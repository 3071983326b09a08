// Decides what a create, a PUT and a PATCH of native SCIM do to the one store of users (facts 3.2 to 3.4). All of a
// request is done or nothing of it.
import { addUser, type NewUser } from '../create-user.ts'
import { type Json, toObject } from '../input.ts'
import type { StoredUser } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { deactivateUsers, reviveUser } from '../status.ts'
import { applyUpdate, refuseUpdate, userById } from '../update-user.ts'
import { invalid, requireFields } from '../user-fields.ts'
import { moment, type World } from '../world.ts'
import { refuseForbidden } from './account-settings.ts'
import type { OptionalName } from './account.ts'
import { resourcePart } from './patch.ts'
import { type Reading, readUser } from './read-user.ts'
import { defaultRole } from './references.ts'

export function createScimUser(body: Json, world: World): StoredUser {
  refuseForbidden('create', world)
  requireUser(body)
  const { write, extra, active } = readUser(body, world)
  const { scimCreateInactive, scimCreatedAs } = world.switches
  if (active === false && scimCreateInactive === 'refused')
    throw invalid('BAD_VALUE', 'active must not be false for a new user')
  const roleUUID = write.roleUUID ?? defaultRole(world).roleId
  const { userName = '' } = write
  const born: NewUser = { ...write, ...extra, userName, roleUUID, scimManaged: true }
  const user = addUser(born, scimCreatedAs, world)
  if (active !== false || scimCreateInactive === 'active') return user
  const deletedDate = new Date(world.now()).toISOString()
  return world.store.change(user.id, { status: 'DELETED', deletedDate }, moment(world))
}

export interface Writing {
  readonly id: string
  /** Who asks: nobody deactivates itself (facts 9.6). */
  readonly actorId: string
  readonly body: Json
}

/** PUT: the whole of the user. */
export function replaceScimUser({ id, actorId, body }: Writing, world: World): StoredUser {
  const before = userById(id, world)
  requireUser(body)
  requireFields(body, world.switches.scimPutId === 'needed' ? ['id', 'active'] : ['active'])
  if (body['id'] !== undefined && body['id'] !== id) throw invalid('BAD_VALUE', 'id is not the one of the path')
  const reading = readUser(body, world)
  if (world.switches.scimPutMissing === 'keeps') return change(before, { reading, actorId }, world)
  const { extra, more } = blanks(world)
  return change(before, { reading: { ...reading, extra: { ...extra, ...reading.extra } }, actorId, more }, world)
}

/** PATCH: what the operations name. */
export function patchScimUser({ id, actorId, body }: Writing, world: World): StoredUser {
  const before = userById(id, world)
  const reading = readUser(resourcePart(body, world.switches), world)
  return change(before, { reading, actorId }, world)
}

function requireUser(body: Json): void {
  requireFields(body, ['userName', 'name', 'emails'])
  requireFields(toObject(body['name'], 'name'), ['givenName', 'familyName'])
}

/** Optional attributes without a value; whoever has a role, a team or an authenticator keeps it. */
function blanks({ account }: World): { extra: Reading['extra']; more: Partial<StoredUser> } {
  const on = (name: OptionalName): boolean => account.attributes[name]
  return {
    extra: { ...(on('middleName') ? { middleName: null } : {}), ...(on('type') ? { type: null } : {}) },
    more: { ...(on('mobileNumber') ? { mobileNumber: null } : {}), ...(on('timeZone') ? { timeZone: null } : {}) },
  }
}

interface Changing {
  readonly reading: Reading
  readonly actorId: string
  readonly more?: Partial<StoredUser>
}

function change(before: StoredUser, { reading, actorId, more }: Changing, world: World): StoredUser {
  const { write, extra, active } = reading
  const said = { ...more, ...extra, ...write }
  const differs = Object.entries(said).some(
    ([name, value]) => JSON.stringify(before[name as keyof StoredUser]) !== JSON.stringify(value),
  )
  if (differs) refuseForbidden('update', world)
  const stays = before.status === 'DELETED' && active !== true
  if (differs && stays && world.switches.putDeleted === 'refused')
    throw invalid('USER_DELETED', `user ${before.id} is deactivated and cannot be changed`)
  refuseUpdate(before, write, world)
  const user = withStatus(before, { active, actorId }, world)
  if (!differs) return user
  const managed = world.switches.scimManaged === 'written' ? { scimManaged: true } : {}
  return applyUpdate(user, { write, more: { ...more, ...extra, ...managed } }, world)
}

function withStatus(
  before: StoredUser,
  wanted: { active: boolean | undefined; actorId: string },
  world: World,
): StoredUser {
  const { active, actorId } = wanted
  if (active === undefined) return before
  if (active) return before.status === 'DELETED' ? reviveUser(before.id, world) : before
  if (before.status === 'DELETED') return before
  refuseForbidden('deactivate', world)
  if (deactivateUsers([before.id], actorId, world).length > 0)
    throw new Refusal('invalid', 'NOT_DEACTIVATED', `user ${before.id} cannot be deactivated`)
  return userById(before.id, world)
}
