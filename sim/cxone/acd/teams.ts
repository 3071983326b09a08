// Decides how the ACD shows teams with what they cost, makes and changes them, and moves agents between them (facts
// 5.3). UserHub is the master of teams and of who is in them: every change ends there.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Json, toFilledText, toFlag, toObject, toText } from '../input.ts'
import type { StoredTeam } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { fold } from '../store.ts'
import { atOnce, type World } from '../world.ts'
import { listed } from './agents-write.ts'
import { agentNumbered, everybody, refuseInactive, teamNumbered } from './find.ts'
import { flagOf, momentOf, one, onlyFields, page } from './page.ts'
import type { StoredAcdTeam, StoredAgent } from './records.ts'
import { row, sendRows } from './rows.ts'
import { agentRow } from './show-agent.ts'
import { FEATURES } from './catalogue.ts'

const VIEW = { config: { needs: 'teams.view' } } as const
const EDIT = { config: { needs: 'teams.edit' } } as const
const NAMES = { one: 'team', many: 'teams' } as const

export function acdTeamRoutes(app: FastifyInstance, world: World): void {
  app.get('/teams', VIEW, (request, reply) => {
    const query = request.query as Record<string, unknown>
    const only = onlyFields(query['fields'])
    const rows = wantedTeams(query, world)
    const counts = headcount(world)
    return page({ request, reply, world }, { key: 'teams', rows, show: (team) => only(showTeam(team, counts, world)) })
  })
  app.get('/teams/agents', VIEW, (request, reply) => {
    const rows = everybody(world)
    return page({ request, reply, world }, { key: 'agents', rows, show: (agent) => agentRow(agent, world) })
  })
  app.get('/teams/:teamId', VIEW, (request) =>
    one(showTeam(userHubTeam(teamOf(request, world), world), headcount(world), world), NAMES, world),
  )
  app.get('/teams/:teamId/agents', VIEW, (request, reply) => {
    const { teamUuid } = teamOf(request, world)
    const rows = everybody(world).filter(({ mirror }) => mirror.teamId === teamUuid)
    return page({ request, reply, world }, { key: 'agents', rows, show: (agent) => agentRow(agent, world) })
  })
  app.post('/teams', EDIT, (request, reply) => {
    const results = listed(request.body, 'teams').map((from) => row({}, () => createTeam(from, world)))
    return sendRows(reply, results, { key: 'results', wrapped: false, world })
  })
  app.put('/teams/:teamId', EDIT, (request) => updateTeam(teamOf(request, world), request.body, world))
  memberRoutes(app, world)
}

function memberRoutes(app: FastifyInstance, world: World): void {
  app.post('/teams/:teamId/agents', EDIT, (request, reply) => {
    const to = openTeam(teamOf(request, world), world)
    const results = listed(request.body, 'agents').map((from) =>
      row({ agentId: from['agentId'] ?? null }, () => move(agentNumbered(from['agentId'], world), to, world)),
    )
    return sendRows(reply, results, { key: 'agentResults', wrapped: false, world })
  })
  app.delete('/teams/:teamId/agents', EDIT, (request, reply) => {
    const from = teamOf(request, world)
    const { transferTeamId } = request.query as Record<string, unknown>
    if (transferTeamId === undefined || transferTeamId === '')
      throw new Refusal('bad', 'REQUIRED_FIELD_MISSING', 'transferTeamId is required: an agent is always in a team')
    const to = openTeam(teamNumbered(transferTeamId, world), world)
    const results = listed(request.body, 'agents').map((entry) =>
      row({ agentId: entry['agentId'] ?? null }, () => {
        const agent = agentNumbered(entry['agentId'], world)
        if (agent.mirror.teamId !== from.teamUuid)
          throw new Refusal('invalid', 'NOT_IN_TEAM', `agent ${agent.agentId} is not in this team`)
        return move(agent, to, world)
      }),
    )
    return sendRows(reply, results, { key: 'agentResults', wrapped: false, world })
  })
}

function teamOf(request: FastifyRequest, world: World): StoredAcdTeam {
  return teamNumbered((request.params as { teamId: string }).teamId, world)
}

function userHubTeam({ teamUuid }: StoredAcdTeam, world: World): StoredTeam {
  const team = world.store.teams.get(teamUuid)
  if (team === undefined) throw new Refusal('unknown', 'TEAM_NOT_FOUND', `there is no team ${teamUuid}`)
  return team
}

function openTeam(acdTeam: StoredAcdTeam, world: World): StoredTeam {
  const team = userHubTeam(acdTeam, world)
  if (team.status === 'ACTIVE') return team
  throw new Refusal('bad', 'TEAM_NOT_ACTIVE', `the team ${team.name} is ${team.status}`)
}

