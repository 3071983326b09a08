/**
 * Identities: the SCIM Users of a connection.
 * Decides how they are kept and how a write takes its event and delivery rows with it; must not know SCIM's wire form.
 */
import type { ForeseenCause } from '../reconcile/answer.ts'
import type { UserDocument } from '../scim/resource.ts'
import type { Queryable } from './db.ts'
import { LANES } from './deliveries.ts'
import { deadlocked, violates } from './violations.ts'
import { ASKED, CLAIM_SUBJECTS, TOUCH_SUBJECTS } from './accept.sql.ts'
import { GROUPS_ARE_LOCKED, LEAVE_GROUPS, LOCK_GROUPS } from './leave-groups.sql.ts'

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
  /** False where it was in no group when it was read; undefined where nobody has looked. */
  readonly grouped?: boolean
  /** It shows an account that nobody owns; the first write makes it an identity (store/shown-accounts.ts). */
  readonly shown?: boolean
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
  /** Undefined where the provider is answered at once, whatever the statement finds. */
  readonly confirm?: Confirm | undefined
}

/** How a provider's answer waits for an app. */
export interface Confirm {
  /** At most. */
  readonly seconds: number
  /** It waits with these causes, by the table in reconcile/answer.ts, and with no other. */
  readonly when: readonly ForeseenCause[]
}

/** Tells a caller which apps have something to do now. */
export interface Accepted {
  readonly version: number
  readonly apps: readonly string[]
  /** The provider's answer waits for an app: see store/confirmations.ts. */
  readonly confirms: boolean
}

export interface Inserted extends Accepted {
  /** Of a create that was refused before and is asked for again: the id it had. */
  readonly id: string
}

export interface UserRow {
  id: string
  document: UserDocument
  version: number
  created_at: Date
  modified_at: Date
  grouped?: boolean
  shown?: boolean
}

export const USER_COLUMNS =
  'identity.id, identity.document, identity.version, identity.created_at, identity.modified_at, identity.shown'

export const userFromRow = (row: UserRow): StoredUser => ({
  id: row.id,
  document: row.document,
  version: row.version,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
  ...(row.grouped === undefined ? {} : { grouped: row.grouped }),
  ...(row.shown === true ? { shown: true } : {}),
})

/**
 * Keeps a new identity, its event and its delivery rows: one statement, so all or nothing. `name-taken` when a user of
 * this world has the name, whatever its case; `stale` where the same may be tried again.
 */
export async function insertUser(
  db: Queryable,
  world: World,
  write: UserWrite,
): Promise<Inserted | 'name-taken' | 'stale'> {
  try {
    const { rows } = await db.query<Inserted>({
      name: 'insert-user',
      text: INSERT_USER,
      values: writeValues(world, write),
    })
    return rows[0] ?? 'stale'
  } catch (error) {
    if (violates(error, 'identity_user_name')) return 'name-taken'
    if (deadlocked(error)) return 'stale'
    throw error
  }
}

const writeValues = (world: World, write: UserWrite): unknown[] => [
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
  JSON.stringify(write.event.data),
  write.urgent ? LANES.deactivation : LANES.bulk,
  write.confirm?.when ?? [],
  write.confirm?.seconds ?? 0,
]

const LOGGED = `logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, data)
  select saved.tenant_id, $9, $10, $11, saved.connection_id, saved.id, $12::jsonb || jsonb_build_object('version', saved.version) from saved
)`

/** A create that was refused and is the same again (name and externalId) goes on with the id it had: DESIGN 4.1. */
const INSERT_USER = `
with ${ASKED}, earlier as (
  select identity.id from identity
  where identity.tenant_id = $1 and identity.connection_id = $2 and identity.user_name_key = $5 and identity.refused_at is not null
    and identity.external_id is not distinct from $6
  order by identity.refused_at desc limit 1
), saved as (
  insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, external_id, active, document, created_at, modified_at, undecided)
  select $1, $2, coalesce((select earlier.id from earlier), $3), $3, $4, $5, $6, $7::boolean, $8, $9, $9, asked.confirm from asked
  on conflict (tenant_id, connection_id, id) do update
  set user_name = excluded.user_name, external_id = excluded.external_id, active = excluded.active, document = excluded.document,
      created_at = excluded.created_at, modified_at = excluded.modified_at, undecided = excluded.undecided,
      version = identity.version + 1, deleted_at = null, refused_at = null
  where identity.refused_at is not null
  returning tenant_id, connection_id, id, version, undecided
), ${LOGGED}, opened as (
  insert into confirmation (tenant_id, connection_id, identity_id, version, kind, until)
  select saved.tenant_id, saved.connection_id, saved.id, saved.version, 'create', asked.until from saved, asked where asked.confirm
), touched as (
  select null::text as app_id where false
), ${CLAIM_SUBJECTS}
select saved.id, saved.version, saved.undecided as confirms, array(select claimed.app_id from claimed) as apps from saved`

