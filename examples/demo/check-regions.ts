/**
 * Checks of two business units that are fed through one SCIM address: who is in which, with exactly what, and what Rollcall
 * said of it before.
 * Decides what counts as right; must not read, wait or print anything.
 */
import type { Difference } from '../../src/contract/difference.ts'
import type { PolicyTestAnswer } from '../../src/contract/policy.ts'
import { nameOf } from './cast.ts'
import { counted, each, isWrite, same, shown, toldOf, type Around, type Check } from './check.ts'
import { equipmentOf, type Equipment, type Placed, type RegionId } from './regions.ts'
import type { CxoneScene, CxoneUser, Scene } from './scene.ts'

const centreOf = (scene: Scene, region: RegionId): CxoneScene => (region === 'na1' ? scene.cxone : scene.eu1.cxone)
const other = (region: RegionId): RegionId => (region === 'na1' ? 'eu1' : 'na1')
const accountsIn = (centre: CxoneScene, userName: string): readonly CxoneUser[] =>
  centre.users.filter((user) => same(user.userName, userName))

/** In their region once, as pushed and with all that the policy gives; in the other not at all. */
export function placed({ after, beliefs }: Around, people: readonly Placed[], what: string): Check {
  const expected = `${counted(people.length, 'person')}, each there only, with exactly what the policy gives`
  return each({ what, expected }, people, (one) => {
    const { userName, givenName, familyName, email } = toldOf(beliefs, one.person)
    const centre = centreOf(after, one.region)
    const accounts = accountsIn(centre, userName)
    const [account] = accounts
    if (account === undefined) return `${userName} is not in ${one.region}`
    if (accounts.length > 1) return `${userName} is ${accounts.length} times in ${one.region}`
    const elsewhere = accountsIn(centreOf(after, other(one.region)), userName)
    if (elsewhere.some(({ status }) => status !== 'DELETED')) return `${userName} is in ${other(one.region)} too`
    const record = { firstName: givenName, lastName: familyName, emailAddress: email }
    const odd = Object.entries(record).find(([field, wanted]) => account[field] !== wanted)
    if (odd !== undefined) return `${userName}: ${odd[0]} is ${shown(account[odd[0]])}, not ${shown(odd[1])}`
    if (account.status === 'DELETED') return `${userName} is disabled`
    return departure(equipmentOf(one), equipmentIn(centre, account), userName)
  })
}

function departure(wanted: Equipment, found: Equipment, userName: string): string | undefined {
  const keys = ['role', 'team', 'skills', 'groups', 'authenticator'] as const
  const odd = keys.find((key) => inOrder(wanted[key]) !== inOrder(found[key]))
  return odd === undefined ? undefined : `${userName}: ${odd} ${inOrder(found[odd])}, not ${inOrder(wanted[odd])}`
}

/** The same text for the same things in another order. */
function inOrder(value: Equipment[keyof Equipment]): string {
  if (typeof value === 'string') return value
  const names = Object.entries(value).map(([key, one]) => (Array.isArray(value) ? String(one) : `${key} ${one}`))
  return names.length === 0 ? 'none' : names.toSorted().join(', ')
}

/** By the state of the simulator, both halves of it. */
function equipmentIn({ teams, authenticators, agents, skills, groups }: CxoneScene, account: CxoneUser): Equipment {
  const agent = agents.find(({ userId }) => userId === account.id)
  const skillName = (id: number): string => skills.find(({ skillId }) => skillId === id)?.skillName ?? String(id)
  const held = (agent?.skills ?? []).map(({ skillId, proficiency, isActive }) => [
    `${skillName(skillId)}${isActive ? '' : ' (inactive)'}`,
    proficiency,
  ])
  return {
    role: String(account['role']),
    team: teams.find(({ id }) => id === account['teamId'])?.name ?? 'none',
    skills: Object.fromEntries(held) as Record<string, number>,
    groups: (agent?.groups ?? []).map((id) => groups.find(({ groupId }) => groupId === id)?.groupName ?? String(id)),
    authenticator: authenticators.find(({ id }) => id === account['loginAuthenticatorId'])?.name ?? 'none',
  }
}

