/**
 * Lists and searches of groups.
 * Decides order, paging and totals; must not read members, nor change anything.
 */
import type { Queryable } from '../db.ts'
import { GROUP_COLUMNS, groupFromRow, type GroupRow, type StoredGroup } from '../groups.ts'
import type { World } from '../users.ts'

export { readGroup, type StoredGroup } from '../groups.ts'

export interface GroupPage {
  readonly total: number
  readonly groups: readonly StoredGroup[]
}

/** A condition on groups, as SQL with its values numbered from $3. */
export interface GroupCondition {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** Live groups in order of creation, which is the same every time. `offset` from 0. */
export async function listGroups(
  db: Queryable,
  world: World,
  page: { readonly offset: number; readonly limit: number; readonly where?: GroupCondition },
): Promise<GroupPage> {
  const values = [world.tenant, world.connection, ...(page.where?.values ?? [])]
  const where = `scim_group.tenant_id = $1 and scim_group.connection_id = $2 and scim_group.deleted_at is null${page.where ? ` and ${page.where.sql}` : ''}`
  const groups = page.limit === 0 ? [] : await listRows(db, { where, values }, page)
  const exact = groups.length < page.limit && (groups.length > 0 || page.offset === 0) && page.limit > 0
  const total = exact ? page.offset + groups.length : await countRows(db, { where, values })
  return { total, groups }
}

interface Where {
  readonly where: string
  readonly values: readonly unknown[]
}

async function listRows(
  db: Queryable,
  { where, values }: Where,
  page: { offset: number; limit: number },
): Promise<StoredGroup[]> {
  const { rows } = await db.query<GroupRow>(
    `select ${GROUP_COLUMNS} from scim_group where ${where} order by scim_group.seq offset $${values.length + 1} limit $${values.length + 2}`,
    [...values, page.offset, page.limit],
  )
  return rows.map(groupFromRow)
}

async function countRows(db: Queryable, { where, values }: Where): Promise<number> {
  const { rows } = await db.query<{ total: number }>(`select count(*) as total from scim_group where ${where}`, [
    ...values,
  ])
  return rows[0]?.total ?? 0
}
