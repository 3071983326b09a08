/**
 * Lists and searches of identities.
 * Decides who is in a list at all; must not change anything.
 */
import { ENTERPRISE_USER_SCHEMA } from '../../scim/schema/enterprise-user.ts'
import type { ResourceType } from '../../scim/schema/resource-type.ts'
import { BY_KEY, type Queryable } from '../db.ts'
import { IS_GROUPED, IS_THERE, type World } from '../users.ts'
import { listResources, type ListRequest, type ListSource, type Position } from './resource-list.ts'
import { userColumns } from './user-filter.ts'
import { groupRows } from './user-groups.ts'
import { isWhole, listWhole } from './whole-list.ts'

/** A user as it is read and not changed: nobody may need to know what is in it. */
export interface KeptUser {
  readonly id: string
  /** Its document as JSON. */
  readonly text: string
  readonly version: number
  readonly createdAt: Date
  readonly modifiedAt: Date
  /** False where it was in no group when it was read; undefined where nobody has looked. */
  readonly grouped?: boolean | undefined
}

const KEPT_COLUMNS = `identity.id, identity.document::text as text, identity.version, identity.created_at as "createdAt",
  identity.modified_at as "modifiedAt", ${IS_GROUPED} as grouped`

export interface UserPage {
  readonly total: number
  readonly users: readonly KeptUser[]
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
    select: KEPT_COLUMNS,
    keys: ['id', 'userName', 'externalId', 'emails.value'],
    shared: [`${ENTERPRISE_USER_SCHEMA}:department`],
    state: {
      places: [`${ENTERPRISE_USER_SCHEMA}:department`, 'title'],
      sql: (bind) =>
        `(select concat_ws(' ', sum(present), sum(shifts), sum(moves)) from resource_count where resource_count.tenant_id = ${bind(world.tenant)} and resource_count.connection_id = ${bind(world.connection)} and resource_count.kind = 'User')`,
    },
    where: (bind) =>
      `identity.tenant_id = ${bind(world.tenant)} and identity.connection_id = ${bind(world.connection)} and ${IS_THERE}`,
  }
}

/** Live identities of one world, see {@link listResources}. */
export async function listUsers(db: Queryable, world: World, list: UserList): Promise<UserPage> {
  const { total, rows, next } = isWhole(list)
    ? await listWhole<KeptUser>(db, { ...EVERYBODY, world }, list)
    : await listResources<KeptUser>(db, userSource(world, list), list)
  return { total, users: rows, next }
}

const EVERYBODY = { kind: 'User', table: 'identity', select: KEPT_COLUMNS, where: IS_THERE } as const

/** The live identity of this id, or undefined; one whose create is not decided yet is not there. */
export async function readUser(db: Queryable, world: World, id: string): Promise<KeptUser | undefined> {
  const { rows } = await db.query<KeptUser>({
    ...BY_KEY,
    name: 'read-kept-user',
    text: `select ${KEPT_COLUMNS} from identity
      where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3 and ${IS_THERE}`,
    values: [world.tenant, world.connection, id],
  })
  return rows[0]
}
