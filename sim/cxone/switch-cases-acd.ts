// Decides what each switch about the mirror and about the form of ACD answers changes, as seen by a client and in the
// store. For tests only.
import type { Caller, Row } from './caller.ts'
import { active, create, deleted, oneWho, put, SEARCH, stateOf, type SwitchCase, USERS } from './switch-case.ts'

const V3 = '/user-management/v3/users'
const stored = async (sim: Caller, id: string) => (await sim.control('GET', `/users/${id}`)).body
const agentState = async (sim: Caller, id: string) => (await sim.control('GET', `/agents/${id}`)).body
const rowsIn = (value: unknown): Row[] => value as Row[]

/** Somebody active with exactly this skill and this group. */
export async function agentWith(sim: Caller, has: { skill?: number; group?: number } = {}): Promise<Row> {
  const user = await oneWho(sim, active)
  const skills = has.skill === undefined ? [] : [{ skillId: has.skill, proficiency: 3 }]
  await sim.control('PUT', `/agents/${user.id}/skills`, { skills })
  const groups = has.group === undefined ? [] : [has.group]
  return (await sim.control('PUT', `/agents/${user.id}/groups`, { groups })).body as unknown as Row
}

export async function deactivateAndRevive(sim: Caller, userId: string): Promise<void> {
  await sim.api('POST', `${USERS}/deactivate`, { userIds: [userId] })
  await sim.api('POST', `${USERS}/${userId}/revive`)
}

export const MIRROR = {
  acdLagMs: {
    probe: async (sim) => {
      // Long enough that the read below surely falls into it.
      const { body } = await sim.control('GET', '/switches')
      if (body['acdLagMs'] !== 0) await sim.set({ acdLagMs: 60_000 })
      return (await sim.acd('GET', `/agents/${(await create(sim)).body.uuid}`)).status
    },
    sees: [200, 404],
  },
  acdUserMapping: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, active)
      const { agentId } = await agentState(sim, id)
      const [mapping] = rowsIn((await sim.api('GET', `${V3}/${id}`)).body.user['acdUserMappings'])
      return mapping === undefined ? 'none' : mapping['loginId'] === String(agentId)
    },
    sees: [true, false, 'none'],
  },
  acdActive: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, ({ status }) => status === 'UNREGISTERED')
      return (await sim.acd('GET', `/agents/${id}`)).body.agents[0]?.['isActive']
    },
    sees: [true, false],
  },
  userHubGroups: {
    probe: async (sim) => {
      const { agentId, userId } = await agentWith(sim)
      await sim.acd('POST', '/groups/1000/agents', { agents: [{ agentId }] })
      return (await stored(sim, userId))['groupIds']
    },
    sees: [['1000'], []],
  },
  reviveSkills: {
    probe: async (sim) => {
      const { userId } = await agentWith(sim, { skill: 4_300_001 })
      await deactivateAndRevive(sim, userId)
      return rowsIn((await agentState(sim, userId))['skills']).length
    },
    sees: [1, 0],
  },
  reviveGroups: {
    probe: async (sim) => {
      const { userId } = await agentWith(sim, { group: 1001 })
      await deactivateAndRevive(sim, userId)
      return [(await agentState(sim, userId))['groups'], (await stored(sim, userId))['groupIds']]
    },
    sees: [
      [[1001], ['1001']],
      [[], []],
    ],
  },
  deactivateLoggedIn: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, active)
      await sim.control('POST', `/agents/${id}/login`)
      await sim.api('POST', `${USERS}/deactivate`, { userIds: [id] })
      return [(await stored(sim, id)).status, (await stateOf(sim)).sessions.length]
    },
    sees: [
      ['DELETED', 0],
      ['DELETED', 1],
      ['ACTIVE', 1],
    ],
  },
  changesWhileLoggedIn: {
    probe: async (sim) => {
      await sim.control('POST', `/agents/${(await oneWho(sim, active)).id}/login`)
      const { answer } = await put(sim, { userName: 'other@alpenglow.example' })
      return answer.status
    },
    sees: [200, 400],
  },
  userLimit: {
    probe: async (sim) => {
      await sim.control('PUT', '/business-unit', { userLimit: 1 })
      const { status, body } = await create(sim)
      return [status, body.code ?? body.error, body['success']]
    },
    sees: [
      [400, 'USER_LIMIT_REACHED', undefined],
      [200, 'USER_LIMIT_REACHED', false],
      [403, 'USER_LIMIT_REACHED', undefined],
      [200, null, true],
    ],
  },
  createSecondaryRoles: {
    probe: async (sim) => {
      const { roles } = await stateOf(sim)
      const { uuid } = (await create(sim, { secondaryRoleIds: [roles[3]?.['roleId']] })).body
      return rowsIn((await stored(sim, uuid))['secondaryRoleIds']).length
    },
    sees: [1, 0],
  },
  createGroups: {
    probe: async (sim) => (await stored(sim, (await create(sim, { groupIds: ['1001'] })).body.uuid))['groupIds'],
    sees: [['1001'], []],
  },
  createAttributes: {
    probe: async (sim) => {
      const applicationAttributes = { ACD: [{ name: 'Can Be Recorded', values: ['true'], objects: [] }] }
      return (await stored(sim, (await create(sim, { applicationAttributes })).body.uuid))['applicationAttributes']
    },
    sees: [{ ACD: [{ name: 'Can Be Recorded', values: ['true'], objects: [] }] }, {}],
  },
  createBillable: {
    probe: async (sim) => (await stored(sim, (await create(sim, { billable: false })).body.uuid))['billable'],
    sees: [false, true],
  },
  putLicence: {
    probe: async (sim) => {
      const { answer, after } = await put(sim, { billable: false })
      return [answer.status, after['billable']]
    },
    sees: [
      [200, false],
      [200, true],
    ],
  },
  tokensOfKeyOff: {
    probe: async (sim) => {
      const path = `/access-key-management/v1/access-keys?accessKeyId=${sim.simulator.accessKeyId}`
      await sim.api('PATCH', path, { isActive: false })
      return (await sim.api('GET', USERS)).status
    },
    sees: [200, 401],
  },
  keyOfDeactivated: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, deleted)
      return (await sim.api('POST', '/access-key-management/v1/access-keys', { userId: id })).status
    },
    sees: [400, 200],
  },
} satisfies Record<string, SwitchCase>

