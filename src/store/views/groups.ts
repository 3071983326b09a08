/**
 * Lists and searches of groups.
 * Decides which groups are in a list at all; must not read members, nor change anything.
 */
import { BY_KEY, type Queryable } from '../db.ts'
import { GROUP_COLUMNS, groupFromRow, type GroupRow, type StoredGroup } from '../groups.ts'
import type { World } from '../users.ts'
import { groupColumns, type GroupSource } from './group-filter.ts'
import { isWhole, listWhole } from './whole-list.ts'
import { nobodyWrites } from './writers.sql.ts'
import { listResources, type ListRequest, type ListSource, type Position } from './resource-list.ts'

export { readGroup, type StoredGroup } from '../groups.ts'

export interface GroupPage {
  readonly total: number
  readonly groups: readonly StoredGroup[]
  readonly next: Position | undefined
}

export type GroupList = ListRequest & Omit<GroupSource, 'world'>

/** Where the live groups of one world are. */
export function groupSource(world: World, { type, baseUrl }: Pick<GroupList, 'type' | 'baseUrl'>): ListSource {
  return {
    columns: groupColumns({ world, type, baseUrl }),
    table: 'scim_group',
    select: GROUP_COLUMNS,
    keys: ['id', 'displayName', 'externalId'],
    shared: [],
    where: (bind) =>
      `scim_group.tenant_id = ${bind(world.tenant)} and scim_group.connection_id = ${bind(world.connection)} and scim_group.deleted_at is null`,
  }
}

/** Live groups of one world, see {@link listResources}. */
export async function listGroups(db: Queryable, world: World, list: GroupList): Promise<GroupPage> {
  const { total, rows, next } = isWhole(list)
    ? await listWhole<GroupRow>(db, { ...ALL, world }, list)
    : await listResources<GroupRow>(db, groupSource(world, list), list)
  return { total, groups: rows.map(groupFromRow), next }
}

const ALL = {
  kind: 'Group',
  table: 'scim_group',
  select: GROUP_COLUMNS,
  where: 'scim_group.deleted_at is null',
} as const

/**
 * Whether what the members of a group show is told by the `names` that it was read with before. While somebody writes, it may
 * not be: whoever gave a member another name just before that became a member knew nothing of this group.
 */
export async function namesAreSettled(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ settled: boolean }>({
    ...BY_KEY,
    name: 'names-are-settled',
    text: `select ${nobodyWrites('identity', 'scim_group')} as settled`,
    values: [],
  })
  return rows[0]?.settled === true
}
