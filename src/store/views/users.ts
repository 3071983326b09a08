/**
 * Lists and searches of identities.
 * Decides order, paging and totals; must not change anything.
 */
import type { Queryable } from '../db.ts'
import { USER_COLUMNS, userFromRow, type StoredUser, type UserRow, type World } from '../users.ts'

export { readUser, type StoredUser } from '../users.ts'

export interface UserPage {
  readonly total: number
  readonly users: readonly StoredUser[]
}

/** A condition on identities, as SQL with its values numbered from $3. */
export interface UserCondition {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** Live identities in order of creation, which is the same every time. `offset` from 0. */
export async function listUsers(
  db: Queryable,
  world: World,
  page: { readonly offset: number; readonly limit: number; readonly where?: UserCondition },
): Promise<UserPage> {
  const values = [world.tenant, world.connection, ...(page.where?.values ?? [])]
  const where = `identity.tenant_id = $1 and identity.connection_id = $2 and identity.deleted_at is null and not identity.undecided${page.where ? ` and ${page.where.sql}` : ''}`
  const users = page.limit === 0 ? [] : await listRows(db, { where, values }, page)
  const exact = users.length < page.limit && (users.length > 0 || page.offset === 0) && page.limit > 0
  const total = exact ? page.offset + users.length : await countRows(db, { where, values })
  return { total, users }
}

interface Where {
  readonly where: string
  readonly values: readonly unknown[]
}

async function listRows(
  db: Queryable,
  { where, values }: Where,
  page: { offset: number; limit: number },
): Promise<StoredUser[]> {
  const { rows } = await db.query<UserRow>(
    `select ${USER_COLUMNS} from identity where ${where} order by identity.seq offset $${values.length + 1} limit $${values.length + 2}`,
    [...values, page.offset, page.limit],
  )
  return rows.map(userFromRow)
}

async function countRows(db: Queryable, { where, values }: Where): Promise<number> {
  const { rows } = await db.query<{ total: number }>(`select count(*) as total from identity where ${where}`, [
    ...values,
  ])
  return rows[0]?.total ?? 0
}
