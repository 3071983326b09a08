/**
 * Checks of accounts that Rollcall does not give to who asks: what the provider hears, what happens to the account, and
 * what Rollcall says of it.
 * Decides what counts as right; must not read, wait or print anything.
 */
import type { Person } from '../../sim/idp/people.ts'
import { nameOf } from './cast.ts'
import { accountsOf, beliefOf, changedFields, same, type Around, type Check } from './check.ts'
import { NAMES, type ProviderId } from './providers.ts'

/** Who asked for whose account. */
export interface Claim {
  readonly from: ProviderId
  readonly person: Person
  /** Words of the reason. */
  readonly because: string
}

/** Refused with 409, in no read of the provider, and the account is as it was before this act. */
export function refused({ before, after, pushes, beliefs }: Around, { from, person, because }: Claim): Check {
  const { userName } = person
  const push = pushes.findLast((one) => one.from === from && same(one.userName, userName))
  const changed = changedFields(accountsOf(before, userName)[0], accountsOf(after, userName)[0])
  const { id } = beliefOf(beliefs, person) ?? {}
  const isThere = id !== undefined || after.rollcall.users.some((user) => isUserOf(from, user, userName))
  const heard =
    push === undefined
      ? 'nothing was pushed'
      : push.conflict === undefined
        ? (push.complaints[0] ?? 'no refusal')
        : push.conflict.includes(because)
          ? '409'
          : `409 for another reason: ${push.conflict}`
  const account = changed.length === 0 ? 'account untouched' : `account changed: ${changed.join(', ')}`
  return {
    what: `${NAMES[from]} asks for ${nameOf(person)}`,
    expected: '409, account untouched',
    found: `${heard}, ${account}${isThere ? ', yet Rollcall has the user' : ''}`,
    ok: heard === '409' && changed.length === 0 && !isThere,
  }
}

const isUserOf = (from: ProviderId, user: Around['after']['rollcall']['users'][number], userName: string): boolean =>
  user.connection === from && same(user.userName, userName)

/** What `rollcall link list` shows of it. */
export function disputed({ after }: Around, { from, person, because }: Claim): Check {
  const link = linkOf(after, { from, person })
  return {
    what: 'what Rollcall says of it',
    expected: `disputed: ${because}`,
    found: link === undefined ? 'no dispute' : `disputed: ${shortly(link.why)}`,
    ok: link?.why?.includes(because) === true,
  }
}

const linkOf = ({ rollcall }: Around['after'], { from, person }: Pick<Claim, 'from' | 'person'>) =>
  rollcall.links.find(
    ({ state, connection, userName }) => state === 'disputed' && connection === from && same(userName, person.userName),
  )

/** Without the account's name at its beginning, which is the person's. */
const shortly = (why: string | null): string => (why ?? 'no reason').replace(/^the account \S+ /, '')

/** What waits for a person is an item of the app, with how many wait for it. */
export function openItem({ after }: Around, kind: string, waiting: number): Check {
  const item = after.rollcall.app.openItems.find((one) => one.kind === kind)
  return {
    what: 'open items of CXone',
    expected: `${kind}: ${waiting} for somebody to decide`,
    found: item === undefined ? 'none' : `${item.kind}: ${item.waiting} for somebody to decide`,
    ok: item?.waiting === waiting,
  }
}

/** What is left for somebody to decide is what is named here, and no more. */
export function onlyDisputes({ after }: Around, claims: readonly Claim[]): Check {
  const open = after.rollcall.links.filter(({ state }) => state === 'disputed')
  const missing = claims.filter((claim) => linkOf(after, claim) === undefined)
  const strange = open.filter(
    (link) => !claims.some(({ from, person }) => link.connection === from && same(link.userName, person.userName)),
  )
  const wrong = [
    ...missing.map(({ person }) => `${nameOf(person)} is not among them`),
    ...strange.map(({ userName }) => `${userName} is too`),
  ]
  return {
    what: 'what somebody may decide',
    expected: claims.map(({ from, person }) => `${nameOf(person)} (${NAMES[from]})`).join(', '),
    found: [`${open.length} disputed`, ...wrong].join('; '),
    ok: wrong.length === 0,
  }
}