/** The whole of eu1 is as it was: the app is only observed. */
export function eu1Untouched({ before, after }: Around): Check {
  const last = before.eu1.cxone.calls.at(-1)?.seq ?? 0
  const calls = after.eu1.cxone.calls.filter(({ seq }) => seq > last)
  const writes = calls.filter(isWrite).length
  const isSame = JSON.stringify(before.eu1.cxone.users) === JSON.stringify(after.eu1.cxone.users)
  return {
    what: 'eu1, which is only observed',
    expected: '0 writes, nothing changes there',
    found: `${counted(writes, 'write')}, ${isSame ? 'nothing changed' : 'people there have changed'}`,
    ok: writes === 0 && isSame,
  }
}

/** What was shown before it was done. */
export function difference({ difference: seen }: Around, creations: number): Check {
  const row = { what: 'what enforcing eu1 would do', expected: `${creations} create; 0 e-mails; the app read whole` }
  if (seen === undefined) return { ...row, found: 'nothing was shown', ok: false }
  const { numbers, verdict } = seen
  const kinds = Object.entries(numbers?.kinds ?? {}).filter(([, people]) => people > 0)
  const told = kinds.map(([kind, people]) => `${people} ${kind}`).join(', ')
  return {
    ...row,
    found: `${told}; ${counted(numbers?.mails ?? 0, 'e-mail')}; the app read ${verdict ?? 'not at all'}`,
    ok: isSo(seen, creations),
  }
}

const isSo = ({ numbers, verdict }: Difference, creations: number): boolean =>
  verdict === 'whole' &&
  numbers?.mails === 0 &&
  numbers.kinds.create === creations &&
  (numbers.kinds.deactivate ?? 0) === 0 &&
  (numbers.kinds.refused ?? 0) === 0 &&
  (numbers.kinds.waiting ?? 0) === 0

/** What `rollcall policy test` says of somebody who has all of it already. */
export function explained({ tested }: Around, { groups }: Placed): Check {
  const row = {
    what: 'what `policy test` says',
    expected: `an account, ${groups.length + 1} rules match, nothing would change`,
  }
  if (tested === undefined) return { ...row, found: 'nothing was asked', ok: false }
  const matching = tested.rules.filter(({ matched }) => matched).length
  const { kind } = tested.decision
  return {
    ...row,
    found: `${kind === 'account' ? 'an account' : kind}, ${matching} rules match, ${changes(tested)}`,
    ok: kind === 'account' && matching === groups.length + 1 && tested.target.state === 'read' && isEmpty(tested),
  }
}

const isEmpty = ({ diff }: PolicyTestAnswer): boolean => diff.length === 0
const changes = ({ diff, target }: PolicyTestAnswer): string => {
  if (target.state !== 'read') return 'the account was not looked at'
  return diff.length === 0 ? 'nothing would change' : `${diff.map(({ change }) => change).join(', ')} would be done`
}

/** The account that somebody leaves behind in a region: there, disabled, and the one of before. */
export function leftBehind({ before, after }: Around, { person, region }: Placed): Check {
  const [was] = accountsIn(centreOf(before, region), person.userName)
  const [is] = accountsIn(centreOf(after, region), person.userName)
  const kept = is?.id === was?.id ? 'the same account' : 'another account'
  return {
    what: `${nameOf(person)} in ${region}`,
    expected: 'DELETED, the same account',
    found: is === undefined ? 'not there' : `${is.status}, ${kept}`,
    ok: was !== undefined && is?.id === was.id && is.status === 'DELETED',
  }
}

/** Of eu1: who was there before is byte for byte as before, and beside them are these. */
export function eu1Otherwise({ first, after }: Around, people: readonly Placed[]): Check {
  const records = new Map(after.eu1.cxone.users.map((user) => [user.id, JSON.stringify(user)]))
  const { users } = first.eu1.cxone
  const changed = users.filter((user) => records.get(user.id) !== JSON.stringify(user))
  const wanted = users.length + people.length
  return {
    what: 'people in eu1 in all',
    expected: `${wanted} = ${users.length} as before + ${people.length} new`,
    found: `${records.size}, ${changed.length === 0 ? 'those of before unchanged' : `${changed.length} changed`}`,
    ok: changed.length === 0 && records.size === wanted,
  }
}
