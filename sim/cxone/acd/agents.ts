// Decides how agents are listed, searched and read (facts 5.1). Changes nothing.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toList, toObject } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { agentNumbered, agentOf, everybody } from './find.ts'
import { flagOf, inOrder, momentOf, onlyFields, page } from './page.ts'
import type { StoredAgent } from './records.ts'
import { row } from './rows.ts'
import { isActive, showAgent } from './show-agent.ts'

const VIEW = { config: { needs: 'agents.view' } } as const

export function agentRoutes(app: FastifyInstance, world: World): void {
  app.get('/agents', VIEW, (request, reply) => listAgents(request, reply, world))
  app.post('/agents/search', VIEW, (request) => searchAgents(request.body, world))
  app.get('/agents/:agentId', VIEW, (request, reply) => readAgent(request, reply, world))
  app.get('/agents/:agentId/groups', VIEW, (request, reply) => {
    const agent = agentOf(request, world, 'agentId')
    const agentGroups = [...agent.groups].flatMap((id) => world.store.acd.groups.get(id) ?? [])
    if (agentGroups.length === 0 && world.switches.acdEmpty === 'noContent') return reply.code(204).send()
    return reply.send({ businessUnitId: world.tenant.buId, agentId: agent.agentId, agentGroups })
  })
  app.get('/agents-states', VIEW, () => ({ agentStates: statesOf(world) }))
}

function listAgents(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const query = request.query as Record<string, unknown>
  const rows = wantedAgents(query, world)
  const only = onlyFields(query['fields'])
  const more = { hiddenAgents: 0 }
  if (query['orderBy'] === undefined || query['orderBy'] === '')
    return page(
      { request, reply, world },
      { key: 'agents', rows, more, show: (agent) => only(showAgent(agent, world)) },
    )
  const shown = inOrder(rows.map((agent) => showAgent(agent, world)), query['orderBy']) // prettier-ignore
  return page({ request, reply, world }, { key: 'agents', rows: shown, more, show: only })
}

/** The filters of the list and of the search. `updateSince` of the one is `updatedSince` of the other. */
function wantedAgents(asked: Readonly<Record<string, unknown>>, world: World): StoredAgent[] {
  const since = momentOf(asked['updateSince'] ?? asked['updatedSince'], 'updateSince')
  const active = flagOf(asked['isActive'], 'isActive') ?? (world.switches.agentsListed === 'all' ? undefined : true)
  const locked = flagOf(asked['isLocked'], 'isLocked')
  const part = typeof asked['searchString'] === 'string' ? asked['searchString'].trim().toLowerCase() : ''
  return everybody(world).filter((agent) => {
    if (active !== undefined && isActive(agent, world) !== active) return false
    if (locked !== undefined && (agent.mirror.status === 'BLOCKED') !== locked) return false
    if (since !== undefined && Date.parse(agent.lastUpdated) <= since) return false
    return part === '' || contains(agent, part)
  })
}

function contains({ mirror, agentId }: StoredAgent, part: string): boolean {
  const { fullName, userName, emailAddress } = mirror
  return [fullName, userName, emailAddress, String(agentId)].some((text) => text.toLowerCase().includes(part))
}

function readAgent(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { fields } = request.query as Record<string, unknown>
  try {
    const agent = agentOf(request, world, 'either')
    return reply.send({ agents: [onlyFields(fields)(showAgent(agent, world))] })
  } catch (cause) {
    if (!(cause instanceof Refusal) || world.switches.unknownAgent !== 'empty') throw cause
    return reply.send({ agents: [] })
  }
}

function searchAgents(body: unknown, world: World): Record<string, unknown> {
  const asked = toObject(body ?? {}, 'the body')
  const only = onlyFields(asked['fields'])
  const found = wantedAgents(asked, world)
  const named = asked['agentIds'] === undefined ? undefined : toList(asked['agentIds'], 'agentIds')
  const results =
    named === undefined
      ? found.map((agent) => ({ success: true, agentRecord: only(showAgent(agent, world)) }))
      : named.map((id) => row({}, () => ({ agentRecord: only(showAgent(foundAmong(id, found, world), world)) })))
  const nested = world.switches.agentSearchRows === 'nested'
  return {
    totalRecords: results.filter(({ success }) => success).length,
    hiddenAgents: 0,
    errorCount: results.filter(({ success }) => !success).length,
    agentResults: nested ? results.map((result) => [result]) : results,
  }
}

function foundAmong(id: unknown, found: readonly StoredAgent[], world: World): StoredAgent {
  const agent = agentNumbered(id, world)
  if (!found.includes(agent)) throw new Refusal('unknown', 'AGENT_NOT_FOUND', `agent ${agent.agentId} does not match`)
  return agent
}

/** Whoever is not logged in has no state. */
function statesOf(world: World): Record<string, unknown>[] {
  const states: Record<string, unknown>[] = []
  for (const agent of world.store.acd.agents.values()) {
    const last = agent.session?.login.states.at(-1)
    if (last === undefined) continue
    const { agentId, mirror } = agent
    states.push({
      agentId,
      firstName: mirror.firstName,
      lastName: mirror.lastName,
      teamId: world.store.acd.teamOf(mirror.teamId).teamId,
      agentStateName: last.state,
      outStateId: last.outStateId,
      startDate: new Date(last.from).toISOString(),
      isActive: isActive(agent, world),
    })
  }
  return states
}
