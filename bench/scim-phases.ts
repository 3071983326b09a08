/**
 * What a SCIM server is asked in a benchmark: the phases of the common load, one request each.
 * Decides the requests; must not count or time them.
 */
import type { LoadRequest } from './load.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export interface Phase {
  readonly name: string
  readonly request: (n: number) => LoadRequest
  /** Which floor it is compared with; undefined for what is no read by key and no write of one row. */
  readonly floor?: 'read' | 'write'
  /** At most so many requests. */
  readonly most?: number
}

export interface Directory {
  readonly ids: readonly string[]
  /** Of the group, once there is one. */
  readonly group: string
  /** Users of the directory that are not in the group yet, for adding. */
  readonly outside: readonly string[]
}

/** The n-th user, as the common load makes them. */
export const user = (n: number): Record<string, unknown> => ({
  schemas: [USER, ENTERPRISE],
  userName: userName(n),
  externalId: `ext-${n}`,
  name: { givenName: `Given${n}`, familyName: `Family${n % 997}`, formatted: `Given${n} Family${n % 997}` },
  displayName: `Given${n} Family${n % 997}`,
  title: `Agent ${n % 7}`,
  active: true,
  locale: 'en-US',
  timezone: 'America/New_York',
  emails: [
    { value: userName(n), type: 'work', primary: true },
    { value: `home-${n}@example.net`, type: 'home' },
  ],
  phoneNumbers: [{ value: `+1-555-${String(n).padStart(7, '0')}`, type: 'work' }],
  [ENTERPRISE]: { department: `Dept ${n % 23}`, employeeNumber: String(100_000 + n), costCenter: `CC${n % 11}` },
})

const userName = (n: number): string => `load-${n}@example.com`

export const createUser = (n: number): LoadRequest => ({ method: 'POST', path: '/Users', body: user(n) })

export const createGroup = (): LoadRequest => ({
  method: 'POST',
  path: '/Groups',
  body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Load' },
})

export const addMembers = (group: string, ids: readonly string[]): LoadRequest => ({
  method: 'PATCH',
  path: `/Groups/${group}`,
  body: {
    schemas: [PATCH],
    Operations: [{ op: 'add', path: 'members', value: ids.map((value) => ({ value })) }],
  },
})

/** What is asked of users before there is a group, in the order of the common load. */
export function userPhases(ids: readonly string[]): readonly Phase[] {
  const anyone = (): number => Math.floor(Math.random() * ids.length)
  const find = (filter: string, rest = ''): LoadRequest => get(`/Users?filter=${encodeURIComponent(filter)}${rest}`)
  return [
    { name: 'userName eq', floor: 'read', request: () => find(`userName eq "${userName(anyone())}"`) },
    { name: 'externalId eq', floor: 'read', request: () => find(`externalId eq "ext-${anyone()}"`) },
    { name: 'get by id', floor: 'read', request: () => get(`/Users/${ids[anyone()]}`) },
    { name: 'patch active', floor: 'write', request: (n) => patchActive(ids[anyone()] ?? '', n % 2 === 0) },
    {
      name: 'list page of 100',
      request: (n) => get(`/Users?startIndex=${1 + ((n * 100) % Math.max(1, ids.length - 100))}&count=100`),
    },
    {
      name: 'work mail',
      floor: 'read',
      request: () => find(`emails[type eq "work" and value eq "${userName(anyone())}"]`),
    },
    {
      name: 'department and title',
      request: () => find(`${ENTERPRISE}:department eq "Dept ${anyone() % 23}" and title eq "Agent 3"`, '&count=20'),
    },
    {
      // A small directory has fewer than twenty of them: to compare sizes, as many are shown in each.
      name: 'the same, 10 shown',
      request: () => find(`${ENTERPRISE}:department eq "Dept ${anyone() % 23}" and title eq "Agent 3"`, '&count=10'),
    },
  ]
}

/** What is asked once most people are in a group, which the common load has at its end. */
export function groupPhases({ ids, group, outside }: Directory): readonly Phase[] {
  return [
    {
      name: 'add one member',
      most: outside.length,
      request: (n) => addMembers(group, outside.slice(n, n + 1)),
    },
    { name: 'group without members', floor: 'read', request: () => get(`/Groups/${group}?excludedAttributes=members`) },
    { name: 'whole group', request: () => get(`/Groups/${group}`) },
    {
      name: 'get a member by id',
      request: () => get(`/Users/${ids[Math.floor(Math.random() * ids.length)]}`),
    },
  ]
}

const get = (path: string): LoadRequest => ({ method: 'GET', path })

const patchActive = (id: string, active: boolean): LoadRequest => ({
  method: 'PATCH',
  path: `/Users/${id}`,
  body: { schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value: active }] },
})
