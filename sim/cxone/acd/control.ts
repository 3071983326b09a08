// Decides what a test or a demo can see and do in the ACD behind the back of every client: all that is stored, drift,
// and what agents do at their desks.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Json, onlyKeys, toFilledText, toFlag, toList, toObject, toText, toWhole } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { endSession } from './agent.ts'
import { SETTING_NAMES, settingOf } from './agent-fields.ts'
import { setGroups, toProficiency } from './assign.ts'
import { stored } from './control-state.ts'
import { groupNumbered, skillNumbered, teamNumbered } from './find.ts'
import { createGroup, freeName } from './groups.ts'
import type { BusinessUnit, StoredAgent, StoredSkill } from './records.ts'
import { logIn } from './session.ts'
import { featuresIn } from './teams.ts'

export function acdControl(app: FastifyInstance, world: World): void {
  app.addHook('preHandler', async () => {
    world.store.acd.settle(world.now())
  })
  people(app, world)
  catalogue(app, world)
  trouble(app, world)
  app.put('/teams/:teamId', (request) => changeTeam(request, world))
  app.put('/business-unit', (request) => changeBusinessUnit(toObject(request.body, 'the body'), world))
}

function trouble(app: FastifyInstance, world: World): void {
  app.post('/mirror/catch-up', () => ({ applied: world.store.acd.catchUp() }))
  const stuck = (): object => {
    const { skills, groups } = world.store.acd.stuck
    return { skills: [...skills], groups: [...groups] }
  }
  app.get('/stuck', stuck)
  app.put('/stuck', (request) => {
    const body = toObject(request.body, 'the body')
    onlyKeys(body, ['skills', 'groups'], 'the body')
    const skills = toList(body['skills'] ?? [], 'skills').map((id) => skillNumbered(id, world).skillId)
    const groups = toList(body['groups'] ?? [], 'groups').map((id) => groupNumbered(id, world).groupId)
    const at = world.store.acd.stuck
    at.skills.clear()
    at.groups.clear()
    for (const id of skills) at.skills.add(id)
    for (const id of groups) at.groups.add(id)
    return stuck()
  })
}

function people(app: FastifyInstance, world: World): void {
  app.get('/agents/:agent', (request) => stored(agentIn(request, world), world))
  app.put('/agents/:agent', (request) => {
    const agent = agentIn(request, world)
    patchAgent(agent, toObject(request.body, 'the body'), world)
    return stored(agent, world)
  })
  app.put('/agents/:agent/skills', (request) => {
    const agent = agentIn(request, world)
    const rows = toList(toObject(request.body, 'the body')['skills'], 'skills').map((item) =>
      toObject(item, 'skills[]'),
    )
    const skills = rows.map((row): [number, { proficiency: number; isActive: boolean }] => [
      skillNumbered(row['skillId'], world).skillId,
      {
        proficiency: toProficiency(row['proficiency'] ?? 1, world),
        isActive: row['isActive'] === undefined ? true : toFlag(row['isActive'], 'skills[].isActive'),
      },
    ])
    agent.skills.clear()
    for (const [id, assignment] of skills) agent.skills.set(id, assignment)
    world.store.acd.touched(agent, world.now())
    return stored(agent, world)
  })
  app.put('/agents/:agent/groups', (request) => {
    const agent = agentIn(request, world)
    const ids = toList(toObject(request.body, 'the body')['groups'], 'groups')
    setGroups(agent, ids.map((id) => groupNumbered(id, world).groupId), world) // prettier-ignore
    return stored(agent, world)
  })
  app.post('/agents/:agent/login', (request) => {
    const agent = agentIn(request, world)
    logIn(agent, world)
    return stored(agent, world)
  })
  app.post('/agents/:agent/logout', (request) => {
    const agent = agentIn(request, world)
    endSession(agent, world.now())
    return stored(agent, world)
  })
}

/** By agentId or by user id. */
function agentIn(request: FastifyRequest, world: World): StoredAgent {
  const { agent: id } = request.params as { agent: string }
  const agent = world.store.acd.agents.get(Number(id)) ?? world.store.acd.ofUser(id)
  if (agent === undefined) throw new Refusal('unknownUser', 'AGENT_NOT_FOUND', `there is no agent ${id}`)
  return agent
}

const BY_HAND = ['lastLogin', 'lastUpdated']

function patchAgent(agent: StoredAgent, patch: Json, world: World): void {
  onlyKeys(patch, [...SETTING_NAMES, ...BY_HAND], 'the patch')
  const settings = SETTING_NAMES.filter((name) => patch[name] !== undefined)
  agent.own = {
    ...agent.own,
    ...Object.fromEntries(settings.map((name) => [name, settingOf(name, patch[name], world)])),
  }
  if (patch['lastLogin'] !== undefined) {
    agent.lastLogin = patch['lastLogin'] === null ? null : toText(patch['lastLogin'], 'lastLogin')
    agent.pastUntil = agent.lastLogin
  }
  world.store.acd.touched(agent, world.now())
  if (patch['lastUpdated'] !== undefined) agent.lastUpdated = toText(patch['lastUpdated'], 'lastUpdated')
}

