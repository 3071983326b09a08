// Decides how agents are made, changed, put into a state and logged out through the ACD (facts 5.1). What belongs to
// UserHub is identity.ts.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createUser } from '../create-user.ts'
import { type Json, toList, toObject, toText, toWhole } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { HIDDEN_SETTINGS, readSettings } from './agent-fields.ts'
import { agentNumbered, agentOf, refuseInactive, teamNumbered } from './find.ts'
import { writeIdentity } from './identity.ts'
import { roleOfProfile } from './profiles.ts'
import type { StoredAgent } from './records.ts'
import { row, sendRows } from './rows.ts'
import { logOut, setState } from './session.ts'

const CREATE = { config: { needs: 'agents.create' } } as const
const EDIT = { config: { needs: 'agents.edit' } } as const
const RESULTS = { key: 'agentResults', wrapped: false } as const

export function agentWriteRoutes(app: FastifyInstance, world: World): void {
  app.post('/agents', CREATE, (request, reply) => {
    const rows = listed(request.body, 'agents')
    return sendRows(reply, rows.map((from) => row({}, () => createAgent(from, world))), { ...RESULTS, world }) // prettier-ignore
  })
  app.put('/agents', EDIT, (request, reply) => {
    const results = listed(request.body, 'agents').map((from) =>
      row({ agentId: from['agentId'] ?? null }, () => {
        updateAgent(agentNumbered(from['agentId'], world), from, world)
        return undefined
      }),
    )
    return sendRows(reply, results, { ...RESULTS, world })
  })
  app.put('/agents/:agentId', EDIT, (request, reply) => updateOne(request, reply, world))
  app.post('/agents/:agentId/state', EDIT, (request) => {
    const agent = agentOf(request, world, 'agentId')
    const { state, outStateId } = request.query as Record<string, unknown>
    if (state !== 'Available' && state !== 'Unavailable')
      throw new Refusal('bad', 'BAD_STATE', 'state must be Available or Unavailable')
    const code = outStateId === undefined ? null : toWhole(outStateId, 'outStateId')
    if (needsSession(agent, world)) setState(agent, { state, outStateId: code }, world.now())
    return {}
  })
  app.post('/agents/:agentId/logout', EDIT, (request, reply) => {
    const agent = agentOf(request, world, 'agentId')
    if (needsSession(agent, world)) logOut(agent, world)
    return reply.code(world.switches.logoutLagMs > 0 ? 202 : 200).send({})
  })
}

export function listed(body: unknown, key: string): Json[] {
  return toList(toObject(body, 'the body')[key], key).map((item, index) => toObject(item, `${key}[${index}]`))
}

/** Whether there is a session; without one the call is refused or passes without effect. */
function needsSession(agent: StoredAgent, world: World): boolean {
  if (agent.session !== null) return true
  if (world.switches.logoutLoggedOut === 'fine') return false
  throw new Refusal('bad', 'AGENT_NOT_LOGGED_IN', `agent ${agent.agentId} is not logged in`)
}

/** A failure of one is told the way a failed row is: as `error`, under whatever status failed batches have. */
function updateOne(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const agent = agentOf(request, world, 'either')
  const body = toObject(toObject(request.body, 'the body')['agent'], 'agent')
  const result = row({}, () => {
    if (body['agentId'] === undefined) throw new Refusal('bad', 'REQUIRED_FIELD_MISSING', 'agent.agentId is required')
    if (Number(body['agentId']) !== agent.agentId)
      throw new Refusal('bad', 'AGENT_MISMATCH', `agent.agentId is not ${agent.agentId}, which the path means`)
    updateAgent(agent, body, world)
    return undefined
  })
  return reply.code(result.success ? 200 : world.switches.allRowsFailed).send({ error: result.error })
}

function updateAgent(agent: StoredAgent, body: Json, world: World): void {
  refuseInactive(agent, world)
  const settings = readSettings(body, world)
  writeIdentity(agent, body, world)
  agent.own =
    world.switches.agentMissing === 'keeps' ? { ...agent.own, ...settings } : { ...hiddenOf(agent, world), ...settings }
  world.store.acd.touched(agent, world.now())
}

/** Where an update clears what it leaves out, it spares what no read returns. */
function hiddenOf({ own }: StoredAgent, { switches }: World): StoredAgent['own'] {
  if (switches.agentHidden === 'none') return {}
  return Object.fromEntries(Object.entries(own).filter(([name]) => HIDDEN_SETTINGS.includes(name)))
}

const REQUIRED = ['firstName', 'lastName', 'teamId', 'profileId', 'emailAddress', 'userName', 'timeZone', 'country', 'city'] // prettier-ignore

function createAgent(from: Json, world: World): { agentId: number } {
  const missing = REQUIRED.filter((name) => from[name] === undefined || from[name] === null)
  if (missing.length > 0)
    throw new Refusal('bad', 'REQUIRED_FIELD_MISSING', `required and missing: ${missing.join(', ')}`)
  if (world.switches.agentCreate === 'refused')
    throw new Refusal('invalid', 'AGENTS_COME_FROM_USERHUB', 'users of this tenant are made in the employee profile')
  const { firstName, lastName, emailAddress, userName, timeZone } = from
  const role = roleOfProfile(from['profileId'], world).roleName
  const teamId = teamNumbered(toText(from['teamId'], 'teamId'), world).teamUuid
  const settings = readSettings(from, world)
  const user = createUser({ firstName, lastName, emailAddress, userName, timeZone, role, teamId }, world)
  // Made here, it is here at once, whatever the mirror takes for users made in UserHub.
  world.store.acd.receive(user, { now: world.now(), switches: { ...world.switches, acdLagMs: 0 } })
  const agent = world.store.acd.ofUser(user.id)
  if (agent === undefined) throw new Error(`user ${user.id} has no agent`)
  agent.own = settings
  return { agentId: agent.agentId }
}