export const ACD_FORM = {
  acdErrorBody: {
    probe: async (sim) => Object.keys((await sim.acd('GET', '/agents/1')).body),
    sees: [
      ['error', 'error_description'],
      ['error', 'errorDescription'],
    ],
  },
  acdEmpty: {
    probe: async (sim) => (await sim.acd('GET', '/agents?searchString=zzzz')).status,
    sees: [200, 204],
  },
  acdOne: {
    probe: async (sim) => Object.keys((await sim.acd('GET', '/skills/4300001')).body)[0],
    sees: ['skillId', 'skill', 'skills'],
  },
  acdPaging: {
    probe: async (sim) => (await sim.acd('GET', '/skills?top=2')).body.skills.length,
    sees: [15, 2],
  },
  acdMaxTop: { probe: async (sim) => (await sim.acd('GET', '/agents?top=100')).body.agents.length, sees: [60, 7] },
  acdOverTop: { probe: async (sim) => (await sim.acd('GET', '/agents?top=101')).status, sees: [200, 400] },
  pageOrder: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, active)
      await sim.control('PUT', `/users/${id}`, { lastName: 'Newest' })
      const [agent] = (await sim.acd('GET', '/agents?top=1')).body.agents
      const [user] = (await sim.api('POST', SEARCH, { top: 1 })).body.users
      return [agent?.['userID'] === id, user?.id === id]
    },
    sees: [
      [false, false],
      [true, true],
    ],
  },
  rowWrapping: {
    probe: async (sim) => {
      const { agentId } = await agentWith(sim)
      const skill = await sim.acd('POST', `/agents/${String(agentId)}/skills`, { skills: [{ skillId: '4300001' }] })
      const group = await sim.acd('POST', '/groups/1000/agents', { agents: [{ agentId }] })
      return [Object.keys(skill.body)[0], Object.keys(group.body)[0]]
    },
    sees: [
      ['resultSet', 'errorCount'],
      ['resultSet', 'resultSet'],
      ['errorCount', 'errorCount'],
    ],
  },
  allRowsFailed: {
    probe: async (sim) => {
      const { status, body } = await sim.acd('POST', '/groups/1000/agents', { agents: [{ agentId: 1 }] })
      return [status, body['errorCount']]
    },
    sees: [
      [200, 1],
      [400, 1],
    ],
  },
  unknownAgent: {
    probe: async (sim) => (await sim.acd('GET', '/agents/1')).status,
    sees: [404, 400, 200],
  },
  agentPathIds: {
    probe: async (sim) => (await sim.acd('GET', `/agents/${(await oneWho(sim, active)).id}/groups`)).status,
    sees: [404, 200],
  },
  agentSearchRows: {
    probe: async (sim) => Array.isArray((await sim.acd('POST', '/agents/search', {})).body.agentResults[0]),
    sees: [true, false],
  },
} satisfies Record<string, SwitchCase>
