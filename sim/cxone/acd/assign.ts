// Decides how one agent gets, changes or loses one skill or group (facts 5.2, 5.5). One pair at a time; which pairs a
// call means is for the routes.
import { toFlag } from '../input.ts'
import { Refusal } from '../refusal.ts'
import { atOnce, type World } from '../world.ts'
import { refuseInactive, refuseStuck } from './find.ts'
import type { Assignment, StoredAgent, StoredGroup, StoredSkill } from './records.ts'

export interface Pair {
  readonly agent: StoredAgent
  readonly skill: StoredSkill
}

/** As they came over the wire. */
export interface Wanted {
  readonly proficiency?: unknown
  readonly isActive?: unknown
}

export function addSkill({ agent, skill }: Pair, wanted: Wanted, world: World): void {
  const { switches } = world
  refuseStuck('skills', skill.skillId, world)
  refuseInactive(agent, world)
  if (!skill.isActive && switches.assignRetired === 'fails')
    throw new Refusal('invalid', 'SKILL_INACTIVE', `the skill ${skill.skillName} is inactive`)
  const before = agent.skills.get(skill.skillId)
  const assignment = assignmentOf(wanted, before, world)
  if (before?.isActive === true && switches.assignPresent === 'fails')
    throw new Refusal('invalid', 'SKILL_ALREADY_ASSIGNED', `agent ${agent.agentId} has ${skill.skillName} already`)
  if (before?.isActive === true && switches.assignPresent === 'unchanged') return
  put(agent, { skill, assignment }, world)
}

/** @throws Refusal where an absent skill cannot be updated */
export function changeSkill({ agent, skill }: Pair, wanted: Wanted, world: World): void {
  refuseStuck('skills', skill.skillId, world)
  refuseInactive(agent, world)
  if (wanted.isActive === undefined) throw new Refusal('bad', 'REQUIRED_FIELD_MISSING', 'isActive is required')
  const before = agent.skills.get(skill.skillId)
  if (before === undefined && world.switches.changeAbsent === 'fails') throw notAssigned(agent, skill.skillName)
  put(agent, { skill, assignment: assignmentOf(wanted, before, world) }, world)
}

export function removeSkill({ agent, skill }: Pair, world: World): void {
  refuseStuck('skills', skill.skillId, world)
  refuseInactive(agent, world)
  const before = agent.skills.get(skill.skillId)
  if (before === undefined) {
    if (world.switches.removeAbsent === 'fails') throw notAssigned(agent, skill.skillName)
    return
  }
  if (world.switches.removedSkill === 'inactive')
    put(agent, { skill, assignment: { ...before, isActive: false } }, world)
  else {
    agent.skills.delete(skill.skillId)
    world.store.acd.touched(agent, world.now())
  }
}

export function joinGroup(agent: StoredAgent, group: StoredGroup, world: World): void {
  refuseStuck('groups', group.groupId, world)
  refuseInactive(agent, world)
  if (!group.isActive && world.switches.assignRetired === 'fails')
    throw new Refusal('invalid', 'GROUP_INACTIVE', `the group ${group.groupName} is inactive`)
  if (agent.groups.has(group.groupId)) {
    if (world.switches.assignPresent === 'fails')
      throw new Refusal('invalid', 'ALREADY_IN_GROUP', `agent ${agent.agentId} is in ${group.groupName} already`)
    return
  }
  setGroups(agent, [...agent.groups, group.groupId], world)
}

export function leaveGroup(agent: StoredAgent, group: StoredGroup, world: World): void {
  refuseStuck('groups', group.groupId, world)
  refuseInactive(agent, world)
  if (agent.groups.has(group.groupId)) {
    const left = [...agent.groups].filter((id) => id !== group.groupId)
    setGroups(agent, left, world)
  } else if (world.switches.removeAbsent === 'fails') throw notAssigned(agent, group.groupName)
}

/** Where UserHub and the ACD share groups, ids of something else that a user carries stay. */
export function setGroups(agent: StoredAgent, groups: readonly number[], world: World): void {
  const { store, switches } = world
  if (switches.userHubGroups === 'acdGroups') {
    const user = store.users.get(agent.userId)
    const foreign = (user?.groupIds ?? []).filter((id) => !store.acd.groups.has(Number(id)))
    store.change(agent.userId, { groupIds: [...foreign, ...groups.map(String)] }, atOnce(world))
    return
  }
  agent.groups.clear()
  for (const id of groups) agent.groups.add(id)
  store.acd.touched(agent, world.now())
}

function put(agent: StoredAgent, pair: { skill: StoredSkill; assignment: Assignment }, world: World): void {
  agent.skills.set(pair.skill.skillId, pair.assignment)
  world.store.acd.touched(agent, world.now())
}

function assignmentOf(wanted: Wanted, before: Assignment | undefined, world: World): Assignment {
  const middle = Math.ceil(world.switches.proficiencyMost / 2)
  const isActive = wanted.isActive === undefined ? true : toFlag(wanted.isActive, 'isActive')
  if (wanted.proficiency === undefined || wanted.proficiency === null)
    return { proficiency: before?.proficiency ?? middle, isActive }
  return { proficiency: toProficiency(wanted.proficiency, world), isActive }
}

/** A number, or its digits: the form reads give is never refused. */
export function toProficiency(value: unknown, { switches }: World): number {
  const most = switches.proficiencyMost
  const number = typeof value === 'string' && /^-?\d{1,6}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw new Refusal('bad', 'BAD_PROFICIENCY', `proficiency must be a whole number from 1 to ${most}`)
  if (number >= 1 && number <= most) return number
  if (switches.proficiencyBeyond === 'cut') return Math.min(most, Math.max(1, number))
  throw new Refusal('invalid', 'BAD_PROFICIENCY', `proficiency is ${number}; it must be from 1 to ${most}`)
}

function notAssigned(agent: StoredAgent, what: string): Refusal {
  return new Refusal('unknown', 'NOT_ASSIGNED', `agent ${agent.agentId} does not have ${what}`)
}
