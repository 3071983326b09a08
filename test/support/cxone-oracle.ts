/**
 * Whether a simulated CXone has come to what was wanted of it, judged by its control state alone.
 * Decides what is wrong there; must not know any connector, nor what Rollcall keeps.
 */

/** What was wanted of one person in the end. What is left out may be anything. */
export interface Wanted {
  readonly userName: string
  /** The name they had before, where that was another. */
  readonly was?: string
  /** False: nobody of this name may be at work; that there is nobody at all is fine. */
  readonly active: boolean
  readonly givenName?: string
  readonly familyName?: string
  readonly email?: string
  /** By name, as are team, authenticator, skills and groups. */
  readonly role?: string
  readonly team?: string
  readonly authenticator?: string
  /** All skills, with their proficiency. */
  readonly skills?: Readonly<Record<string, number>>
  readonly groups?: readonly string[]
  /** All roles beyond the one. */
  readonly roles?: readonly string[]
  /** How often they were to be asked in. Whoever is asked in twice is told of whatever is wanted. */
  readonly invited?: number
  /** Anything else, by the stored field's own name. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export interface StoredPerson extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly userName: string
  readonly status: string
}

export interface MadeCall {
  readonly seq: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly userId?: string
}

/** What the control API shows at one moment. */
export interface Truth {
  readonly people: readonly StoredPerson[]
  readonly names: {
    readonly teams: ReadonlyMap<string, string>
    readonly authenticators: ReadonlyMap<string, string>
    readonly roles: ReadonlyMap<string, string>
  }
  /** What people hold in the other half, by user id; nothing where the simulator shows none of it. */
  readonly held: ReadonlyMap<string, Held>
  readonly mails: readonly { readonly kind: string; readonly userId: string }[]
  /** All since the simulator was started or reset, oldest first. */
  readonly calls: readonly MadeCall[]
}

export interface Held {
  /** May work there. */
  readonly active: boolean
  readonly skills: Readonly<Record<string, number>>
  readonly groups: readonly string[]
  /** What that half alone knows of them. */
  readonly settings: Readonly<Record<string, unknown>>
}

export interface Question {
  readonly before: Truth
  readonly after: Truth
  readonly wanted: readonly Wanted[]
  /** Ids of people whom nobody may write to. */
  readonly untouchable?: readonly string[]
  /** Stored fields that may differ afterwards, of people who are wanted. */
  readonly owned?: readonly string[]
}

export interface Judgement {
  /** One sentence each; none where all is well. */
  readonly wrong: readonly string[]
  /** Calls about each person who is wanted, by userName. */
  readonly calls: Readonly<Record<string, number>>
  /** All calls, sign-ins and searches among them, for each person who is wanted. */
  readonly callsPerPerson: number
}

/** What changes with names, role and team, and with the status: the writer did not choose these fields one by one. */
const NAMES = ['userName', 'firstName', 'lastName', 'fullName', 'emailAddress', 'mobileNumber', 'timeZone']
const OWNED = [...NAMES, 'role', 'roleUUID', 'secondaryRoleIds', 'teamId', 'loginAuthenticatorId', 'groupIds']
const OWNED_SETTINGS = ['internalId', 'country', 'city', 'reportToId']
const WITH_STATUS = ['status', 'deletedDate', 'activatedOnce', 'invitedOnce', 'invitationExpired']

export function judge(question: Question): Judgement {
  const { before, after, wanted } = question
  const wrong = [
    ...wanted.flatMap((want) => differences(want, question)),
    ...doubled(after),
    ...lostOrUnwanted(question),
    ...foreignFields(question),
    ...mailed(question),
    ...touched(question),
  ]
  const calls = after.calls.slice(before.calls.length)
  const of = ({ userName }: Wanted): [string, number] => {
    const ids = new Set(named(after, userName).map(({ id }) => id))
    return [userName, calls.filter(({ userId }) => userId !== undefined && ids.has(userId)).length]
  }
  return {
    wrong,
    calls: Object.fromEntries(wanted.map(of)),
    callsPerPerson: wanted.length === 0 ? 0 : calls.length / wanted.length,
  }
}

const named = ({ people }: Truth, userName: string): readonly StoredPerson[] =>
  people.filter((person) => person.userName.toLowerCase() === userName.toLowerCase())

const works = ({ status }: StoredPerson): boolean => status !== 'DELETED'

/** Where somebody who is wanted is not as wanted. */
function differences(want: Wanted, question: Question): readonly string[] {
  const { after } = question
  const [person] = named(after, want.userName)
  if (person === undefined) return want.active ? [`${want.userName} is lost: nobody has that name`] : []
  if (works(person) !== want.active)
    return [`${want.userName} is ${person.status}, wanted ${want.active ? 'active' : 'inactive'}`]
  const held = after.held.get(person.id)
  if (!want.active) return held?.active === true ? [`${want.userName} has left, and is active in the other half`] : []
  const seen: readonly (readonly [string, unknown, unknown])[] = [
    ['first name', want.givenName, person['firstName']],
    ['last name', want.familyName, person['lastName']],
    ['e-mail', want.email, person['emailAddress']],
    ['role', want.role, person['role']],
    ['team', want.team, after.names.teams.get(String(person['teamId']))],
    ['authenticator', want.authenticator, after.names.authenticators.get(String(person['loginAuthenticatorId']))],
    ['skills', want.skills && sortedKeys(want.skills), held && sortedKeys(held.skills)],
    ['groups', want.groups?.toSorted(), held?.groups.toSorted()],
    ['further roles', want.roles?.toSorted(), furtherRoles(person, after)],
    ['invitations', want.invited, invitations(question).get(person.id) ?? 0],
    ...Object.entries(want.fields ?? {}).map(([field, wanted]) => [field, wanted, person[field]] as const),
  ]
  return seen.flatMap(([what, wanted, is]) =>
    wanted === undefined || same(wanted, is)
      ? []
      : [`${want.userName} has ${what} ${JSON.stringify(is)}, wanted ${JSON.stringify(wanted)}`],
  )
}

const furtherRoles = (person: StoredPerson, { names }: Truth): readonly string[] =>
  (Array.isArray(person['secondaryRoleIds']) ? person['secondaryRoleIds'] : [])
    .map((id) => names.roles.get(String(id)) ?? String(id))
    .toSorted()

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

const sortedKeys = (values: Readonly<Record<string, number>>): readonly (readonly [string, number])[] =>
  Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1))

