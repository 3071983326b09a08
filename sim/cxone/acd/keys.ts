// Decides how access keys look through the ACD (facts 4.8): the same keys as in UserHub, asked for by agent.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createKey, deleteKey, keyById, shown, switchKey } from '../access-keys.ts'
import { toObject } from '../input.ts'
import type { World } from '../world.ts'
import { agentNumbered } from './find.ts'

export function acdKeyRoutes(app: FastifyInstance, world: World): void {
  app.get('/access-keys', { config: { needs: 'accessKeys.view' } }, (request) => {
    const { userId } = owner(request, world)
    const accesskeys = world.store.keysOf(userId).map((key) => shown(key, world))
    return { totalRecords: accesskeys.length, accesskeys }
  })
  app.post('/access-keys', { config: { needs: 'accessKeys.create' } }, (request) => ({
    resultSet: createKey(owner(request, world).userId, world),
  }))
  app.get('/access-keys/:accessKeyId', { config: { needs: 'accessKeys.view' } }, (request) => ({
    resultSet: shown(keyOf(request, world), world),
  }))
  app.patch('/access-keys/:accessKeyId', { config: { needs: 'accessKeys.edit' } }, (request) => ({
    resultSet: switchKey(keyOf(request, world), toObject(request.body, 'the body'), world),
  }))
  app.delete('/access-keys/:accessKeyId', { config: { needs: 'accessKeys.delete' } }, (request) => {
    deleteKey(keyOf(request, world), world)
    return {}
  })
}

function owner(request: FastifyRequest, world: World): { userId: string } {
  const agent = agentNumbered((request.query as Record<string, unknown>)['agentId'], world)
  if (request.call !== null) request.call.userId = agent.userId
  return agent
}

function keyOf(request: FastifyRequest, world: World) {
  return keyById((request.params as { accessKeyId: string }).accessKeyId, world)
}
