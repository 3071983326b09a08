/**
 * Who plays which part: newcomers, agents whom CXone has already, a supervisor, somebody in two providers, leavers.
 * Decides it from what CXone holds when the demo begins, so that no seeded name stands anywhere; must not act.
 */
import { people, type Person } from '../../sim/idp/people.ts'
import { everybody, PROVIDER_IDS, type Groups, type ProviderId } from './providers.ts'
import { DEFAULTS } from './parts.ts'
import { REGIONAL, regionsFrom, type Regions } from './regions.ts'
import type { CxoneUser, Scene } from './scene.ts'

type ByProvider<T> = Readonly<Record<ProviderId, T>>

interface Company {
  readonly domain: string
  readonly seed: number
  /** Whom CXone does not know. */
  readonly newcomers: number
  /** Who is an agent there already. */
  readonly agents: number
}

const COMPANIES: ByProvider<Company> = {
  okta: { domain: 'acme.test', seed: 1, newcomers: 8, agents: 3 },
  entra: { domain: 'birchline.test', seed: 2, newcomers: 6, agents: 2 },
  onelogin: { domain: 'cedar.test', seed: 3, newcomers: 3, agents: 1 },
}

/** Beyond them, Okta has the supervisor and OneLogin the person of both. */
export const SIZES: ByProvider<number> = { okta: 12, entra: 8, onelogin: 5 }

export interface Cast {
  /** No account of theirs is in CXone. */
  readonly newcomers: ByProvider<readonly Person[]>
  /** Active agents in CXone, whom a provider names exactly as CXone does. */
  readonly agents: ByProvider<readonly Person[]>
  /** Pushed by Okta; a supervisor in CXone. */
  readonly supervisor: Person
  /** One human: as Okta knows them, who is first, and as OneLogin does. */
  readonly shared: { readonly owner: Person; readonly other: Person }
  readonly promoted: Groups
  /** Whom somebody in CXone moves to the other team by hand; one of them was an agent before. */
  readonly moved: Groups
  readonly team: { readonly id: string; readonly name: string }
  readonly renamed: Person
  readonly callersWhileThrottled: Groups
  readonly callersWhileDown: Groups
  /** One of them was an agent before. */
  readonly leavers: Groups
  /** One of the leavers, of Okta. */
  readonly returning: Person
  /** One of the leavers, of Entra ID, and another human who gets the same user name later. */
  readonly recycled: { readonly leaver: Person; readonly stranger: Person }
  /** Pushed by Okta in the end; CXone knows them in no region. */
  readonly regions: Regions
}

export const nameOf = ({ givenName, familyName }: Person): string => `${givenName} ${familyName}`

/** Throws where CXone does not hold who is needed, which its seed sees to. */
export function castFrom({ users, teams }: Scene['cxone']): Cast {
  const agents = users.filter(isPlainAgent).values()
  const supervisor = users.find((user) => user.status === 'ACTIVE' && user['role'] === 'Supervisor')
  const team = teams.find(({ name, status }) => status === 'ACTIVE' && name !== DEFAULTS.team)
  if (supervisor === undefined || team === undefined) throw new Error('CXone has no supervisor or no second team.')
  const staff = {
    okta: company('okta', agents),
    entra: company('entra', agents),
    onelogin: company('onelogin', agents),
  }
  return { ...parts(staff), supervisor: asInCxone(spare(staff.okta), supervisor), team }
}

/** Everybody who has an account in CXone through a provider in the end. */
export const accountHolders = ({ newcomers, agents }: Cast): readonly Person[] => [
  ...everybody(newcomers),
  ...everybody(agents),
]

interface Staff {
  readonly newcomers: readonly Person[]
  readonly agents: readonly Person[]
  /** Not pushed at first. */
  readonly spare: readonly Person[]
}

const SPARE = 4

