/**
 * What the oracle judges, read from the control API of a simulated CXone.
 * Must not ask any other address, nor change anything.
 */
import type { Held, MadeCall, StoredPerson, Truth } from './cxone-oracle.ts'

/** Calls the control API with GET and insists on success. */
export type Look = <T>(path: string) => Promise<T>

interface State {
  readonly users: readonly StoredPerson[]
  readonly teams: readonly { readonly id: string; readonly name: string }[]
  readonly authenticators: readonly { readonly id: string; readonly name: string }[]
  readonly roles: readonly { readonly roleId: string; readonly roleName: string }[]
  readonly mails: Truth['mails']
  readonly skills: readonly { readonly skillId: number; readonly skillName: string }[]
  readonly groups: readonly { readonly groupId: number; readonly groupName: string }[]
  readonly agents: readonly Agent[]
}

interface Agent {
  readonly userId: string
  readonly isActive: boolean
  readonly skills: readonly { readonly skillId: number; readonly proficiency: number; readonly isActive: boolean }[]
  readonly groups: readonly number[]
  readonly own: Readonly<Record<string, unknown>>
}

export async function readTruth(look: Look): Promise<Truth> {
  const state = await look<State>('/state')
  return {
    people: state.users,
    names: {
      teams: namesById(state.teams),
      authenticators: namesById(state.authenticators),
      roles: new Map(state.roles.map(({ roleId, roleName }) => [roleId, roleName])),
    },
    held: heldBy(state),
    mails: state.mails,
    calls: await everyCall(look),
  }
}

const namesById = (list: readonly { readonly id: string; readonly name: string }[]): ReadonlyMap<string, string> =>
  new Map(list.map(({ id, name }) => [id, name]))

function heldBy({ agents, skills, groups }: State): ReadonlyMap<string, Held> {
  const skillNames = new Map(skills.map(({ skillId, skillName }) => [skillId, skillName]))
  const groupNames = new Map(groups.map(({ groupId, groupName }) => [groupId, groupName]))
  return new Map(
    agents.map((agent) => [
      agent.userId,
      {
        active: agent.isActive,
        skills: Object.fromEntries(
          agent.skills
            .filter(({ isActive }) => isActive)
            .map(({ skillId, proficiency }) => [skillNames.get(skillId) ?? String(skillId), proficiency]),
        ),
        groups: agent.groups.map((groupId) => groupNames.get(groupId) ?? String(groupId)),
        settings: agent.own,
      },
    ]),
  )
}

async function everyCall(look: Look): Promise<readonly MadeCall[]> {
  const calls: MadeCall[] = []
  for (;;) {
    const more = await look<readonly MadeCall[]>(`/calls?since=${calls.at(-1)?.seq ?? 0}&limit=1000`)
    if (more.length === 0) return calls
    calls.push(...more)
  }
}