/**
 * Keeps a changed identity if it is still at `expected`; `stale` if somebody was faster or it is gone. One statement,
 * as {@link insertUser}.
 */
export async function updateUser(
  db: Queryable,
  world: World,
  write: UserWrite & { readonly expected: number; readonly deleted?: boolean },
): Promise<Accepted | 'stale' | 'name-taken'> {
  try {
    const { rows } = await db.query<Accepted>({
      name: 'update-user',
      text: UPDATE_USER,
      values: [...writeValues(world, write), write.expected, write.deleted === true],
    })
    return rows[0] ?? 'stale'
  } catch (error) {
    if (violates(error, 'identity_user_name')) return 'name-taken'
    // Another identity took the delivery subject of the new name between our look and our write.
    if (violates(error, 'delivery_tenant_id_app_id_subject_key') || deadlocked(error)) return 'stale'
    throw error
  }
}

/**
 * `before` is the row as it was: where another write came between, nothing is saved either. A request that waits with an
 * older version is answered by this, since its version is what a refusal would go back to.
 */
const UPDATE_USER = `
with ${ASKED}, ${LOCK_GROUPS}, before as (
  select identity.* from identity
  where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3 and identity.version = $16
), saved as (
  update identity
  set user_name = $4, user_name_key = $5, external_id = $6, active = $7, document = $8, modified_at = $9,
      version = identity.version + 1, deleted_at = case when $17 then $9::timestamptz end, shown = false
  where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3
    and identity.version = $16 and identity.deleted_at is null and not identity.undecided and ${GROUPS_ARE_LOCKED}
  returning tenant_id, connection_id, id, version
), ${LOGGED}, ${LEAVE_GROUPS}, ended as (
  delete from confirmation using saved, asked
  where confirmation.tenant_id = saved.tenant_id and confirmation.connection_id = saved.connection_id
    and confirmation.identity_id = saved.id and not asked.confirm
), opened as (
  insert into confirmation (tenant_id, connection_id, identity_id, version, kind, until, previous_user_name, previous_name_key,
    previous_external_id, previous_active, previous_document, previous_modified_at, previous_shown)
  select saved.tenant_id, saved.connection_id, saved.id, saved.version, 'change', asked.until, before.user_name, before.user_name_key,
    before.external_id, before.active, before.document, before.modified_at, before.shown
  from saved, asked, before where asked.confirm
  on conflict (tenant_id, connection_id, identity_id) do update
  set version = excluded.version, kind = excluded.kind, until = excluded.until, begun = '{}',
    previous_user_name = excluded.previous_user_name, previous_name_key = excluded.previous_name_key,
    previous_external_id = excluded.previous_external_id, previous_active = excluded.previous_active,
    previous_document = excluded.previous_document, previous_modified_at = excluded.previous_modified_at,
    previous_shown = excluded.previous_shown
), ${TOUCH_SUBJECTS}, ${CLAIM_SUBJECTS}
select saved.version, asked.confirm as confirms,
       array(select touched.app_id from touched union all select claimed.app_id from claimed) as apps
from saved, asked`

/** The live identity of this id, or undefined; one whose create is not decided yet is not there. */
export async function readUser(db: Queryable, world: World, id: string): Promise<StoredUser | undefined> {
  const { rows } = await db.query<UserRow>({
    name: 'read-user',
    text: READ_USER,
    values: [world.tenant, world.connection, id],
  })
  return rows[0] && userFromRow(rows[0])
}

/** Most people who are asked for are in no group; knowing that spares the look for their groups. */
const READ_USER = `
select ${USER_COLUMNS},
       exists (select from membership where membership.tenant_id = identity.tenant_id
               and membership.connection_id = identity.connection_id and membership.member_id = identity.id) as grouped
from identity
where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3 and identity.deleted_at is null and not identity.undecided`

/** As {@link readUser}, and nobody else can change it until the transaction ends. */
export async function lockUser(tx: Queryable, world: World, id: string): Promise<StoredUser | undefined> {
  const { rows } = await tx.query<UserRow>({
    name: 'lock-user',
    text: `${READ_USER} for update`,
    values: [world.tenant, world.connection, id],
  })
  return rows[0] && userFromRow(rows[0])
}

/** Who holds a name of this world just now, decided or not. */
export async function readHolder(
  db: Queryable,
  world: World,
  userNameKey: string,
): Promise<{ id: string; version: number; undecided: boolean; shown: boolean; createdAt: Date } | undefined> {
  const { rows } = await db.query<{ id: string; version: number; undecided: boolean; shown: boolean; createdAt: Date }>(
    {
      name: 'read-holder',
      text: `
      select identity.id, identity.version, identity.undecided, identity.shown, identity.created_at as "createdAt" from identity
      where identity.tenant_id = $1 and identity.connection_id = $2 and identity.user_name_key = $3 and identity.deleted_at is null`,
      values: [world.tenant, world.connection, userNameKey],
    },
  )
  return rows[0]
}
