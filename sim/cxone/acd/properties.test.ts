// Decides that no sequence of calls parts the two halves: every user has one agent that says what the user says, groups
// agree, assignments stay legal, counts of failures are true, and no body makes the service fail.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Body, call, type Caller, type Row, somebody, startCaller } from '../caller.ts'
import { defaultSwitches, type SwitchName, SWITCHES, type SwitchValue } from '../switches.ts'
import { USERS } from '../switch-case.ts'
import { ACD_SWITCHES } from './switches.ts'

let sim: Caller

beforeAll(async () => {
  sim = await startCaller({ users: 20 })
})
afterAll(() => sim.close())

const SKILLS = [4_300_001, 4_300_002, 4_300_015, 1]
const GROUPS = [1000, 1001, 1011, 1]
const who = fc.nat(25)
const skill = fc.record({
  skillId: fc.constantFrom(...SKILLS),
  proficiency: fc.integer({ min: -1, max: 22 }),
  isActive: fc.boolean(),
})

type Step =
  | {
      readonly do: 'skills'
      readonly method: 'POST' | 'PUT' | 'DELETE'
      readonly who: number
      readonly skills: object[]
    }
  | {
      readonly do: 'group'
      readonly method: 'POST' | 'DELETE'
      readonly who: readonly number[]
      readonly group: number
    }
  | { readonly do: 'team' | 'deactivate' | 'revive' | 'login' | 'logout' | 'create'; readonly who: number }

const aStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('skills' as const),
    method: fc.constantFrom('POST' as const, 'PUT' as const, 'DELETE' as const),
    who,
    skills: fc.array(skill, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    do: fc.constant('group' as const),
    method: fc.constantFrom('POST' as const, 'DELETE' as const),
    who: fc.array(who, { minLength: 1, maxLength: 3 }),
    group: fc.constantFrom(...GROUPS),
  }),
  fc.record({
    do: fc.constantFrom(
      'team' as const,
      'deactivate' as const,
      'revive' as const,
      'login' as const,
      'logout' as const,
      'create' as const,
    ),
    who,
  }),
)

/** Without the lags: what is late is mirror.test.ts. */
const NAMES = (Object.keys(ACD_SWITCHES) as SwitchName[]).filter((name) => !name.endsWith('LagMs'))
const someSwitches = fc
  .uniqueArray(fc.constantFrom(...NAMES), { maxLength: 10 })
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom<SwitchValue>(...SWITCHES[name].values)]))),
  )

async function take(step: Step, state: Body): Promise<void> {
  const agentAt = (index: number): Row => state.agents[index % state.agents.length] as Row
  if (step.do === 'skills') {
    const { agentId } = agentAt(step.who)
    countsTruly(await sim.acd(step.method, `/agents/${String(agentId)}/skills`, { skills: step.skills }))
  } else if (step.do === 'group') {
    const agents = step.who.map((index) => ({ agentId: agentAt(index)['agentId'] }))
    countsTruly(await sim.acd(step.method, `/groups/${step.group}/agents`, { agents }))
  } else if (step.do === 'team') {
    const team = (state['acdTeams'] as Row[])[step.who % 8]
    await sim.acd('POST', `/teams/${String(team?.['teamId'])}/agents`, {
      agents: [{ agentId: agentAt(step.who)['agentId'] }],
    })
  } else if (step.do === 'create') await sim.api('POST', USERS, { ...somebody(step.who), groupIds: ['1001', 'x'] })
  else if (step.do === 'deactivate')
    await sim.api('POST', `${USERS}/deactivate`, { userIds: [agentAt(step.who).userId] })
  else if (step.do === 'revive') await sim.api('POST', `${USERS}/${agentAt(step.who).userId}/revive`)
  else await sim.control('POST', `/agents/${agentAt(step.who).userId}/${step.do}`)
}

/** Failed rows say why and are counted; where there are none, nothing pretends. */
function countsTruly({ status, body }: { status: number; body: Body }): void {
  expect([200, 400, 404]).toContain(status)
  const set: Row = body.resultSet ?? body
  const rows = (set['skillResults'] ?? set['agentResults']) as Row[] | undefined
  if (rows === undefined) return
  expect(set['errorCount']).toBe(rows.filter((row) => row['success'] === false).length)
  for (const row of rows) expect(typeof row['error']).toBe(row['success'] === true ? 'object' : 'string')
}