function move(agent: StoredAgent, to: StoredTeam, world: World): undefined {
  refuseInactive(agent, world)
  world.store.change(agent.userId, { teamId: to.id }, atOnce(world))
}

function wantedTeams(query: Readonly<Record<string, unknown>>, world: World): StoredTeam[] {
  const active = flagOf(query['isActive'], 'isActive')
  const since = momentOf(query['updateSince'], 'updateSince')
  const part = typeof query['searchString'] === 'string' ? query['searchString'].toLowerCase() : ''
  return [...world.store.teams.values()].filter(
    (team) =>
      (active === undefined || (team.status === 'ACTIVE') === active) &&
      (since === undefined || Date.parse(team.lastModified) > since) &&
      team.name.toLowerCase().includes(part),
  )
}

/** Agents a team, those of deactivated users not counted. */
function headcount(world: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { mirror } of world.store.acd.agents.values())
    if (mirror.status !== 'DELETED') counts.set(mirror.teamId, (counts.get(mirror.teamId) ?? 0) + 1)
  return counts
}

function showTeam(team: StoredTeam, counts: ReadonlyMap<string, number>, world: World): Record<string, unknown> {
  const { acd } = world.store
  const { teamId, features, notes } = acd.teamOf(team.id)
  return {
    teamId,
    teamName: team.name,
    isActive: team.status === 'ACTIVE',
    description: team.description,
    notes,
    lastUpdated: team.lastModified,
    teamUuid: team.id,
    teamLeadId: team.leadUserId === null ? null : (acd.ofUser(team.leadUserId)?.agentId ?? null),
    divisionNo: team.divisionId,
    agentCount: counts.get(team.id) ?? 0,
    isDefault: team.isDefault,
    ...Object.fromEntries(FEATURES.map((name) => [name, features[name] ?? false])),
  }
}

function createTeam(from: Json, world: World): { teamId: number } {
  const { store } = world
  const name = freeName(from['teamName'], undefined, world)
  const id = store.ids.uuid()
  const lead = from['teamLeadId'] == null ? null : agentNumbered(from['teamLeadId'], world).userId
  store.teams.set(id, {
    id,
    name,
    description: from['description'] === undefined ? '' : toText(from['description'], 'description'),
    status: 'ACTIVE',
    leadUserId: lead,
    isDefault: false,
    divisionId: from['divisionNo'] === undefined ? 1 : Number(from['divisionNo']),
    createdBy: store.serviceUserId,
    lastModified: new Date(world.now()).toISOString(),
    customAttributes: {},
  })
  const team = store.acd.teamOf(id)
  team.features = featuresIn(from, {})
  return { teamId: team.teamId }
}

function updateTeam(acdTeam: StoredAcdTeam, body: unknown, world: World): object {
  const whole = toObject(body, 'the body')
  const from = toObject(whole['team'], 'team')
  const before = userHubTeam(acdTeam, world)
  const name = freeName(from['teamName'], before.id, world)
  const active = from['isActive'] === undefined ? before.status === 'ACTIVE' : toFlag(from['isActive'], 'team.isActive')
  const people = headcount(world).get(before.id) ?? 0
  if (!active && before.status === 'ACTIVE' && people > 0 && whole['forceInactive'] !== true)
    throw new Refusal('bad', 'TEAM_HAS_AGENTS', `the team has ${people} active agents; forceInactive is needed`)
  const lead = from['teamLeadId'] === undefined ? before.leadUserId : from['teamLeadId'] === null ? null : agentNumbered(from['teamLeadId'], world).userId // prettier-ignore
  const description =
    from['description'] === undefined ? before.description : toText(from['description'], 'description')
  const lastModified = new Date(world.now()).toISOString()
  const status = active ? ('ACTIVE' as const) : ('INACTIVE' as const)
  world.store.teams.set(before.id, { ...before, name, description, status, leadUserId: lead, lastModified })
  acdTeam.features = featuresIn(from, acdTeam.features)
  return {}
}

export function featuresIn(from: Json, before: Readonly<Record<string, boolean>>): Record<string, boolean> {
  const given = FEATURES.filter((name) => from[name] !== undefined)
  return { ...before, ...Object.fromEntries(given.map((name) => [name, toFlag(from[name], name)])) }
}

function freeName(value: unknown, self: string | undefined, world: World): string {
  const name = toFilledText(value, 'teamName')
  for (const team of world.store.teams.values())
    if (team.id !== self && fold(team.name) === fold(name))
      throw new Refusal('bad', 'TEAM_NAME_EXISTS', `the team name ${name} is already taken`)
  return name
}