/** Its own people with their own names, and agents of CXone under the names they have there. */
function company(id: ProviderId, inCxone: Iterator<CxoneUser, undefined>): Staff {
  const { domain, seed, newcomers, agents } = COMPANIES[id]
  const all = people({ count: newcomers + agents + SPARE + REGIONAL, seed, domain })
  // OneLogin's template has no telephone, so nobody of its people has one to be compared.
  const staff = id === 'onelogin' ? all.map(withoutPhone) : all
  const known = staff.slice(newcomers, newcomers + agents).map((person) => asInCxone(person, next(inCxone)))
  return { newcomers: staff.slice(0, newcomers), agents: known, spare: staff.slice(newcomers + agents) }
}

function next(users: Iterator<CxoneUser, undefined>): CxoneUser {
  const { value } = users.next()
  if (value === undefined) throw new Error('CXone has too few agents for the demo.')
  return value
}

const isPlainAgent = (user: CxoneUser): boolean =>
  user.status === 'ACTIVE' && user['role'] === DEFAULTS.role && user['emailToBeVerified'] === null

/** The same user name and names as in CXone; what else the provider says of them is its own. */
function asInCxone(person: Person, user: CxoneUser): Person {
  const givenName = String(user['firstName'])
  const familyName = String(user['lastName'])
  const { userName } = user
  return { ...person, userName, givenName, familyName, displayName: `${givenName} ${familyName}`, email: userName }
}

const withoutPhone = ({ mobilePhone: _phone, ...person }: Person): Person => person

function spare({ spare: [first] }: Staff): Person {
  if (first === undefined) throw new Error('the company has nobody left')
  return first
}

function parts(staff: ByProvider<Staff>): Omit<Cast, 'supervisor' | 'team'> {
  const newcomers = {
    okta: staff.okta.newcomers,
    entra: staff.entra.newcomers,
    onelogin: staff.onelogin.newcomers,
  }
  const agents = { okta: staff.okta.agents, entra: staff.entra.agents, onelogin: staff.onelogin.agents }
  const at = (persons: readonly Person[], index: number): Person => {
    const person = persons[index]
    if (person === undefined) throw new Error(`there are only ${persons.length} of them`)
    return person
  }
  const { okta, entra, onelogin } = newcomers
  const owner = at(okta, 0)
  const leaver = at(entra, 5)
  return {
    newcomers,
    agents,
    shared: { owner, other: { ...withoutPhone(owner), key: spare(staff.onelogin).key } },
    promoted: { okta: okta.slice(0, 2), entra: entra.slice(0, 2), onelogin: onelogin.slice(0, 2) },
    moved: { okta: agents.okta.slice(0, 1), entra: entra.slice(0, 1) },
    renamed: at(okta, 1),
    callersWhileThrottled: { okta: okta.slice(2, 3), entra: entra.slice(1, 2) },
    callersWhileDown: { okta: okta.slice(3, 5), entra: entra.slice(2, 3) },
    leavers: {
      okta: okta.slice(6, 8),
      entra: [...agents.entra.slice(0, 1), leaver],
      onelogin: onelogin.slice(2, 3),
    },
    regions: regionsFrom(staff.okta.spare.slice(SPARE)),
    returning: at(okta, 7),
    recycled: { leaver, stranger: strangerTo(leaver, staff.entra.spare) },
  }
}

/** Of these the first who shares neither name with the leaver, under the leaver's user name and address. */
function strangerTo(leaver: Person, others: readonly Person[]): Person {
  const stranger = others.find(
    ({ givenName, familyName }) => givenName !== leaver.givenName && familyName !== leaver.familyName,
  )
  if (stranger === undefined) throw new Error('everybody left is called like the leaver')
  return { ...stranger, userName: leaver.userName, email: leaver.email }
}

/** All whom a provider pushes at first. */
export function pushedBy(cast: Cast, id: ProviderId): readonly Person[] {
  const more: Groups = { okta: [cast.supervisor], onelogin: [cast.shared.other] }
  return [...cast.newcomers[id], ...cast.agents[id], ...(more[id] ?? [])]
}

export const PUSHED_IN_ALL = PROVIDER_IDS.reduce((sum, id) => sum + SIZES[id], 0)
