// Decides how skills and who has them are read (facts 5.2). Changes nothing; assignments.ts does.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { World } from '../world.ts'
import { agentOf, everybody, skillNumbered } from './find.ts'
import { catalogPage, flagOf, momentOf, one, onlyFields, page } from './page.ts'
import type { Assignment, StoredAgent, StoredSkill } from './records.ts'
import { agentRow, isActive } from './show-agent.ts'

const OF_AGENTS = { config: { needs: 'agents.view' } } as const
const OF_SKILLS = { config: { needs: 'skills.view' } } as const

export interface Holding {
  readonly agent: StoredAgent
  readonly skill: StoredSkill
  readonly assignment: Assignment
}

export function skillRoutes(app: FastifyInstance, world: World): void {
  skillReads(app, world)
  app.get('/agents/skills', OF_AGENTS, (request, reply) => {
    const query = request.query as Record<string, unknown>
    const only = onlyFields(query['fields'])
    const show = (held: Holding): unknown => only(showHolding(held, world))
    return page({ request, reply, world }, { key: 'agentSkillAssignments', rows: allHoldings(query, world), show })
  })
  app.get('/agents/:agentId/skills', OF_AGENTS, (request, reply) => {
    const agent = agentOf(request, world, 'either')
    const rows = holdingsOf(agent, world).filter(wantedBy(request))
    return catalogPage(
      { request, reply, world },
      { key: 'agentSkillAssignments', rows, show: (held) => showHolding(held, world) },
    )
  })
  app.get('/agents/:agentId/skills/unassigned', OF_AGENTS, (request) => {
    const agent = agentOf(request, world, 'agentId')
    const free = [...world.store.acd.skills.values()].filter(({ skillId }) => !agent.skills.has(skillId))
    return { resultSet: { agentId: agent.agentId, skills: free.map(shortSkill) } }
  })
}

function skillReads(app: FastifyInstance, world: World): void {
  app.get('/skills', OF_SKILLS, (request, reply) => {
    const { mediaTypeId, outboundStrategy, isActive: active, searchString } = request.query as Record<string, unknown>
    const wanted = flagOf(active, 'isActive')
    const part = typeof searchString === 'string' ? searchString.toLowerCase() : ''
    const rows = [...world.store.acd.skills.values()].filter(
      (skill) =>
        (mediaTypeId === undefined || String(skill.mediaTypeId) === mediaTypeId) &&
        (outboundStrategy === undefined || skill.outboundStrategy === outboundStrategy) &&
        (wanted === undefined || skill.isActive === wanted) &&
        skill.skillName.toLowerCase().includes(part),
    )
    return catalogPage({ request, reply, world }, { key: 'skills', rows, show: (skill) => ({ ...skill }) })
  })
  app.get('/skills/:skillId', OF_SKILLS, (request) =>
    one({ ...skillOf(request, world) }, { one: 'skill', many: 'skills' }, world),
  )
  app.get('/skills/:skillId/agents', OF_SKILLS, (request, reply) => {
    const skill = skillOf(request, world)
    const rows = holdersOf(skill, world)
    return page({ request, reply, world }, { key: 'agents', rows, show: (held) => holderRow(held, world) })
  })
  app.get('/skills/:skillId/agents/unassigned', OF_SKILLS, (request, reply) => {
    const { skillId } = skillOf(request, world)
    const rows = everybody(world).filter((agent) => !agent.skills.has(skillId) && isActive(agent, world))
    return page({ request, reply, world }, { key: 'agents', rows, show: (agent) => agentRow(agent, world) })
  })
}

export function skillOf(request: FastifyRequest, world: World): StoredSkill {
  return skillNumbered((request.params as { skillId: string }).skillId, world)
}

