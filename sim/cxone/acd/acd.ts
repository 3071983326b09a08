// Decides how the ACD half is kept: agents by both ids, skills, groups, teams, and the mirror that carries what UserHub
// writes into the agents, at once or after a while. Checks no rules of a call; the routes beside it do.
import type { StoredUser } from '../records.ts'
import type { Switches } from '../switches.ts'
import { agentFor, endSession } from './agent.ts'
import type { Assignment, BusinessUnit, StoredAcdTeam, StoredAgent, StoredGroup, StoredSkill } from './records.ts'
import type { AcdSeed } from './seed.ts'

interface Coming {
  readonly at: number
  readonly user: StoredUser
  readonly switches: Switches
}

const NEXT_SKILL = 4_400_000
const NEXT_GROUP = 1100
const FIRST_TEAM = 520_001

export class Acd {
  /** In order of appearance. */
  readonly agents = new Map<number, StoredAgent>()
  readonly skills: Map<number, StoredSkill>
  readonly groups: Map<number, StoredGroup>
  readonly businessUnit: BusinessUnit
  /** Ids that, as a test has ordered, are neither given nor taken. */
  readonly stuck = { skills: new Set<number>(), groups: new Set<number>() }
  /** Goes up with every change of an agent. */
  version = 0
  nextSkillId = NEXT_SKILL
  nextGroupId = NEXT_GROUP
  readonly #teams = new Map<string, StoredAcdTeam>()
  readonly #byUser = new Map<string, StoredAgent>()
  readonly #ending = new Set<StoredAgent>()
  #coming: Coming[] = []
  #nextAt = Number.POSITIVE_INFINITY

  constructor(seed: AcdSeed) {
    this.skills = new Map(seed.skills.map((skill) => [skill.skillId, skill]))
    this.groups = new Map(seed.groups.map((group) => [group.groupId, group]))
    this.businessUnit = seed.businessUnit
    for (const [uuid, features] of seed.teamFeatures) this.teamOf(uuid).features = features
    for (const agent of seed.agents) this.#hold(agent)
  }

  ofUser(userId: string): StoredAgent | undefined {
    return this.#byUser.get(userId)
  }

  /** The team's second half; a team that has none yet gets one, all features off. */
  teamOf(uuid: string): StoredAcdTeam {
    const known = this.#teams.get(uuid)
    if (known !== undefined) return known
    const team = { teamId: FIRST_TEAM + this.#teams.size, teamUuid: uuid, features: NO_FEATURES, notes: '' }
    this.#teams.set(uuid, team)
    return team
  }

  /** By number, or by UUID as text. */
  findTeam(id: string): StoredAcdTeam | undefined {
    return [...this.#teams.values()].find((team) => String(team.teamId) === id || team.teamUuid === id)
  }

  /** A user as UserHub has just written it; agents show it once `acdLagMs` has passed. */
  receive(user: StoredUser, when: { now: number; switches: Switches }): void {
    const { acdLagMs } = when.switches
    this.settle(when.now)
    if (acdLagMs > 0) {
      const at = when.now + acdLagMs
      this.#coming.push({ at, user, switches: when.switches })
      this.#nextAt = Math.min(this.#nextAt, at)
      return
    }
    // A write that counts at once carries the whole user: what is still on its way is older.
    if (this.#coming.length > 0) this.#coming = this.#coming.filter((coming) => coming.user.id !== user.id)
    this.#apply({ at: when.now, user, switches: when.switches })
  }

  /** Lets everything happen that is due: the mirror and ordered logouts. Every read and write of the ACD begins so. */
  settle(now: number): void {
    if (now >= this.#nextAt) {
      const due = this.#coming.filter(({ at }) => at <= now)
      this.#coming = this.#coming.filter(({ at }) => at > now)
      this.#nextAt = this.#coming.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY)
      for (const coming of due) this.#apply(coming)
    }
    for (const agent of this.#ending) {
      const endsAt = agent.session?.endsAt
      if (endsAt != null && endsAt > now) continue
      this.#ending.delete(agent)
      if (endsAt != null) endSession(agent, endsAt)
    }
  }

  /** The session of this agent ends by itself at its `endsAt`. */
  watch(agent: StoredAgent): void {
    this.#ending.add(agent)
  }

  touched(agent: StoredAgent, now: number): void {
    agent.lastUpdated = new Date(now).toISOString()
    agent.changed = ++this.version
  }

  /** Lets the mirror show everything now, however long it would have taken. */
  catchUp(): number {
    const coming = this.#coming
    this.#coming = []
    this.#nextAt = Number.POSITIVE_INFINITY
    for (const one of coming) this.#apply(one)
    return coming.length
  }

  /** How many changes of UserHub the ACD does not show yet. */
  get behind(): number {
    return this.#coming.length
  }

  *assignments(): Iterable<{ agent: StoredAgent; skill: StoredSkill; assignment: Assignment }> {
    for (const agent of this.agents.values())
      for (const [skillId, assignment] of agent.skills) {
        const skill = this.skills.get(skillId)
        if (skill !== undefined) yield { agent, skill, assignment }
      }
  }

  #apply({ at, user, switches }: Coming): void {
    const known = this.#byUser.get(user.id)
    const agent = known ?? agentFor(user)
    const before = known?.mirror
    agent.mirror = user
    if (known === undefined) this.#hold(agent)
    const revived = before?.status === 'DELETED' && user.status !== 'DELETED'
    if (revived && switches.reviveSkills === 'lost') agent.skills.clear()
    if (revived && switches.reviveGroups === 'lost') agent.groups.clear()
    if (switches.userHubGroups === 'acdGroups' && before?.groupIds !== user.groupIds) this.#takeGroups(agent, user)
    if (user.status === 'DELETED' && switches.deactivateLoggedIn !== 'keepsSession') endSession(agent, at)
    this.touched(agent, at)
  }

  /** Ids that name no group of the ACD belong to something else and are left alone. */
  #takeGroups(agent: StoredAgent, user: StoredUser): void {
    agent.groups.clear()
    for (const id of user.groupIds) if (this.groups.has(Number(id))) agent.groups.add(Number(id))
  }

  #hold(agent: StoredAgent): void {
    this.agents.set(agent.agentId, agent)
    this.#byUser.set(agent.userId, agent)
  }
}

export const NO_FEATURES: Readonly<Record<string, boolean>> = Object.freeze({})
