/**
 * Between the directory's records and accounts.
 * Decides what the directory can hold and in which form; must not call the directory.
 */
import type { Account, AccountAttributes, AttributeName, Grants } from '../../identity/account.ts'
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
  'federatedId',
  'loginAuthenticator',
  'reportsTo',
  'country',
  'city',
  'hireDate',
  'licence',
] as const satisfies readonly AttributeName[]

/** An empty text and no text are one thing here. */
export const canonical = (want: AccountAttributes): AccountAttributes =>
  Object.fromEntries(
    HOLDS.filter((name) => want[name] !== undefined).map((name) => [name, want[name] === '' ? null : want[name]]),
  )

/** `whole`: with what it holds. All its roles are said in any case, since who has a privileged one is protected. */
export function accountOf({ id, state, attributes, createdAt, grants }: MemoryRecord, whole = false): Account {
  const { role } = attributes
  const further = (grants?.role ?? []).filter((grant) => grant.id !== role)
  const held: Grants = { ...grants, role: further }
  return {
    id,
    state,
    attributes,
    ...(further.length === 0 ? {} : { roles: [...(role == null ? [] : [role]), ...further.map((grant) => grant.id)] }),
    ...(whole && grants !== undefined ? { grants: held } : {}),
    createdAt,
  }
}