/** What an agent holds, as far as reads show it. */
export function holdingsOf(agent: StoredAgent, world: World): Holding[] {
  if (!isActive(agent, world) && world.switches.inactiveAgentSkills === 'hidden') return []
  return [...agent.skills].flatMap(([skillId, assignment]) => {
    const skill = world.store.acd.skills.get(skillId)
    return skill === undefined ? [] : [{ agent, skill, assignment }]
  })
}

function wantedBy(request: FastifyRequest): (held: Holding) => boolean {
  const { isAssignedSkillActive } = request.query as Record<string, unknown>
  const wanted = flagOf(isAssignedSkillActive, 'isAssignedSkillActive')
  return ({ assignment }) => wanted === undefined || assignment.isActive === wanted
}

function holdersOf(skill: StoredSkill, world: World): Holding[] {
  return everybody(world).flatMap((agent) => holdingsOf(agent, world).filter((held) => held.skill === skill))
}

/** `isAgentActive` and `isActive` are said to be required; a call without them sees everything. */
function allHoldings(query: Readonly<Record<string, unknown>>, world: World): Holding[] {
  const agentActive = flagOf(query['isAgentActive'], 'isAgentActive')
  const active = flagOf(query['isActive'], 'isActive')
  const since = momentOf(query['UpdatedSince'] ?? query['updatedSince'], 'UpdatedSince')
  const part = typeof query['searchString'] === 'string' ? query['searchString'].toLowerCase() : ''
  const media = query['mediaTypeId']
  const found: Holding[] = []
  for (const agent of everybody(world)) {
    if (agentActive !== undefined && isActive(agent, world) !== agentActive) continue
    if (since !== undefined && Date.parse(agent.lastUpdated) <= since) continue
    for (const held of holdingsOf(agent, world)) {
      if (active !== undefined && held.assignment.isActive !== active) continue
      if (media !== undefined && String(held.skill.mediaTypeId) !== media) continue
      if (part === '' || `${agent.mirror.fullName} ${held.skill.skillName}`.toLowerCase().includes(part))
        found.push(held)
    }
  }
  return found
}

export function showHolding({ agent, skill, assignment }: Holding, world: World): Record<string, unknown> {
  const { mirror } = agent
  return {
    agentId: agent.agentId,
    userID: agent.userId,
    firstName: mirror.firstName,
    lastName: mirror.lastName,
    teamId: world.store.acd.teamOf(mirror.teamId).teamId,
    teamName: world.store.teams.get(mirror.teamId)?.name ?? '',
    ...shortSkill(skill),
    agentProficiencyValue: proficiencyAs(assignment, world),
    agentProficiencyName: nameOf(assignment.proficiency, world),
    isActive: assignment.isActive,
    isSkillActive: skill.isActive,
    lastUpdated: agent.lastUpdated,
  }
}

function holderRow(held: Holding, world: World): Record<string, unknown> {
  const { assignment } = held
  const proficiency = proficiencyAs(assignment, world)
  const name = nameOf(assignment.proficiency, world)
  const more = { agentProficiencyValue: proficiency, agentProficiencyName: name, isSkillActive: held.skill.isActive }
  return {
    ...agentRow(held.agent, world),
    isAgentActive: isActive(held.agent, world),
    ...more,
    isActive: assignment.isActive,
  }
}

function shortSkill({
  skillId,
  skillName,
  mediaTypeId,
  mediaTypeName,
  campaignId,
  campaignName,
  isOutbound,
}: StoredSkill) {
  return { skillId, skillName, mediaTypeId, mediaTypeName, campaignId, campaignName, isOutbound }
}

function proficiencyAs({ proficiency }: Assignment, { switches }: World): number | string {
  return switches.proficiencyForm === 'number' ? proficiency : String(proficiency)
}

const LEVELS = ['High', 'Medium High', 'Medium', 'Medium Low', 'Low'] as const

/** Five names spread over the range, the lowest number being the best. */
function nameOf(proficiency: number, { switches }: World): string {
  const at = Math.floor(((proficiency - 1) * LEVELS.length) / switches.proficiencyMost)
  return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, at))] ?? 'Medium'
}
