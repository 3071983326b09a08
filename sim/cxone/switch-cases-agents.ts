// Decides what each switch about agents, their skills and their groups changes, as seen by a client and in the store.
// For tests only.
import { type Answer, type Caller, type Row, somebody } from './caller.ts'
import { deleted, oneWho, stateOf, type SwitchCase } from './switch-case.ts'
import { agentWith } from './switch-cases-acd.ts'

const SKILL = 4_300_001
const agentState = async (sim: Caller, id: unknown) => (await sim.control('GET', `/agents/${String(id)}`)).body
const settings = async (sim: Caller, id: unknown) => (await agentState(sim, id))['settings'] as Row

async function update(sim: Caller, who: Row, change: Record<string, unknown>): Promise<Answer> {
  const agentId = who['agentId']
  return sim.acd('PUT', `/agents/${String(agentId)}`, { agent: { agentId, ...change } })
}

const inactive = async (sim: Caller): Promise<Row> =>
  (await agentState(sim, (await oneWho(sim, deleted)).id)) as unknown as Row

/** A call about the skills of one agent, and the only row of its result. */
async function skillRow(sim: Caller, method: string, about: { agent: Row; skill: Record<string, unknown> }) {
  const path = `/agents/${String(about.agent['agentId'])}/skills`
  const { body } = await sim.acd(method, path, { skills: [about.skill] })
  const [row] = body.resultSet['skillResults'] as Row[]
  const [held] = (await sim.acd('GET', path)).body.agentSkillAssignments
  return { success: row?.['success'], value: held?.['agentProficiencyValue'] }
}

export const AGENTS = {
  agentsListed: {
    probe: async (sim) =>
      (await sim.acd('GET', '/agents?top=100')).body.agents.some((row) => row['isActive'] === false),
    sees: [true, false],
  },
  agentCreate: {
    probe: async (sim) => {
      const [team] = (await sim.acd('GET', '/teams?top=1')).body.teams
      const who = somebody()
      const agent = {
        ...who,
        timeZone: 'UTC',
        teamId: String(team?.['teamId']),
        profileId: 6001,
        country: 'US',
        city: 'Denver',
      }
      const { body } = await sim.acd('POST', '/agents', { agents: [agent] })
      const made = (await stateOf(sim)).users.some(({ userName }) => userName === who['userName'])
      return [body.agentResults[0]?.['success'], made]
    },
    sees: [
      [false, false],
      [true, true],
    ],
  },
  agentIdentity: {
    probe: async (sim) => {
      const who = await agentWith(sim)
      const { body } = await update(sim, who, { firstName: 'Zed' })
      return [body.error === null, (await sim.control('GET', `/users/${who.userId}`)).body['firstName'] === 'Zed']
    },
    sees: [
      [true, false],
      [false, false],
      [true, true],
    ],
  },
  agentMissing: {
    probe: async (sim) => {
      const who = await agentWith(sim)
      await sim.control('PUT', `/agents/${who.userId}`, { internalId: 'E-1', crmUserName: 'crm' })
      await update(sim, who, { city: 'Lisboa' })
      const after = await settings(sim, who.userId)
      return [after['city'], after['internalId'], after['crmUserName']]
    },
    sees: [
      ['Lisboa', 'E-1', 'crm'],
      ['Lisboa', '', ''],
    ],
  },
  agentHidden: {
    probe: async (sim) => Object.hasOwn((await sim.acd('GET', '/agents?top=1')).body.agents[0] ?? {}, 'crmUserName'),
    sees: [true, false],
  },
  inactiveAgentWrites: {
    probe: async (sim) => {
      const who = await inactive(sim)
      const { body } = await update(sim, who, { city: 'Lisboa' })
      return [body.error === null, (await settings(sim, who.userId))['city'] === 'Lisboa']
    },
    sees: [
      [false, false],
      [true, true],
    ],
  },
  inactiveAgentSkills: {
    probe: async (sim) => {
      const who = await inactive(sim)
      await sim.control('PUT', `/agents/${who.userId}/skills`, { skills: [{ skillId: SKILL, proficiency: 1 }] })
      return (await sim.acd('GET', `/agents/${who.userId}/skills`)).body.agentSkillAssignments.length
    },
    sees: [1, 0],
  },
  logoutLagMs: {
    probe: async (sim) => {
      // Long enough that the look below surely falls into it.
      const { body } = await sim.control('GET', '/switches')
      if (body['logoutLagMs'] !== 0) await sim.set({ logoutLagMs: 60_000 })
      const who = await agentWith(sim)
      await sim.control('POST', `/agents/${who.userId}/login`)
      const { status } = await sim.acd('POST', `/agents/${String(who['agentId'])}/logout`)
      return [status, (await stateOf(sim)).sessions.length]
    },
    sees: [
      [200, 0],
      [202, 1],
    ],
  },
  logoutLoggedOut: {
    probe: async (sim) => (await sim.acd('POST', `/agents/${String((await agentWith(sim))['agentId'])}/logout`)).status,
    sees: [400, 200],
  },
  historyDays: {
    probe: async (sim) => (await sim.acd('GET', '/agents/performance?startDate=2025-11-01&endDate=2026-01-01')).status,
    sees: [200, 400],
  },
} satisfies Record<string, SwitchCase>

