/**
 * Compares what a provider was told with what SCIM and CXone hold in the end, person by person and field by field.
 * Decides what counts as a broken promise; must not change anything.
 */
import type { RawUser } from '../support/cxone.ts'
import { differences, FIELDS, inWords, isState, type Known, type Person, type State } from './person.ts'

export interface Ending {
  readonly person: Person
  /** What SCIM says now. */
  readonly scim: Known
}

/** What is wrong about one person, in sentences; nothing if every promise was kept. */
export function judge({ person, scim }: Ending, accounts: readonly RawUser[]): string[] {
  return [...judgeScim(person, scim), ...judgeAccounts(person, scim, accounts)]
}

/** Acknowledged: as it was last committed. Unacknowledged: as before or as pushed, nothing between. */
function judgeScim(person: Person, scim: Known): string[] {
  const allowed = person.open === undefined ? [person.committed] : [person.committed, person.open]
  if (allowed.some((known) => differences(known, scim).length === 0)) return []
  return allowed.map((known) => `SCIM: ${differences(known, scim).join(', ')}`)
}

function judgeAccounts(person: Person, scim: Known, accounts: readonly RawUser[]): string[] {
  if (accounts.length > 1) {
    return [
      `CXone has ${accounts.length} accounts: ${accounts.map(({ id, userName }) => `${id} ${userName}`).join(', ')}`,
    ]
  }
  const [account] = accounts
  // Never active means never an account; who was disabled before the first delivery may have none.
  if (account === undefined) return isState(scim) && scim.active ? [`CXone has no account for ${inWords(scim)}`] : []
  const committed = [...person.states, ...(isState(scim) ? [scim] : [])]
  if (!committed.some(({ active }) => active)) return [`CXone has account ${account.id}, which nobody ever asked for`]
  const seen = accountState(account)
  if (isState(scim) && scim.active) return differences(scim, seen).map((difference) => `CXone ${difference}`)
  if (seen.active) return [`CXone has an ${account.status} account for somebody who is ${inWords(scim)}`]
  // A disabled account keeps what it had, which must have been committed at some time.
  return FIELDS.filter((field) => field !== 'active' && !committed.some((state) => state[field] === seen[field])).map(
    (field) => `CXone ${field}: ${String(seen[field])} was never committed`,
  )
}

const accountState = (account: RawUser): State => ({
  userName: account.userName,
  givenName: String(account['firstName']),
  familyName: String(account['lastName']),
  timezone: String(account['timeZone']),
  active: account.status !== 'DELETED',
})