function catalogue(app: FastifyInstance, world: World): void {
  app.post('/skills', (request) => {
    const at = world.store.acd
    const skillId = at.nextSkillId++
    const blank = { skillId, ...NEW_SKILL, lastUpdated: new Date(world.now()).toISOString() }
    at.skills.set(skillId, patched(blank, toObject(request.body, 'the body')))
    return at.skills.get(skillId)
  })
  app.put('/skills/:skillId', (request) => {
    const skill = skillNumbered((request.params as { skillId: string }).skillId, world)
    const after = patched(skill, toObject(request.body, 'the body'))
    world.store.acd.skills.set(skill.skillId, { ...after, lastUpdated: new Date(world.now()).toISOString() })
    return world.store.acd.skills.get(skill.skillId)
  })
  app.post('/groups', (request) => createGroup(toObject(request.body, 'the body'), world))
  app.put('/groups/:groupId', (request) => {
    const group = groupNumbered((request.params as { groupId: string }).groupId, world)
    const body = toObject(request.body, 'the body')
    onlyKeys(body, ['groupName', 'isActive', 'notes'], 'the body')
    const groupName = body['groupName'] === undefined ? group.groupName : freeName(body['groupName'], group, world)
    const active = body['isActive'] === undefined ? group.isActive : toFlag(body['isActive'], 'isActive')
    const notes = body['notes'] === undefined ? group.notes : toText(body['notes'], 'notes')
    const lastUpdated = new Date(world.now()).toISOString()
    world.store.acd.groups.set(group.groupId, { ...group, groupName, isActive: active, notes, lastUpdated })
    return world.store.acd.groups.get(group.groupId)
  })
}

const NEW_SKILL = {
  skillName: 'New skill',
  mediaTypeId: 4,
  mediaTypeName: 'Phone Call',
  isActive: true,
  isOutbound: false,
  outboundStrategy: null,
  campaignId: 7001,
  campaignName: 'Service',
  notes: '',
}

function patched(skill: StoredSkill, body: Json): StoredSkill {
  onlyKeys(body, ['skillName', 'isActive', 'mediaTypeId'], 'the body')
  return {
    ...skill,
    ...(body['skillName'] === undefined ? {} : { skillName: toFilledText(body['skillName'], 'skillName') }),
    ...(body['isActive'] === undefined ? {} : { isActive: toFlag(body['isActive'], 'isActive') }),
    ...(body['mediaTypeId'] === undefined ? {} : { mediaTypeId: toWhole(body['mediaTypeId'], 'mediaTypeId') }),
  }
}

function changeTeam(request: FastifyRequest, world: World): object {
  const acdTeam = teamNumbered((request.params as { teamId: string }).teamId, world)
  const body = toObject(request.body, 'the body')
  onlyKeys(body, ['features', 'name', 'status'], 'the body')
  const team = world.store.teams.get(acdTeam.teamUuid)
  if (team === undefined) throw new Refusal('unknown', 'TEAM_NOT_FOUND', `there is no team ${acdTeam.teamUuid}`)
  if (body['status'] !== undefined && body['status'] !== 'ACTIVE' && body['status'] !== 'INACTIVE')
    throw new Refusal('bad', 'BAD_VALUE', 'status must be ACTIVE or INACTIVE')
  const name = body['name'] === undefined ? team.name : toFilledText(body['name'], 'name')
  world.store.teams.set(team.id, { ...team, name, status: body['status'] ?? team.status })
  if (body['features'] !== undefined)
    acdTeam.features = featuresIn(toObject(body['features'], 'features'), acdTeam.features)
  return { ...acdTeam, team: world.store.teams.get(team.id) }
}

const CEILINGS = [
  'userLimit',
  'concurrentAgentLimit',
  'stationLimit',
  'concurrentPortLimit',
  'apiPublishedLimit',
  'userSessionTimeout',
] as const

function changeBusinessUnit(body: Json, world: World): BusinessUnit {
  onlyKeys(body, [...CEILINGS, 'isIntegratedTenant', 'isActive'], 'the body')
  const unit = world.store.acd.businessUnit
  for (const name of CEILINGS) if (body[name] !== undefined) unit[name] = toWhole(body[name], name)
  for (const name of ['isIntegratedTenant', 'isActive'] as const)
    if (body[name] !== undefined) unit[name] = toFlag(body[name], name)
  return unit
}