function doubled({ people }: Truth): readonly string[] {
  const count = new Map<string, number>()
  for (const { userName } of people) count.set(userName.toLowerCase(), (count.get(userName.toLowerCase()) ?? 0) + 1)
  return [...count].flatMap(([userName, times]) => (times > 1 ? [`${userName} is there ${times} times`] : []))
}

/** Who was there is there still, and whoever is new was wanted. */
function lostOrUnwanted({ before, after, wanted }: Question): readonly string[] {
  const ids = new Set(after.people.map(({ id }) => id))
  const known = new Set(before.people.map(({ id }) => id))
  const names = new Set(wanted.map(({ userName }) => userName.toLowerCase()))
  return [
    ...before.people.filter(({ id }) => !ids.has(id)).map(({ userName }) => `${userName} was there before and is gone`),
    ...after.people
      .filter(({ id, userName }) => !known.has(id) && !names.has(userName.toLowerCase()))
      .map(({ userName }) => `${userName} was made and nobody wanted them`),
  ]
}

/** What nobody owns is byte-equal to before: everything of bystanders, and most of those who are wanted. */
function foreignFields(question: Question): readonly string[] {
  const { before, after, wanted, owned = [...OWNED, ...OWNED_SETTINGS] } = question
  const names = new Set(wanted.flatMap(({ userName, was = userName }) => [userName, was]).map((it) => it.toLowerCase()))
  const later = new Map(after.people.map((person) => [person.id, person]))
  const free = new Set([...owned, ...WITH_STATUS, 'skills', 'groups'])
  return before.people.flatMap((person) => {
    const now = later.get(person.id)
    if (now === undefined) return []
    const isWanted = names.has(person.userName.toLowerCase())
    const [was, is] = [allOf(person, before), allOf(now, after)]
    return [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .filter((field) => !(isWanted && free.has(field)) && !same(was[field], is[field]))
      .map((field) => `${person.userName}: ${field} was ${JSON.stringify(was[field])}, is ${JSON.stringify(is[field])}`)
  })
}

/** Both halves of somebody. */
function allOf(person: StoredPerson, { held }: Truth): Readonly<Record<string, unknown>> {
  const { skills, groups, settings } = held.get(person.id) ?? {}
  return { ...person, ...settings, skills: skills && sortedKeys(skills), groups: groups?.toSorted() }
}

/** Nobody is invited twice, and nobody gets any other mail. */
function mailed(question: Question): readonly string[] {
  const { after } = question
  const others = mailsSince(question).filter(({ kind }) => kind !== 'invite')
  return [
    ...others.map(({ kind, userId }) => `${nameOf(after, userId)} got a mail of kind ${kind}`),
    ...[...invitations(question)].flatMap(([userId, times]) =>
      times > 1 ? [`${nameOf(after, userId)} was invited ${times} times`] : [],
    ),
  ]
}

const mailsSince = ({ before, after }: Question): Truth['mails'] => after.mails.slice(before.mails.length)

/** How often everybody was asked in, by user id. */
function invitations(question: Question): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const { kind, userId } of mailsSince(question))
    if (kind === 'invite') times.set(userId, (times.get(userId) ?? 0) + 1)
  return times
}

function touched({ before, after, untouchable = [] }: Question): readonly string[] {
  const seq = before.calls.at(-1)?.seq ?? 0
  return after.calls
    .filter((call) => call.seq > seq && isWrite(call) && untouchable.includes(call.userId ?? ''))
    .map(({ method, path, userId = '' }) => `${nameOf(after, userId)} is untouchable, and there was ${method} ${path}`)
}

const isWrite = ({ method, path }: MadeCall): boolean => method !== 'GET' && !/\/search$/i.test(path)

const nameOf = ({ people }: Truth, userId: string): string =>
  people.find(({ id }) => id === userId)?.userName ?? `nobody (${userId})`