test('whatever is called in whatever order, the two halves say the same', async () => {
  await fc.assert(
    fc.asyncProperty(someSwitches, fc.array(aStep, { minLength: 5, maxLength: 15 }), async (switches, steps) => {
      await sim.control('POST', '/reset')
      await sim.control('PUT', '/switches', { ...defaultSwitches(), ...switches })
      await sim.signIn()
      for (const step of steps) await take(step, (await sim.control('GET', '/state')).body)
      const state = (await sim.control('GET', '/state')).body
      const settings = (await sim.control('GET', '/switches')).body
      expect(state.agents.map((agent) => agent.userId)).toEqual(state.users.map(({ id }) => id))
      expect(new Set(state.agents.map((agent) => agent['agentId'])).size).toBe(state.agents.length)
      for (const [index, user] of state.users.entries()) {
        const agent = state.agents[index] as Row
        expect([agent.userName, agent.status]).toEqual([user.userName, user.status])
        if (user.status === 'DELETED') expect(agent['isActive']).toBe(false)
        if (settings['userHubGroups'] === 'acdGroups') {
          const shared = (user['groupIds'] as string[]).filter((id) => GROUP_IDS.test(id)).map(Number)
          expect(new Set(agent['groups'] as number[])).toEqual(new Set(shared))
        }
      }
      for (const { skillId, proficiency } of state.assignments as { skillId?: number; proficiency?: number }[]) {
        expect(state.skills.some((one) => one['skillId'] === skillId)).toBe(true)
        expect(Number(proficiency)).toBeGreaterThanOrEqual(1)
        expect(Number(proficiency)).toBeLessThanOrEqual(20)
      }
    }),
    { numRuns: 12 },
  )
})

const GROUP_IDS = /^10(?:0\d|1[01])$/

const ROUTES = [
  'POST /agents',
  'PUT /agents',
  'PUT /agents/{agent}',
  'POST /agents/search',
  'POST /agents/{agent}/skills',
  'PUT /agents/{agent}/skills',
  'DELETE /agents/{agent}/skills',
  'POST /agents/skills',
  'POST /skills/4300001/agents',
  'DELETE /skills/4300001/agents',
  'POST /groups',
  'POST /groups/1000/agents',
  'DELETE /groups/1000/agents',
  'POST /teams',
  'PUT /teams/520002',
  'POST /teams/520002/agents',
  'DELETE /teams/520002/agents?transferTeamId=520001',
  'PATCH /access-keys/none',
]

test('no body makes the ACD half fail', async () => {
  await sim.control('PUT', '/switches', { ...defaultSwitches(), agentIdentity: 'taken', agentCreate: 'creates' })
  await sim.control('POST', '/reset')
  await sim.signIn()
  const agentId = (await sim.control('GET', '/state')).body.agents[12]?.['agentId']
  const names = ['agents', 'agent', 'agentId', 'agentIds', 'skills', 'skillId', 'proficiency', 'isActive', 'groups', 'groupName', 'teams', 'team', 'teamName', 'teamId', 'profileId', 'firstName', 'reportToId', 'voiceThreshold', 'custom1', 'agentAndSkillDetails', 'fields', 'searchString', 'updatedSince', 'divisionNo', 'digitalEngagementEnabled', 'wfoEnabled', '__proto__', 'constructor'] // prettier-ignore
  const deep = fc.oneof(fc.jsonValue(), fc.constant(agentId), fc.dictionary(fc.constantFrom(...names), fc.jsonValue()))
  const aBody = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(deep, fc.array(deep), fc.array(fc.dictionary(fc.constantFrom(...names), deep))),
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ROUTES), aBody, async (route, body) => {
      const [method, path] = route.replace('{agent}', String(agentId)).split(' ') as [string, string]
      const headers = {
        accept: 'application/json',
        'content-type': 'application/json',
        authorization: `Bearer ${sim.accessToken}`,
      }
      const url = `${sim.apiEndpoint}/incontactapi/services/v31.0${path}`
      const { status } = await call(method, url, { body: JSON.stringify(body), headers })
      expect([200, 204, 400, 404]).toContain(status)
    }),
    { numRuns: 400 },
  )
})
