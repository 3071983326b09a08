/**
 * The steps about groups that the story of every provider may end with: two groups come, their members change, one is
 * renamed, emptied and deleted. Needs a server that has groups and people that are linked already.
 */
import type { Outcome } from './beliefs.ts'
import type { Group } from './groups.ts'
import type { Person } from './people.ts'
import type { Provider } from './provider.ts'
import { besides, judged, type Play, type Steps } from './story.ts'

/** Names that begin with the domain of the people, so that stories of two providers do not share a group. */
function groupsOf(people: readonly Person[]): readonly [Group, Group] {
  const domain = people[0]?.userName.split('@')[1] ?? 'acme.test'
  return [
    { key: 'sales', displayName: `${domain} Sales` },
    { key: 'support', displayName: `${domain} Support "Tier 2"` },
  ]
}

/** Whoever the provider believes active. */
function linked(provider: Provider, people: readonly Person[]): Person[] {
  const active = new Set(provider.beliefs().flatMap((belief) => (belief.active ? [belief.person.key] : [])))
  return people.filter((person) => active.has(person.key))
}

type Act = (provider: Provider, groups: readonly [Group, Group], people: readonly Person[]) => Promise<Outcome[]>

/** Acts, lets the provider catch up, and holds what it believes of its groups against what it wants. */
function step(act: Act): Play<Provider> {
  return async (provider, people) => {
    const outcomes = await act(provider, groupsOf(people), linked(provider, people))
    const verdict = judged([...outcomes, ...(await provider.catchUp())])
    return openGroups(provider).reduce(besides, { ...verdict, detail: `${outcomes.length} changes` })
  }
}

function openGroups(provider: Provider): string[] {
  const idOf = new Map(provider.beliefs().map((belief) => [belief.person.key, belief.id]))
  return provider.groupBeliefs().flatMap(({ group, told, members, status, lastError }) => {
    if (lastError !== undefined) return [`${group.displayName}: ${lastError}`]
    if (status === 'removed') return []
    const wanted = members.map((key) => String(idOf.get(key))).toSorted()
    const agreed = told?.displayName === group.displayName && String(told.members.toSorted()) === String(wanted)
    return agreed ? [] : [`${group.displayName}: the server was told ${JSON.stringify(told)}`]
  })
}

export const GROUP_STEPS: Steps<Provider> = [
  [
    'push groups',
    step(async (provider, [sales, support], people) => [
      await provider.pushGroup(sales, people.slice(0, 4)),
      await provider.pushGroup(support, people.slice(2, 6)),
    ]),
  ],
  [
    'change members',
    step(async (provider, [sales, support], people) => [
      await provider.setMembers(sales, people.slice(2, 7)),
      await provider.setMembers(support, []),
    ]),
  ],
  [
    'rename a group',
    step(async (provider, [sales]) => [await provider.renameGroup(sales, `${sales.displayName} EMEA`)]),
  ],
  ['delete a group', step(async (provider, [, support]) => [await provider.deleteGroup(support)])],
]

/** The steps of a provider, with those about groups if they are wanted. */
export function withGroups<P extends Provider>(steps: Steps<P>, wanted: boolean | undefined): Steps<P> {
  return wanted === true ? [...steps, ...GROUP_STEPS] : steps
}
