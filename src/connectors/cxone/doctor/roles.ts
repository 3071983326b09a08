/**
 * Roles: whether they can be read, the one that new accounts get, and those of the key's user (facts, section 4.5).
 * Decides which role is meant; must not change any.
 */
import type { Finding } from '../../doctor.ts'
import { cannotTell, isNot, isWell } from './findings.ts'
import { rowsOf, textOf, type Probe, type Row } from './probe.ts'
import { isRefusedAs } from './refused.ts'
import { wordsOfRole, type OwnRoles } from './rights.ts'

/** What CXone gives where nothing is said (section 3.3), and what every tenant has out of the box. */
const AGENT = 'Agent'

interface Asked {
  /** As defaults name it. */
  readonly named: string | undefined
  /** The key's user, where it is known. */
  readonly user: Row | undefined
}

export interface Roles {
  readonly findings: readonly Finding[]
  /** Login authenticators that roles are bound to (section 8.1). */
  readonly authenticators: readonly string[]
  readonly own: OwnRoles
}

const STATES = ['ACTIVE', 'INACTIVE', 'DRAFT', 'DELETED']
const PAGE = 100

export async function roles(probe: Probe, { named, user }: Asked): Promise<Roles> {
  const seen = new Map<string, Row>()
  const note = (rows: readonly Row[]): number => {
    const before = seen.size
    for (const row of rows) seen.set(textOf(row, 'roleId') ?? '', row)
    return seen.size - before
  }
  const search = (body: object) => probe('/authorization/v1/roles/search', body)
  const states = { filter: { status: STATES } }
  const first = await search(states)
  if (!first.ok) {
    const why = `Roles could not be read: ${first.refusal.detail.replace(/ Give the role of .*$/, '')}`
    return {
      findings: [isRefusedAs('roles-view', first), cannotTell('role', why)],
      authenticators: [],
      own: { why },
    }
  }
  note(rowsOf(first.body, 'roles'))
  const wanted = named ?? AGENT
  // A search without pages may have ended early (section 4.5): two more, of the largest size that is known to be taken.
  for (let pageNo = 1; pageNo <= 2 && find(seen, wanted) === undefined; pageNo += 1) {
    const more = await search({ ...states, page: { pageSize: PAGE, pageNo } })
    if (!more.ok || note(rowsOf(more.body, 'roles')) === 0) break
  }
  const complete = seen.size < PAGE
  const own = await ownRoles(seen, user, (ids) => search({ filter: { roleId: ids } }))
  return {
    findings: [
      isWell('roles-view', 'Roles can be read.'),
      roleFinding(find(seen, wanted), { wanted, named, complete }),
    ],
    authenticators: [...seen.values()].flatMap((role) => textOf(role, 'loginAuthenticatorId') ?? []),
    own,
  }
}

function find(seen: ReadonlyMap<string, Row>, wanted: string): Row | undefined {
  const key = wanted.trim().toLowerCase()
  const named = (role: Row) =>
    ['roleId', 'roleName', 'displayName'].some((field) => textOf(role, field)?.trim().toLowerCase() === key)
  return [...seen.values()].filter(named).toSorted((a, b) => Number(isActive(b)) - Number(isActive(a)))[0]
}

const isActive = (role: Row): boolean => (textOf(role, 'status') ?? 'ACTIVE').toUpperCase() === 'ACTIVE'

function roleFinding(
  role: Row | undefined,
  { wanted, named, complete }: { wanted: string; named: string | undefined; complete: boolean },
): Finding {
  const called =
    named === undefined ? `The role ${AGENT}, which is given where nothing else is said,` : `The role ${wanted}`
  if (role === undefined)
    return complete
      ? isNot('role', 'missing', { found: `${called} is not there.` })
      : cannotTell('role', `${called} was not among the first roles, and there are more than an examination reads.`)
  if (isActive(role)) return isWell('role', `${called} is there and active.`)
  return isNot('role', 'blocked', { found: `${called} is ${textOf(role, 'status')}, so nobody can be given it.` })
}

/** What the roles of the key's user say; another search where they were not among those that were read. */
async function ownRoles(
  seen: ReadonlyMap<string, Row>,
  user: Row | undefined,
  byId: (ids: readonly string[]) => ReturnType<Probe>,
): Promise<OwnRoles> {
  if (user === undefined) return { why: 'It is not known whose key this is, so not which role it has.' }
  const primary = textOf(user, 'roleUUID') ?? textOf(user, 'role')
  const secondary = Array.isArray(user['secondaryRoleIds']) ? user['secondaryRoleIds'].map(String) : []
  if (primary === undefined) return { why: 'CXone does not say which role the key’s user has.' }
  const wanted = [primary, ...secondary]
  const known = wanted.map((id) => find(seen, id))
  const missing = wanted.filter((_, at) => known[at] === undefined)
  const more = missing.length === 0 ? undefined : await byId(missing)
  const others = more?.ok === true ? rowsOf(more.body, 'roles') : []
  const found = [
    ...known.filter((role) => role !== undefined),
    ...others.filter((row) => missing.includes(textOf(row, 'roleId') ?? '')),
  ]
  if (found.length === 0) return { why: 'The role of the key’s user could not be read.' }
  return { ids: found.flatMap((role) => textOf(role, 'roleId') ?? []), words: found.flatMap(wordsOfRole) }
}
