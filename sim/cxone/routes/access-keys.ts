// Decides how access keys are listed, read, made, switched and deleted in UserHub (facts 4.8). What that does is
// ../access-keys.ts.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createKey, deleteKey, keyById, shown, switchKey } from '../access-keys.ts'
import { toFilledText, toObject, toText } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'

const VIEW = { config: { needs: 'accessKeys.view' } } as const
const BASE = '/access-key-management/v1/access-keys'

export function accessKeyRoutes(app: FastifyInstance, world: World): void {
  app.get(BASE, VIEW, (request) => {
    const { userId, agentId } = request.query as Record<string, unknown>
    const keys = [...world.store.keys.values()].map((key) => shown(key, world))
    const accessKeys = keys.filter(
      (key) =>
        (userId === undefined || key['userId'] === userId) && (agentId === undefined || key['agentId'] === agentId),
    )
    return { totalRecords: accessKeys.length, _links: { self: BASE, next: null, previous: null }, accessKeys }
  })
  app.get(`${BASE}/:accessKeyId`, VIEW, (request) => ({ resultSet: shown(keyIn(request, world), world) }))
  app.post(BASE, { config: { needs: 'accessKeys.create' } }, (request) => {
    const body = toObject(request.body, 'the body')
    refuseOtherTenant(body['tenantId'], world)
    const userId = toFilledText(body['userId'], 'userId')
    if (request.call !== null) request.call.userId = userId
    return { resultSet: createKey(userId, world) }
  })
  app.patch(BASE, { config: { needs: 'accessKeys.edit' } }, (request) => {
    const { accessKeyId, userId, tenantId } = request.query as Record<string, unknown>
    refuseOtherTenant(tenantId, world)
    const key = keyById(toText(accessKeyId, 'accessKeyId'), world)
    if (userId !== undefined && userId !== key.userId)
      throw new Refusal('unknown', 'ACCESS_KEY_NOT_FOUND', `user ${toText(userId, 'userId')} has no such key`)
    if (request.call !== null) request.call.userId = key.userId
    return { resultSet: switchKey(key, toObject(request.body, 'the body'), world) }
  })
  app.delete(`${BASE}/:accessKeyId`, { config: { needs: 'accessKeys.delete' } }, (request) => {
    const key = keyIn(request, world)
    if (request.call !== null) request.call.userId = key.userId
    deleteKey(key, world)
    return { success: true }
  })
}

function keyIn(request: FastifyRequest, world: World) {
  return keyById((request.params as { accessKeyId: string }).accessKeyId, world)
}

function refuseOtherTenant(tenantId: unknown, world: World): void {
  if (tenantId === undefined || tenantId === world.tenant.tenantId) return
  throw new Refusal('bad', 'TENANT_NOT_FOUND', 'tenantId is not the tenant of this token')
}
