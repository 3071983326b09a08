/**
 * Identities: the SCIM Users of a connection.
 * Decides how they are kept and how a write takes its event and delivery rows with it; must not know SCIM's wire form.
 */
import type { UserDocument } from '../scim/resource.ts'
import type { Queryable } from './db.ts'
import { deadlocked, violates } from './violations.ts'
import { CLAIM_SUBJECTS, TOUCH_SUBJECTS } from './accept.sql.ts'

/** Where a SCIM world begins and ends. Every statement here is bound to one. */
export interface World {
  readonly tenant: string
  readonly connection: string
}

export interface StoredUser {
  readonly id: string
  readonly document: UserDocument
  /** Counts accepted writes, from 1; the ETag. */
  readonly version: number
  readonly createdAt: Date
  readonly modifiedAt: Date
}

/** A write as it is to be kept: the document, and the columns that are looked up by. */
export interface UserWrite {
  readonly id: string
  readonly document: UserDocument
  readonly userName: string
  readonly userNameKey: string
  readonly externalId: string | null
  readonly active: boolean
  readonly at: Date
  readonly actor: string
  /** What the event says; no values of secrets. */
  readonly event: { readonly kind: string; readonly data: Readonly<Record<string, unknown>> }
  /** True where the write takes access away: it goes before everything else. */
  readonly urgent: boolean
}

/** Tells a caller which apps have something to do now. */
export interface Accepted {
  readonly version: number
  readonly apps: readonly string[]
}

export interface UserRow {
  id: string
  document: UserDocument
  version: number
  created_at: Date
  modified_at: Date
}

export const USER_COLUMNS =
  'identity.id, identity.document, identity.version, identity.created_at, identity.modified_at'

export const userFromRow = (row: UserRow): StoredUser => ({
  id: row.id,
  document: row.document,
  version: row.version,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
})

/**
 * Keeps a new identity, its event and its delivery rows: one statement, so all or nothing. `name-taken` when a user of
 * this world has the name, whatever its case; `stale` where the same may be tried again.
 */
export async function insertUser(
  db: Queryable,
  world: World,
  write: UserWrite,
): Promise<Accepted | 'name-taken' | 'stale'> {
  try {
    const { rows } = await db.query<{ app_id: string }>({
      name: 'insert-user',
      text: INSERT_USER,
      values: insertValues(world, write),
    })
    return { version: 1, apps: rows.map((row) => row.app_id) }
  } catch (error) {
    if (violates(error, 'identity_user_name')) return 'name-taken'
    if (deadlocked(error)) return 'stale'
    throw error
  }
}

const insertValues = (world: World, write: UserWrite): unknown[] => [
  world.tenant,
  world.connection,
  write.id,
  write.userName,
  write.userNameKey,
  write.externalId,
  write.active,
  JSON.stringify(write.document),
  write.at,
  write.actor,
  write.event.kind,
  JSON.stringify({ ...write.event.data, version: 1 }),
  write.urgent ? 1 : 0,
]

const INSERT_USER = `
with saved as (
  insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, external_id, active, document, created_at, modified_at)
  values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $9)
  returning tenant_id, connection_id, id
), logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, data)
  select saved.tenant_id, $9, $10, $11, saved.connection_id, saved.id, $12 from saved
), touched as (
  select null::text as app_id where false
), ${CLAIM_SUBJECTS}
select claimed.app_id from claimed`

/**
 * Keeps a changed identity if it is still at `expected`; `stale` if somebody was faster or it is gone. One statement,
 * as {@link insertUser}.
 */
export async function updateUser(
  db: Queryable,
  world: World,
  write: UserWrite & { readonly expected: number; readonly deleted?: boolean },
): Promise<Accepted | 'stale' | 'name-taken'> {
  const values = [...insertValues(world, write), write.expected, write.deleted === true]
  values[11] = JSON.stringify({ ...write.event.data, version: write.expected + 1 })
  try {
    const { rows } = await db.query<{ version: number; apps: string[] }>({
      name: 'update-user',
      text: UPDATE_USER,
      values,
    })
    const row = rows[0]
    return row === undefined ? 'stale' : row
  } catch (error) {
    if (violates(error, 'identity_user_name')) return 'name-taken'
    // Another identity took the delivery subject of the new name between our look and our write.
    if (violates(error, 'delivery_tenant_id_app_id_subject_key') || deadlocked(error)) return 'stale'
    throw error
  }
}

const UPDATE_USER = `
with saved as (
  update identity
  set user_name = $4, user_name_key = $5, external_id = $6, active = $7, document = $8, modified_at = $9,
      version = identity.version + 1, deleted_at = case when $15 then $9::timestamptz end
  where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3
    and identity.version = $14 and identity.deleted_at is null
  returning tenant_id, connection_id, id, version
), logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, data)
  select saved.tenant_id, $9, $10, $11, saved.connection_id, saved.id, $12 from saved
), ${TOUCH_SUBJECTS}, ${CLAIM_SUBJECTS}
select saved.version,
       array(select touched.app_id from touched union all select claimed.app_id from claimed) as apps
from saved`

/** The live identity of this id, or undefined. */
export async function readUser(db: Queryable, world: World, id: string): Promise<StoredUser | undefined> {
  const { rows } = await db.query<UserRow>({
    name: 'read-user',
    text: READ_USER,
    values: [world.tenant, world.connection, id],
  })
  return rows[0] && userFromRow(rows[0])
}

const READ_USER = `
select ${USER_COLUMNS} from identity
where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3 and identity.deleted_at is null`

/** As {@link readUser}, and nobody else can change it until the transaction ends. */
export async function lockUser(tx: Queryable, world: World, id: string): Promise<StoredUser | undefined> {
  const { rows } = await tx.query<UserRow>({
    name: 'lock-user',
    text: `${READ_USER} for update`,
    values: [world.tenant, world.connection, id],
  })
  return rows[0] && userFromRow(rows[0])
}
