// Decides how access keys are listed, read, made, switched and deleted in UserHub (facts 4.8). What that does is
// ../access-keys.ts.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createKey, deleteKey, keyById, shown, switchKey } from '../access-keys.ts'
import { toFilledText, toObject, toText } from '../input.ts'
import type { StoredKey } from '../records.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'

const VIEW = { config: { needs: 'accessKeys.view', orOwn: 'myAccessKey.view' } } as const
const CREATE = { config: { needs: 'accessKeys.create', orOwn: 'myAccessKey.create' } } as const
const EDIT = { config: { needs: 'accessKeys.edit', orOwn: 'myAccessKey.edit' } } as const
const DELETE = { config: { needs: 'accessKeys.delete', orOwn: 'myAccessKey.delete' } } as const
const BASE = '/access-key-management/v1/access-keys'

export function accessKeyRoutes(app: FastifyInstance, world: World): void {
  app.get(BASE, VIEW, (request) => {
    const { userId, agentId } = request.query as Record<string, unknown>
    const keys = listable(request, world).map((key) => shown(key, world))
    const accessKeys = keys.filter(
      (key) =>
        (userId === undefined || key['userId'] === userId) && (agentId === undefined || key['agentId'] === agentId),
    )
    return { totalRecords: accessKeys.length, _links: { self: BASE, next: null, previous: null }, accessKeys }
  })
  app.get(`${BASE}/:accessKeyId`, VIEW, (request) => ({ resultSet: shown(keyIn(request, world), world) }))
  app.post(BASE, CREATE, (request) => {
    const body = toObject(request.body, 'the body')
    refuseOtherTenant(body['tenantId'], world)
    const userId = toFilledText(body['userId'], 'userId')
    if (request.call !== null) request.call.userId = userId
    refuseOther(request, userId)
    return { resultSet: createKey(userId, world) }
  })
  app.patch(BASE, EDIT, (request) => {
    const { accessKeyId, userId, tenantId } = request.query as Record<string, unknown>
    refuseOtherTenant(tenantId, world)
    const key = keyById(toText(accessKeyId, 'accessKeyId'), world)
    if (userId !== undefined && userId !== key.userId)
      throw new Refusal('unknown', 'ACCESS_KEY_NOT_FOUND', `user ${toText(userId, 'userId')} has no such key`)
    if (request.call !== null) request.call.userId = key.userId
    refuseOther(request, key.userId)
    return { resultSet: switchKey(key, toObject(request.body, 'the body'), world) }
  })
  app.delete(`${BASE}/:accessKeyId`, DELETE, (request) => {
    const key = keyIn(request, world)
    if (request.call !== null) request.call.userId = key.userId
    deleteKey(key, world)
    return { success: true }
  })
}

/** Without a name the list may be all keys, the caller's own, or refused; who may see only its own sees no other. */
function listable(request: FastifyRequest, world: World): StoredKey[] {
  const { userId, agentId } = request.query as Record<string, unknown>
  const unnamed = userId === undefined && agentId === undefined
  if (unnamed && world.switches.accessKeyList === 'refused')
    throw new Refusal('bad', 'REQUIRED_FIELD_MISSING', 'userId or agentId is required')
  if (request.ownOnly || (unnamed && world.switches.accessKeyList === 'own'))
    return world.store.keysOf(request.caller?.id ?? '')
  return [...world.store.keys.values()]
}

function keyIn(request: FastifyRequest, world: World): StoredKey {
  const key = keyById((request.params as { accessKeyId: string }).accessKeyId, world)
  refuseOther(request, key.userId)
  return key
}

/** Somebody else's key is as good as none for whoever may only see its own (facts 2.6). */
function refuseOther(request: FastifyRequest, userId: string): void {
  if (request.ownOnly && request.caller?.id !== userId)
    throw new Refusal('unknown', 'ACCESS_KEY_NOT_FOUND', 'there is no such access key of yours')
}

function refuseOtherTenant(tenantId: unknown, world: World): void {
  if (tenantId === undefined || tenantId === world.tenant.tenantId) return
  throw new Refusal('bad', 'TENANT_NOT_FOUND', 'tenantId is not the tenant of this token')
}
