/**
 * Lists and searches of identities.
 * Decides who is in a list at all; must not change anything.
 */
import type { ResourceType } from '../../scim/schema/resource-type.ts'
import type { Queryable } from '../db.ts'
import { USER_COLUMNS, userFromRow, type StoredUser, type UserRow, type World } from '../users.ts'
import { listResources, type ListRequest, type ListSource, type Position } from './resource-list.ts'
import { userColumns } from './user-filter.ts'
import { groupRows } from './user-groups.ts'

export { readUser, type StoredUser } from '../users.ts'

export interface UserPage {
  readonly total: number
  readonly users: readonly StoredUser[]
  readonly next: Position | undefined
}

export interface UserList extends ListRequest {
  /** With the tenant's extensions; without it, those of RFC 7643. */
  readonly type?: ResourceType
  /** What `meta.location` begins with, for filters on it. */
  readonly baseUrl?: string
}

/** Where the live identities of one world are. */
export function userSource(world: World, { type, baseUrl }: Pick<UserList, 'type' | 'baseUrl'>): ListSource {
  const columns = userColumns({ world, type, baseUrl })
  return {
    columns: { ...columns, elements: { ...columns.elements, groups: () => groupRows(world, baseUrl ?? '') } },
    table: 'identity',
    select: USER_COLUMNS,
    where: (bind) =>
      `identity.tenant_id = ${bind(world.tenant)} and identity.connection_id = ${bind(world.connection)} and identity.deleted_at is null and not identity.undecided`,
  }
}

/** Live identities of one world, see {@link listResources}. */
export async function listUsers(db: Queryable, world: World, list: UserList): Promise<UserPage> {
  const { total, rows, next } = await listResources<UserRow>(db, userSource(world, list), list)
  return { total, users: rows.map(userFromRow), next }
}
