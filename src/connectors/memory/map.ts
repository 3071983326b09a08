/**
 * Between the directory's records and accounts.
 * Decides what the directory can hold and in which form; must not call the directory.
 */
import type { Account, AccountAttributes, AttributeName } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import { ConnectorError, type CatalogueEntry } from '../contract.ts'
import type { MemoryRecord } from './target.ts'

export const HOLDS = [
  'userName',
  'givenName',
  'familyName',
  'middleName',
  'displayName',
  'email',
  'mobile',
  'timeZone',
  'title',
  'department',
  'employeeNumber',
  'role',
  'team',
] as const satisfies readonly AttributeName[]

/** An empty text and no text are one thing here. */
export const canonical = (want: AccountAttributes): AccountAttributes =>
  Object.fromEntries(
    HOLDS.filter((name) => want[name] !== undefined).map((name) => [name, want[name] === '' ? null : want[name]]),
  )

export const accountOf = ({ id, state, attributes, createdAt }: MemoryRecord): Account => ({
  id,
  state,
  attributes,
  createdAt,
})

/** The wanted entry as an id. Throws `unknown-role` or `unknown-team` with the names there are. */
export function idOf(kind: 'role' | 'team', wanted: string, entries: readonly CatalogueEntry[]): string {
  const known = entries.filter((entry) => entry.active)
  const found =
    known.find(({ id }) => id === wanted) ?? known.find(({ name }) => userNameKey(name) === userNameKey(wanted))
  if (found !== undefined) return found.id
  const names = known.map(({ name }) => name).join(', ')
  throw new ConnectorError({
    code: kind === 'role' ? 'unknown-role' : 'unknown-team',
    retry: 'later',
    about: wanted,
    detail: `There is no ${kind} "${wanted}" in the directory. It knows: ${names}.`,
  })
}
