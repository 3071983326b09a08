// Decides what can be read of access keys (facts 4.8). Secrets are never returned.
import type { FastifyInstance } from 'fastify'
import type { StoredKey } from '../records.ts'
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
  app.get(`${BASE}/:accessKeyId`, VIEW, (request) => {
    const { accessKeyId } = request.params as { accessKeyId: string }
    const key = world.store.keys.get(accessKeyId)
    if (key === undefined) throw new Refusal('unknown', 'ACCESS_KEY_NOT_FOUND', `there is no access key ${accessKeyId}`)
    return { resultSet: shown(key, world) }
  })
}

/** Without the secret; `agentId` is the ACD login of the owner. */
export function shown(key: StoredKey, world: World): Record<string, unknown> {
  const { accessKeyId, userId, isActive, lastUsedDate } = key
  const agentId = world.store.users.get(userId)?.acdUserMappings[0]?.loginId ?? null
  return { accessKeyId, userId, tenantId: world.tenant.tenantId, agentId, billingId: null, isActive, lastUsedDate }
}
