// Decides how access keys come, go and are switched (facts 2.6, 4.8), for UserHub and its twin in the ACD. The secret
// leaves the simulator once, in the answer that makes the key.
import { type Json, toFlag } from './input.ts'
import type { StoredKey } from './records.ts'
import { Refusal } from './refusal.ts'
import { userById } from './update-user.ts'
import { invalid } from './user-fields.ts'
import type { World } from './world.ts'

export function keyById(accessKeyId: string, world: World): StoredKey {
  const key = world.store.keys.get(accessKeyId)
  if (key === undefined) throw new Refusal('unknown', 'ACCESS_KEY_NOT_FOUND', `there is no access key ${accessKeyId}`)
  return key
}

/** Without the secret; `agentId` is the ACD login of the owner. */
export function shown(key: StoredKey, world: World): Record<string, unknown> {
  const { accessKeyId, userId, isActive, lastUsedDate } = key
  const agentId = world.store.users.get(userId)?.acdUserMappings[0]?.loginId ?? null
  return { accessKeyId, userId, tenantId: world.tenant.tenantId, agentId, billingId: null, isActive, lastUsedDate }
}

export function createKey(userId: string, world: World): Record<string, unknown> {
  const { ids, keys } = world.store
  const owner = userById(userId, world)
  if (owner.status === 'DELETED' && world.switches.keyOfDeactivated === 'refused')
    throw invalid('USER_DELETED', `user ${userId} is deactivated and cannot have a key`)
  const accessKeySecret = `${ids.code(50)}====`
  const born = { isActive: true, lastUsedDate: null, expiresAt: null }
  const key: StoredKey = { accessKeyId: ids.code(56), accessKeySecret, userId, ...born }
  keys.set(key.accessKeyId, key)
  const { lastUsedDate: _, ...answer } = shown(key, world)
  return { ...answer, accessKeySecret }
}

export function switchKey(key: StoredKey, body: Json, world: World): Record<string, unknown> {
  key.isActive = toFlag(body['isActive'], 'isActive')
  return shown(key, world)
}

/** Why this key gives no token, or nothing when it does (facts 2.6). */
export function keyTrouble(key: StoredKey, world: World): string | undefined {
  const owner = world.store.users.get(key.userId)
  if (owner === undefined || owner.status === 'DELETED') return 'the owner of the access key is deactivated'
  if (!key.isActive) return 'the access key is inactive'
  if (hasExpired(key, world)) return 'the access key has expired'
  if (owner.status !== 'ACTIVE' && world.switches.keyOfUnready === 'refused')
    return `the owner of the access key is ${owner.status}, not ACTIVE`
  return undefined
}

export function hasExpired({ expiresAt }: StoredKey, world: World): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= world.now()
}

export function deleteKey(key: StoredKey, world: World): void {
  world.store.keys.delete(key.accessKeyId)
}
