// Decides that skills and who has them can be read and changed from either side as facts 5.2 says.
import { beforeEach, expect, test } from 'vitest'
import type { Body, Row } from '../caller.ts'
import { active, oneWho } from '../switch-case.ts'
import { testCaller } from '../test-caller.ts'

const sim = testCaller({ users: 60 })
let state: Body
let userId: string
let agentId: number
const [VOICE, CHAT, FAX] = [4_300_001, 4_300_005, 4_300_015]

beforeEach(async () => {
  state = (await sim.control('GET', '/state')).body
  userId = (await oneWho(sim, active)).id
  const { body } = await sim.control('PUT', `/agents/${userId}/skills`, {
    skills: [{ skillId: VOICE, proficiency: 3 }],
  })
  agentId = Number(body['agentId'])
})

const held = async (): Promise<unknown[][]> => {
  const { agentSkillAssignments } = (await sim.acd('GET', `/agents/${agentId}/skills`)).body
  return agentSkillAssignments.map((row) => [row['skillId'], row['agentProficiencyValue'], row['isActive']])
}
const rowsOf = (body: Body, key: string): Row[] => body.resultSet[key] as Row[]

test('skills are listed whole with media and activity, and filtered by media', async () => {
  const { skills } = (await sim.acd('GET', '/skills')).body
  expect(skills).toEqual(state.skills)
  expect(skills.find(({ skillId }) => skillId === FAX)).toMatchObject({ skillName: 'Fax Desk', isActive: false })
  const chats = (await sim.acd('GET', '/skills?mediaTypeId=3')).body.skills
  expect(chats.length).toBeGreaterThan(0)
  expect(chats.every((skill) => skill['mediaTypeName'] === 'Chat')).toBe(true)
  expect((await sim.acd('GET', `/skills/${VOICE}`)).body).toEqual(skills[0])
  expect((await sim.acd('GET', '/skills/1')).status).toBe(404)
})

test('an agent gets, changes and loses skills, by agentId or user id, with a row for each', async () => {
  const skills = [{ skillId: String(CHAT), proficiency: 5, isActive: true }, { skillId: '1' }, { skillId: FAX }]
  const added = await sim.acd('POST', `/agents/${userId}/skills`, { skills })
  expect(added.status).toBe(200)
  expect(added.body.resultSet).toMatchObject({ errorCount: 2 })
  expect(rowsOf(added.body, 'skillResults').map((row) => [row['skillId'], row['success']])).toEqual([
    [String(CHAT), true],
    ['1', false],
    [FAX, false],
  ])
  expect(await held()).toEqual([[VOICE, 3, true], [CHAT, 5, true]]) // prettier-ignore
  await sim.acd('PUT', `/agents/${agentId}/skills`, { skills: [{ skillId: CHAT, isActive: false }] })
  expect(await held()).toEqual([[VOICE, 3, true], [CHAT, 5, false]]) // prettier-ignore
  await sim.acd('DELETE', `/agents/${agentId}/skills`, { skills: [{ skillId: VOICE }] })
  expect(await held()).toEqual([[CHAT, 5, false]])
  const only = (await sim.acd('GET', `/agents/${agentId}/skills?isAssignedSkillActive=true`)).body
  expect(only.agentSkillAssignments).toEqual([])
})

test('an update says for each skill whether it is active, or its row fails', async () => {
  const { body } = await sim.acd('PUT', `/agents/${agentId}/skills`, { skills: [{ skillId: VOICE, proficiency: 9 }] })
  expect(rowsOf(body, 'skillResults')[0]).toMatchObject({ success: false, error: expect.stringContaining('isActive') })
  expect(await held()).toEqual([[VOICE, 3, true]])
})

test('the same from the side of the skill, and one pair without a body', async () => {
  const added = await sim.acd('POST', `/skills/${CHAT}/agents`, {
    agents: [{ agentId, proficiency: 7 }, { agentId: 1 }],
  })
  expect(rowsOf(added.body, 'agentResults').map((row) => row['success'])).toEqual([true, false])
  const holders = (await sim.acd('GET', `/skills/${CHAT}/agents?top=100`)).body.agents
  expect(holders.find((row) => row['agentId'] === agentId)).toMatchObject({ userID: userId, agentProficiencyValue: 7 })
  const free = (await sim.acd('GET', `/skills/${CHAT}/agents/unassigned?top=100`)).body.agents
  expect(free.some((row) => row['agentId'] === agentId)).toBe(false)
  expect((await sim.acd('DELETE', `/skills/${CHAT}/agents/${agentId}`)).status).toBe(200)
  await sim.acd('DELETE', `/skills/${VOICE}/agents`, { agents: [{ agentId }] })
  expect(await held()).toEqual([])
})

test('every agent of a bulk entry gets every skill of it', async () => {
  const agentAndSkillDetails = [{ agentIds: [agentId, 1], skills: [{ skillId: CHAT, proficiency: 2 }] }]
  const { body } = await sim.acd('POST', '/agents/skills', { agentAndSkillDetails })
  expect(body.resultSet).toMatchObject({ errorCount: 1 })
  expect(await held()).toContainEqual([CHAT, 2, true])
})

test('all assignments are read in pages, each once', async () => {
  const found: Row[] = []
  for (let skip = 0; ; skip += 40) {
    const { body } = await sim.acd('GET', `/agents/skills?isAgentActive=true&isActive=true&skip=${skip}&top=40`)
    found.push(...body.agentSkillAssignments)
    if (body._links.next === null) break
  }
  const now = (await sim.control('GET', '/state')).body
  const activeIds = new Set(now.agents.filter((agent) => agent['isActive'] === true).map((agent) => agent['agentId']))
  const wanted = now.assignments.filter((row) => row['isActive'] === true && activeIds.has(row['agentId']))
  expect(found.map((row) => [row['agentId'], row['skillId']])).toEqual(wanted.map((row) => [row['agentId'], row['skillId']])) // prettier-ignore
})

test('what an agent does not have is told', async () => {
  const { body } = await sim.acd('GET', `/agents/${agentId}/skills/unassigned`)
  const ids = (body.resultSet['skills'] as Row[]).map((row) => row['skillId'])
  expect(ids).toHaveLength(state.skills.length - 1)
  expect(ids).not.toContain(VOICE)
})

test('a proficiency has five names, the lowest number being the best', async () => {
  const names = new Set<unknown>()
  for (let proficiency = 1; proficiency <= 20; proficiency++) {
    await sim.control('PUT', `/agents/${userId}/skills`, { skills: [{ skillId: VOICE, proficiency }] })
    names.add(
      (await sim.acd('GET', `/agents/${agentId}/skills`)).body.agentSkillAssignments[0]?.['agentProficiencyName'],
    )
  }
  expect([...names]).toEqual(['High', 'Medium High', 'Medium', 'Medium Low', 'Low'])
})
