// Decides how people, roles, teams and keys are kept and found: by id and by folded userName, with the recent past kept
// for reads that lag; the ACD half hears of every write. Checks no rules; create-user.ts, update-user.ts and status.ts do.
import { Acd } from './acd/acd.ts'
import { seedAcd } from './acd/seed.ts'
import type {
  StoredAuthenticator,
  StoredDivision,
  StoredKey,
  StoredRole,
  StoredTeam,
  StoredUser,
  Tenant,
} from './records.ts'
import { seedOrganisation } from './seed.ts'
import { seedPeople } from './seed-people.ts'
import { type Seeded, seeded } from './seeded.ts'
import type { Switches } from './switches.ts'

/** How a user looked until a moment; null before it existed. */
interface Past {
  readonly until: number
  readonly user: StoredUser | null
}

/** Under which a record is written or looked at. */
export interface Moment {
  readonly now: number
  readonly lagMs: number
  readonly switches: Switches
}

export class Store {
  /** In order of creation. Records are replaced, never changed in place. */
  readonly users = new Map<string, StoredUser>()
  readonly roles: Map<string, StoredRole>
  readonly teams: Map<string, StoredTeam>
  readonly keys: Map<string, StoredKey>
  readonly divisions: readonly StoredDivision[]
  readonly authenticators: readonly StoredAuthenticator[]
  readonly defaultTeamId: string
  readonly serviceUserId: string
  /** Seeded people whose licence attributes others are to be given; none in a very small centre. */
  readonly templates: readonly { readonly name: string; readonly userId: string }[]
  readonly ids: Seeded
  readonly acd: Acd
  /** Goes up with every write; searches cache by it. */
  version = 0
  nextAcdId: number
  readonly #byName = new Map<string, StoredUser[]>()
  readonly #past = new Map<string, Past[]>()
  readonly #changed = new Map<string, number>()
  #occupied = 0

  constructor(seed: number, people: number, tenant: Tenant) {
    const organisation = seedOrganisation(seed, people)
    const { users, keys } = seedPeople(seed, people, { organisation, tenant })
    this.roles = new Map(organisation.roles.map((role) => [role.roleId, role]))
    this.teams = new Map(organisation.sites.map(({ team }) => [team.id, team]))
    this.keys = new Map(keys.map((key) => [key.accessKeyId, key]))
    this.divisions = organisation.divisions
    this.authenticators = organisation.authenticators
    this.ids = seeded(seed, 'created later')
    this.defaultTeamId = organisation.sites.find(({ team }) => team.isDefault)?.team.id ?? ''
    this.serviceUserId = users[0]?.id ?? ''
    this.templates = templatesAmong(users)
    this.nextAcdId = 12_980_000
    for (const user of users) {
      this.users.set(user.id, user)
      this.#hold(user)
    }
    this.acd = new Acd(seedAcd(seed, { users, organisation, tenant }))
  }

  /** How many users are not deactivated: the ones a limit counts. */
  get occupied(): number {
    return this.#occupied
  }

  /** Orders users by their last change; 0 for those nobody has changed. */
  lastChange(id: string): number {
    return this.#changed.get(id) ?? 0
  }

  /** Everybody who has this userName, whatever its case. */
  holdersOf(userName: string): readonly StoredUser[] {
    return this.#byName.get(fold(userName)) ?? []
  }

  add(user: StoredUser, when: Moment): void {
    this.#remember({ id: user.id, user: null }, when)
    this.users.set(user.id, user)
    this.#hold(user)
    this.#wrote(user, when)
  }

  /** The record after the change. */
  change(id: string, patch: Partial<StoredUser>, when: Moment): StoredUser {
    const before = this.users.get(id)
    if (before === undefined) throw new Error(`no user ${id} to change`)
    const after = { ...before, ...patch, id }
    this.#remember({ id, user: before }, when)
    this.#release(before)
    this.users.set(id, after)
    this.#hold(after)
    this.#wrote(after, when)
    return after
  }

  /** Everybody as they were `lagMs` ago, in order of creation. */
  *seen(when: { now: number; lagMs: number }): Iterable<StoredUser> {
    if (when.lagMs === 0 || this.#past.size === 0) return yield* this.users.values()
    const moment = when.now - when.lagMs
    for (const user of this.users.values()) {
      const then = this.#past.get(user.id)?.find((past) => past.until > moment)
      const shown = then === undefined ? user : then.user
      if (shown !== null) yield shown
    }
  }

  roleNamed(name: string): StoredRole | undefined {
    const folded = fold(name)
    for (const role of this.roles.values()) if (fold(role.roleName) === folded) return role
    return undefined
  }

  keysOf(userId: string): StoredKey[] {
    return [...this.keys.values()].filter((key) => key.userId === userId)
  }

  leadsTeam(userId: string): boolean {
    for (const team of this.teams.values()) if (team.leadUserId === userId && team.status === 'ACTIVE') return true
    return false
  }

  #remember(was: { id: string; user: StoredUser | null }, when: { now: number; lagMs: number }): void {
    if (when.lagMs === 0) return
    const kept = (this.#past.get(was.id) ?? []).filter((past) => past.until > when.now - when.lagMs)
    this.#past.set(was.id, [...kept, { until: when.now, user: was.user }])
  }

  #wrote(user: StoredUser, when: Moment): void {
    this.#changed.set(user.id, ++this.version)
    this.acd.receive(user, when)
  }

  #hold(user: StoredUser): void {
    if (user.status !== 'DELETED') this.#occupied++
    const name = fold(user.userName)
    const holders = this.#byName.get(name)
    if (holders === undefined) this.#byName.set(name, [user])
    else holders.push(user)
  }

  #release(user: StoredUser): void {
    if (user.status !== 'DELETED') this.#occupied--
    const name = fold(user.userName)
    const left = (this.#byName.get(name) ?? []).filter((holder) => holder.id !== user.id)
    if (left.length === 0) this.#byName.delete(name)
    else this.#byName.set(name, left)
  }
}

/** One with digital engagement and one without, both active and recorded. */
function templatesAmong(users: readonly StoredUser[]): { name: string; userId: string }[] {
  const having = (value: string): StoredUser | undefined =>
    users.find(
      ({ status, applicationAttributes: { ACD, DIGITAL } }) =>
        status === 'ACTIVE' && ACD?.[0]?.values[0] === 'true' && DIGITAL?.[0]?.values[0] === value,
    )
  const named = { 'Digital Agent': having('true'), 'Voice Agent': having('false') }
  return Object.entries(named).flatMap(([name, user]) => (user === undefined ? [] : [{ name, userId: user.id }]))
}

export function fold(text: string): string {
  return text.toLowerCase()
}