export const SKILLS = {
  proficiencyMost: {
    probe: async (sim) =>
      (await skillRow(sim, 'POST', { agent: await agentWith(sim), skill: { skillId: String(SKILL), proficiency: 20 } }))
        .success,
    sees: [true, false],
  },
  proficiencyForm: {
    probe: async (sim) =>
      (await skillRow(sim, 'POST', { agent: await agentWith(sim), skill: { skillId: SKILL, proficiency: 4 } })).value,
    sees: [4, '4'],
  },
  proficiencyBeyond: {
    probe: async (sim) =>
      skillRow(sim, 'POST', { agent: await agentWith(sim), skill: { skillId: SKILL, proficiency: 99 } }),
    sees: [
      { success: false, value: undefined },
      { success: true, value: 20 },
    ],
  },
  assignPresent: {
    probe: async (sim) =>
      skillRow(sim, 'POST', {
        agent: await agentWith(sim, { skill: SKILL }),
        skill: { skillId: SKILL, proficiency: 9 },
      }),
    sees: [
      { success: true, value: 9 },
      { success: false, value: 3 },
      { success: true, value: 3 },
    ],
  },
  assignRetired: {
    probe: async (sim) => {
      await sim.control('PUT', `/skills/${SKILL}`, { isActive: false })
      return (await skillRow(sim, 'POST', { agent: await agentWith(sim), skill: { skillId: SKILL } })).success
    },
    sees: [false, true],
  },
  changeAbsent: {
    probe: async (sim) =>
      skillRow(sim, 'PUT', { agent: await agentWith(sim), skill: { skillId: SKILL, proficiency: 2, isActive: true } }),
    sees: [
      { success: false, value: undefined },
      { success: true, value: 2 },
    ],
  },
  removeAbsent: {
    probe: async (sim) =>
      (await sim.acd('DELETE', `/skills/${SKILL}/agents/${String((await agentWith(sim))['agentId'])}`)).status,
    sees: [200, 404],
  },
  removedSkill: {
    probe: async (sim) => {
      const agentId = String((await agentWith(sim, { skill: SKILL }))['agentId'])
      await sim.acd('DELETE', `/skills/${SKILL}/agents/${agentId}`)
      return (await sim.acd('GET', `/agents/${agentId}/skills`)).body.agentSkillAssignments.map(
        (row) => row['isActive'],
      )
    },
    sees: [[], [false]],
  },
  deleteBody: {
    probe: async (sim) => {
      const { userId } = await agentWith(sim, { skill: SKILL })
      const { status } = await sim.acd('DELETE', `/agents/${userId}/skills`, { skills: [{ skillId: SKILL }] })
      return [status, (await agentState(sim, userId)).skills.length]
    },
    sees: [
      [200, 0],
      [200, 1],
      [400, 1],
    ],
  },
} satisfies Record<string, SwitchCase>
