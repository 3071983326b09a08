// Decides which calls reach the ACD half and how it speaks: versions (facts 9.14), its own error bodies (facts
// 7), and that whatever is due happens before anybody looks.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { agentRoutes } from './agents.ts'
import { agentWriteRoutes } from './agents-write.ts'
import { assignmentRoutes } from './assignments.ts'
import { groupRoutes } from './groups.ts'
import { historyRoutes } from './history.ts'
import { acdKeyRoutes } from './keys.ts'
import { profileRoutes } from './profiles.ts'
import { skillRoutes } from './skills.ts'
import { acdTeamRoutes } from './teams.ts'
import { acdTenantRoutes, versions } from './tenant.ts'

/** Below the API prefix, in one case: `acdUrl` brings any other into it. */
export const ACD = '/incontactapi/services/:version'

/** The address as the routes know it: the first segment below the API prefix in lower case (facts 1.4). */
export function acdUrl(url: string): string {
  return url.replace(/^(\/[^/?]+)\/incontactapi(?=\/)/i, '$1/incontactapi')
}

export function acdPlugin(app: FastifyInstance, world: World): void {
  app.addHook('preParsing', async (request, _reply, payload) => {
    refuseVersion(request, world)
    world.store.acd.settle(world.now())
    return payload
  })
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof Refusal) return reply.code(statusOf(error)).send(bodyOf(error.code, error.message, world))
    const { statusCode, message } = error as { statusCode?: number; message?: string }
    if (statusCode === undefined || statusCode >= 500) throw error
    return reply.code(statusCode).send(bodyOf('BAD_REQUEST', message ?? 'bad request', world))
  })
  agentRoutes(app, world)
  agentWriteRoutes(app, world)
  skillRoutes(app, world)
  assignmentRoutes(app, world)
  groupRoutes(app, world)
  acdTeamRoutes(app, world)
  profileRoutes(app, world)
  acdTenantRoutes(app, world)
  historyRoutes(app, world)
  acdKeyRoutes(app, world)
}

function refuseVersion(request: FastifyRequest, world: World): void {
  const { version } = request.params as { version?: string }
  if (/^v\d{1,3}\.0$/i.test(version ?? '') && versions(world).includes((version ?? '').toLowerCase())) return
  throw new Refusal('unknown', 'VERSION_NOT_FOUND', `there is no version ${version ?? ''} of this API`)
}

function statusOf({ kind }: Refusal): 400 | 404 {
  return kind === 'unknown' || kind === 'unknownUser' ? 404 : 400
}

function bodyOf(error: string, description: string, { switches }: World): Record<string, string> {
  return switches.acdErrorBody === 'snake'
    ? { error, error_description: description }
    : { error, errorDescription: description }
}
