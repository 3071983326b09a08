// Decides how teams are searched, read, made and changed in the three versions of facts 4.4.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Json, toFilledText, toFlag, toObject, toText, toWhole } from '../input.ts'
import type { StoredTeam } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { type Operation, type Readers, readQuery, select } from '../search.ts'
import { fold } from '../store.ts'
import type { World } from '../world.ts'

const VIEW = { config: { needs: 'teams.view' } } as const
const EDIT = { config: { needs: 'teams.edit' } } as const

const READERS: Readers<StoredTeam> = {
  id: (team) => team.id,
  name: (team) => team.name,
  divisionId: (team) => team.divisionId,
  status: (team) => team.status,
  isDefault: (team) => team.isDefault,
}

const OPERATIONS: readonly Operation[] = ['LIKE', 'BETWEEN', 'NOT', 'IN', 'EQ']

export function teamRoutes(app: FastifyInstance, world: World): void {
  // v4 cannot filter by status, v1 can.
  app.post('/user-management/v4/teams/search', VIEW, (request) => search(request, ['id', 'name', 'divisionId'], world))
  app.post('/user-management/v1/teams/search', VIEW, (request) =>
    search(request, ['id', 'name', 'status', 'isDefault'], world),
  )
  app.get('/user-management/v3/teams/:teamId', VIEW, (request) => ({ team: shown(teamOf(request, world)) }))
  app.get('/user-management/v1/teams/:teamId', VIEW, (request) => ({ team: shown(teamOf(request, world)) }))
  app.post('/user-management/v3/teams', EDIT, (request) => saved(createTeam(toObject(request.body, 'the body'), world)))
  app.put('/user-management/v3/teams', EDIT, (request) => saved(updateTeam(toObject(request.body, 'the body'), world)))
}

const DEFAULT_TOP = 100

function search(request: FastifyRequest, known: readonly string[], world: World): Record<string, unknown> {
  const { switches, store } = world
  const query = readQuery(request.body, {
    operations: OPERATIONS,
    known,
    unknown: switches.searchUnknownFilter,
    scalars: switches.filterScalar,
  })
  const found = select(store.teams.values(), query, { readers: READERS, plain: 'exact' })
  const top = Math.min(query.top ?? DEFAULT_TOP, switches.searchMaxTop)
  return {
    totalRecords: found.length,
    skip: query.skip,
    top,
    teams: found.slice(query.skip, query.skip + top).map(row),
  }
}

function teamOf(request: FastifyRequest, world: World): StoredTeam {
  return teamById((request.params as { teamId: string }).teamId, world)
}

function teamById(id: string, world: World): StoredTeam {
  const team = world.store.teams.get(id)
  if (team === undefined) throw new Refusal('unknown', 'TEAM_NOT_FOUND', `there is no team ${id}`)
  return team
}

function row(team: StoredTeam): Record<string, unknown> {
  const { id, name, description, status, leadUserId, isDefault, customAttributes } = team
  return { id, name, description, status, leadUserId, teamCustomAttributes: customAttributes, isDefault }
}

function shown(team: StoredTeam): Record<string, unknown> {
  return { ...team }
}

function saved(team: StoredTeam): Record<string, unknown> {
  const { id, name, status, createdBy, lastModified, customAttributes, isDefault, divisionId } = team
  return {
    message: 'Team saved',
    detailedMessage: 'Team saved',
    httpCode: 200,
    team: { id, name, status, createdBy, lastModified, customAttributes, isDefault, divisionId },
  }
}

function createTeam(body: Json, world: World): StoredTeam {
  const id = world.store.ids.uuid()
  const plain = { description: '', leadUserId: null, isDefault: false, divisionId: 1, customAttributes: {} }
  const team: StoredTeam = { ...plain, ...teamWrite(body, id, world), id, createdBy: world.store.serviceUserId }
  world.store.teams.set(id, team)
  // Numbered as it is made, whoever reads first.
  world.store.acd.teamOf(id)
  return team
}

function updateTeam(body: Json, world: World): StoredTeam {
  const before = teamById(toText(body['id'], 'id'), world)
  const team: StoredTeam = { ...before, ...teamWrite(body, before.id, world) }
  world.store.teams.set(team.id, team)
  return team
}

type TeamWrite = Pick<StoredTeam, 'name' | 'status' | 'lastModified'> &
  Partial<Pick<StoredTeam, 'description' | 'leadUserId' | 'divisionId'>>

function teamWrite(body: Json, self: string, world: World): TeamWrite {
  const name = toFilledText(body['name'], 'name')
  const taken = [...world.store.teams.values()].some((team) => team.id !== self && fold(team.name) === fold(name))
  if (taken) throw new Refusal('bad', 'TEAM_NAME_EXISTS', `the team name ${name} is already taken`)
  const { status, leadUserId } = body
  if (status !== 'ACTIVE' && status !== 'INACTIVE')
    throw new Refusal('bad', 'BAD_VALUE', 'status must be ACTIVE or INACTIVE')
  if (typeof leadUserId === 'string' && !world.store.users.has(leadUserId)) {
    throw new Refusal('bad', 'USER_NOT_FOUND', `leadUserId: there is no user ${leadUserId}`)
  }
  if (body['isDefault'] !== undefined && toFlag(body['isDefault'], 'isDefault') && self !== world.store.defaultTeamId) {
    throw new Refusal('bad', 'DEFAULT_TEAM', 'isDefault: this tenant has a default team already')
  }
  return {
    name,
    status,
    lastModified: new Date(world.now()).toISOString(),
    ...(body['description'] === undefined ? {} : { description: toText(body['description'], 'description') }),
    ...(leadUserId === undefined ? {} : { leadUserId: leadUserId === null ? null : toText(leadUserId, 'leadUserId') }),
    ...(body['divisionId'] === undefined ? {} : { divisionId: toWhole(body['divisionId'], 'divisionId') }),
  }
}
