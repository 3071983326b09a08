// Decides which pairs of agent and skill a call adds, changes or removes, and how the results come back (facts 5.2).
// What happens to one pair is assign.ts.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, toList, toObject } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { listed } from './agents-write.ts'
import { addSkill, changeSkill, type Pair, removeSkill } from './assign.ts'
import { agentNumbered, agentOf, skillNumbered } from './find.ts'
import type { StoredAgent, StoredSkill } from './records.ts'
import { row, type RowResult, sendRows } from './rows.ts'
import { skillOf } from './skills.ts'

const AGENTS = { config: { needs: 'agents.edit' } } as const
const SKILLS = { config: { needs: 'skills.edit' } } as const

type Act = (pair: Pair, from: Json, world: World) => void

const ACTS: Readonly<Record<'POST' | 'PUT' | 'DELETE', Act>> = {
  POST: addSkill,
  PUT: changeSkill,
  DELETE: (pair, _from, world) => {
    removeSkill(pair, world)
  },
}

export function assignmentRoutes(app: FastifyInstance, world: World): void {
  for (const method of ['POST', 'PUT', 'DELETE'] as const) {
    app.route({
      method,
      url: '/agents/:agentId/skills',
      ...AGENTS,
      handler: (request, reply) => ofAgent(request, reply, { act: ACTS[method], world }),
    })
    app.route({
      method,
      url: '/skills/:skillId/agents',
      ...SKILLS,
      handler: (request, reply) => ofSkill(request, reply, { act: ACTS[method], world }),
    })
  }
  app.post('/agents/skills', AGENTS, (request, reply) => inBulk(request, reply, world))
  app.delete('/skills/:skillId/agents/:agentId', SKILLS, (request) => {
    removeSkill({ agent: agentOf(request, world, 'agentId'), skill: skillOf(request, world) }, world)
    return {}
  })
}

interface Doing {
  readonly act: Act
  readonly world: World
}

function ofAgent(request: FastifyRequest, reply: FastifyReply, { act, world }: Doing): FastifyReply {
  const agent = agentOf(request, world, 'either')
  const dress = { key: 'skillResults', wrapped: true, world }
  if (request.method === 'DELETE' && !bodyCounts(request, world)) return sendRows(reply, [], dress)
  const results = listed(request.body, 'skills').map((from) => skillRow(agent, from, { act, world }))
  return sendRows(reply, results, dress)
}

/** The facts show no body for this DELETE (5.2). */
function bodyCounts(request: FastifyRequest, { switches }: World): boolean {
  if (switches.deleteBody === 'refused' && request.body !== undefined)
    throw new Refusal('bad', 'BODY_NOT_ALLOWED', 'a DELETE takes no body')
  return switches.deleteBody === 'taken'
}

function skillRow(agent: StoredAgent, from: Json, { act, world }: Doing): RowResult {
  return row({ skillId: from['skillId'] ?? null }, () => {
    act({ agent, skill: skillNumbered(from['skillId'], world) }, from, world)
    return undefined
  })
}

function agentRowOf(skill: StoredSkill, from: Json, { act, world }: Doing): RowResult {
  return row({ agentId: from['agentId'] ?? null }, () => {
    act({ agent: agentNumbered(from['agentId'], world), skill }, from, world)
    return undefined
  })
}

function ofSkill(request: FastifyRequest, reply: FastifyReply, doing: Doing): FastifyReply {
  const skill = skillOf(request, doing.world)
  const results = listed(request.body, 'agents').map((from) => agentRowOf(skill, from, doing))
  return sendRows(reply, results, { key: 'agentResults', wrapped: true, world: doing.world })
}

/** Every agent of an entry gets every skill of it. */
function inBulk(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const results: RowResult[] = []
  for (const entry of listed(request.body, 'agentAndSkillDetails')) {
    const skills = toList(entry['skills'], 'skills').map((item) => toObject(item, 'skills[]'))
    for (const agentId of toList(entry['agentIds'], 'agentIds'))
      for (const from of skills)
        results.push(
          row({ agentId, skillId: from['skillId'] ?? null }, () => {
            addSkill(
              { agent: agentNumbered(agentId, world), skill: skillNumbered(from['skillId'], world) },
              from,
              world,
            )
            return undefined
          }),
        )
  }
  return sendRows(reply, results, { key: 'agentSkillResults', wrapped: true, world })
}
