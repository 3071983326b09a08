/**
 * What providers ask of a directory all day, in the shares that they ask it in.
 * Decides which request comes when; must not send any.
 */
import type { LoadRequest } from '../../bench/load.ts'
import { addMembers, createUser, groupPhases, userPhases, type Directory } from '../../bench/scim-phases.ts'

type Ask = (n: number) => LoadRequest

type Kind = 'find' | 'read' | 'patch' | 'create' | 'page' | 'members'

/** Twenty requests, over and over: of a hundred 40 by filter, 20 by id, 20 changes, 10 newcomers, 5 pages, 5 of a group. */
const TWENTY: readonly Kind[] = [
  ...(['find', 'read', 'find', 'patch', 'create', 'find', 'read', 'patch', 'find', 'page'] as const),
  ...(['find', 'read', 'find', 'patch', 'create', 'find', 'read', 'patch', 'find', 'members'] as const),
]

/** The n-th request. Whoever is created comes after the `people` that are there. */
export function mixOf(directory: Directory, people: number): Ask {
  const phases = new Map(
    [...userPhases(directory.ids), ...groupPhases(directory)].map((one) => [one.name, one.request]),
  )
  const phase = (name: string): Ask => {
    const request = phases.get(name)
    if (request === undefined) throw new RangeError(`the benchmark has no phase ${name}`)
    return request
  }
  const asks: Readonly<Record<Kind, Ask>> = {
    find: inTurn(phase('userName eq'), phase('externalId eq'), phase('work mail')),
    read: phase('get by id'),
    patch: phase('patch active'),
    create: (n) => createUser(people + n),
    page: phase('list page of 100'),
    members: inTurn((n) => addMembers(directory.group, [outsider(directory, n)]), leaves(directory)),
  }
  const counts = new Map<Kind, number>()
  return (n) => {
    const kind = TWENTY[n % TWENTY.length] ?? 'find'
    const nth = counts.get(kind) ?? 0
    counts.set(kind, nth + 1)
    return asks[kind](nth)
  }
}

const inTurn =
  (...asks: readonly [Ask, ...Ask[]]): Ask =>
  (n) =>
    (asks[n % asks.length] ?? asks[0])(n)

/** Who comes leaves again with the next such request, so that the group stays as large as it is. */
const outsider = ({ outside }: Directory, n: number): string => outside[Math.floor(n / 2) % outside.length] ?? ''

const leaves =
  (directory: Directory): Ask =>
  (n) => ({
    method: 'PATCH',
    path: `/Groups/${directory.group}`,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'remove', path: `members[value eq "${outsider(directory, n)}"]` }],
    },
  })
