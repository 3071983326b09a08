// Decides what the two ways to look for users find: v1 list and v2 search (facts 4.2).
import { toWhole } from './input.ts'
import { projection } from './projections.ts'
import type { StoredUser } from './records.ts'
import { Refusal } from './refusal.ts'
import { type Dialect, type Query, readQuery, type Readers, select } from './search.ts'
import type { Store } from './store.ts'
import type { Switches } from './switches.ts'
import { moment, type World } from './world.ts'

const DEFAULT_TOP = 100

export interface UserPage {
  readonly totalRecords: number
  readonly skip: number
  readonly top: number
  readonly users: Record<string, unknown>[]
}

const FIELDS = [
  'id',
  'userName',
  'firstName',
  'lastName',
  'fullName',
  'emailAddress',
  'status',
  'teamId',
  'roleUUID',
  'divisionId',
  'timeZone',
  'groupIds',
] as const

function readersFor(world: World): Readers<StoredUser> {
  const plain = Object.fromEntries(FIELDS.map((name) => [name, (user: StoredUser) => user[name]]))
  return { ...plain, role: (user) => world.store.roles.get(user.roleUUID)?.roleName ?? null }
}

const cache = new WeakMap<Store, { key: string; rows: readonly StoredUser[] }>()

export function searchUsers(body: unknown, world: World): UserPage {
  const { switches } = world
  const query = readQuery(body, dialectOf(switches))
  const rows = matching(query, world)
  const top = Math.min(query.top ?? DEFAULT_TOP, switches.searchMaxTop)
  const show = projection('v2', world.store, switches)
  const wanted = switches.searchFields === 'honoured' ? query.fields : undefined
  const users = rows.slice(query.skip, query.skip + top).map((user) => only(show(user), wanted))
  return { totalRecords: rows.length, skip: query.skip, top, users }
}

function dialectOf(switches: Switches): Dialect {
  return {
    operations: ['LIKE', 'BETWEEN', 'NOT', 'OR'],
    known: [...FIELDS, 'role'],
    mute: switches.searchUserNameFilter === 'ignored' ? ['userName'] : [],
    unknown: switches.searchUnknownFilter,
    scalars: switches.filterScalar,
  }
}

/** Paging repeats the same query; its rows are kept until somebody writes. */
function matching(query: Query, world: World): readonly StoredUser[] {
  const { store, switches } = world
  const key = JSON.stringify([
    store.version,
    query.conditions,
    query.order,
    switches.searchMatch,
    switches.searchDeleted,
    switches.pageOrder,
  ])
  const kept = cache.get(store)
  if (kept?.key === key && switches.readLagMs === 0) return kept.rows
  const asksForDeleted = query.conditions.some(({ field, values }) => field === 'status' && values.includes('deleted'))
  const shown = switches.searchDeleted === 'shows' || (switches.searchDeleted === 'whenAsked' && asksForDeleted)
  const found = select(candidates(query, world), query, { readers: readersFor(world), plain: switches.searchMatch })
  const visible = shown ? found : found.filter((user) => user.status !== 'DELETED')
  const rows = query.order.length > 0 || switches.pageOrder === 'created' ? visible : lastChangedFirst(visible, store)
  cache.set(store, { key, rows })
  return rows
}

/** Rows then move between pages whenever somebody is changed while a client pages. */
function lastChangedFirst(rows: readonly StoredUser[], store: Store): readonly StoredUser[] {
  return rows.toSorted((a, b) => store.lastChange(b.id) - store.lastChange(a.id))
}

/** A search for exact names or ids needs no scan. */
function candidates(query: Query, world: World): Iterable<StoredUser> {
  const { store, switches } = world
  const exact = query.conditions.find(
    ({ operation, field }) => operation === undefined && (field === 'userName' || field === 'id'),
  )
  if (exact === undefined || switches.readLagMs > 0 || switches.searchMatch === 'contains')
    return store.seen(moment(world))
  const named = new Set(exact.values)
  if (exact.field === 'userName') return [...named].flatMap((name) => store.holdersOf(name))
  return [...named].flatMap((id) => store.users.get(id) ?? [])
}

function only(row: Record<string, unknown>, fields: readonly string[] | undefined): Record<string, unknown> {
  if (fields === undefined || fields.length === 0) return row
  return Object.fromEntries(fields.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]))
}

/** Facts 4.2, first row: no paging, deactivated users only when asked for. */
export function listUsers(
  params: Readonly<Record<string, unknown>>,
  world: World,
): { users: Record<string, unknown>[] } {
  const show = projection('v1list', world.store, world.switches)
  const wanted = listed(params, world)
  const users: Record<string, unknown>[] = []
  for (const user of world.store.seen(moment(world))) if (wanted(user)) users.push(show(user))
  return { users }
}

function listed(params: Readonly<Record<string, unknown>>, world: World): (user: StoredUser) => boolean {
  const honoured = world.switches.listDeleted === 'honoursFlag'
  const deleted = honoured && toSwitch(params['includeDeleted'], 'includeDeleted')
  const after = params['includeDeletedAfter'] === undefined ? undefined : toMoment(params['includeDeletedAfter'])
  const part = typeof params['fullNameContains'] === 'string' ? params['fullNameContains'].toLowerCase() : ''
  const without = toSwitch(params['excludeImpersonated'], 'excludeImpersonated')
  const impersonated = toSwitch(params['onlyImpersonated'], 'onlyImpersonated')
  return (user) => {
    if (part !== '' && !user.fullName.toLowerCase().includes(part)) return false
    if ((without && user.impersonated) || (impersonated && !user.impersonated)) return false
    if (user.status !== 'DELETED') return true
    if (honoured && after !== undefined) return user.deletedDate !== null && Date.parse(user.deletedDate) > after
    return deleted
  }
}

function toSwitch(value: unknown, where: string): boolean {
  if (value === undefined) return false
  if (value === 'true' || value === 'false') return value === 'true'
  throw new Refusal('bad', 'BAD_VALUE', `${where} must be true or false`)
}

function toMoment(value: unknown): number {
  const at = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Date.parse(String(value))
  if (Number.isNaN(at)) throw new Refusal('bad', 'BAD_VALUE', 'includeDeletedAfter must be a date')
  return at
}

/** GET v2/users/identities: `filter` is one string, taken as part of the display name. */
export function listIdentities(
  params: Readonly<Record<string, unknown>>,
  world: World,
): { totalRecords: number; users: unknown[]; skip: number; top: number } {
  const part = typeof params['filter'] === 'string' ? params['filter'].toLowerCase() : ''
  const skip = params['skip'] === undefined ? 0 : toWhole(params['skip'], 'skip')
  const top = Math.min(
    params['top'] === undefined ? DEFAULT_TOP : toWhole(params['top'], 'top'),
    world.switches.searchMaxTop,
  )
  const found: StoredUser[] = []
  for (const user of world.store.seen(moment(world)))
    if (user.displayName.toLowerCase().includes(part)) found.push(user)
  const users = found.slice(skip, skip + top).map(({ id, displayName, status }) => ({ id, displayName, status }))
  return { totalRecords: found.length, users, skip, top }
}
