/**
 * Identities: the SCIM Users of a connection.
 * Decides how they are kept and how a write takes its event and delivery rows with it; must not know SCIM's wire form.
 */
import type { ForeseenCause } from '../reconcile/answer.ts'
import type { UserDocument } from '../scim/resource.ts'
import { BY_KEY, writeByKey, type Queryable } from './db.ts'
import { LANES } from './deliveries.ts'
import { deadlocked, violates } from './violations.ts'
import type { StatementValues } from './statement.ts'
import { INSERT, updateStatements, type WriteStatements } from './user-writes.sql.ts'

/** Where a SCIM world begins and ends. Every statement here is bound to one. */
export interface World {
  readonly tenant: string
  readonly connection: string
}

export interface StoredUser {
  readonly id: string
  readonly document: UserDocument
  /** The document as JSON, where it has just been written. */
  readonly text?: string
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
  /** The document as JSON. */
  readonly text: string
  readonly userName: string
  readonly userNameKey: string
  readonly externalId: string | null
  readonly active: boolean
  /** Folded beginnings of what is searched by, as operations/user-columns.ts makes them. */
  readonly titleKey: string | null
  readonly departmentKey: string | null
  readonly emailKeys: readonly string[]
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
    const row = await run<Inserted>(db, world, {
      statements: INSERT,
      values: { ...valuesOf(world, write), emails: write.emailKeys },
    })
    return row ?? 'stale'
  } catch (error) {
    if (violates(error, 'identity_user_name')) return 'name-taken'
    if (deadlocked(error)) return 'stale'
    throw error
  }
}

const valuesOf = (world: World, write: UserWrite): StatementValues => ({
  ...world,
  id: write.id,
  userName: write.userName,
  nameKey: write.userNameKey,
  externalId: write.externalId,
  active: write.active,
  document: write.text,
  titleKey: write.titleKey,
  departmentKey: write.departmentKey,
  now: write.at,
  actor: write.actor,
  kind: write.event.kind,
  data: JSON.stringify(write.event.data),
  lane: write.urgent ? LANES.deactivation : LANES.bulk,
  when: write.confirm?.when ?? [],
  seconds: write.confirm?.seconds ?? 0,
})

/** Worlds in which some app was owed something when a write looked: only a guess at which statement to begin with. */
const owing = new Set<string>()
const MOST_OWING = 10_000

async function run<Row extends object>(
  db: Queryable,
  { tenant, connection }: World,
  { statements, values }: { readonly statements: WriteStatements; readonly values: StatementValues },
): Promise<Row | undefined> {
  const key = JSON.stringify([tenant, connection])
  if (!owing.has(key)) {
    const { rows } = await db.query<Row & { owing: boolean; version: number | null }>({
      ...writeByKey(String(values['id'])),
      ...statements.alone(values),
    })
    const [row] = rows
    if (row?.owing !== true) return row === undefined || row.version === null ? undefined : row
    if (owing.size >= MOST_OWING) owing.clear()
    owing.add(key)
  }
  const { rows } = await db.query<Row>({ ...writeByKey(String(values['id'])), ...statements.owed(values) })
  return rows[0]
}

export interface UserUpdate extends UserWrite {
  /** The version it was read at. */
  readonly expected: number
  readonly deleted?: boolean
  /** Keys of the addresses that the version before had. */
  readonly emailKeysBefore: readonly string[]
  readonly userNameBefore: string
}

/**
 * Keeps a changed identity if it is still at `expected`; `stale` if somebody was faster or it is gone. One statement,
 * as {@link insertUser}.
 */
export async function updateUser(
  db: Queryable,
  world: World,
  write: UserUpdate,
): Promise<Accepted | 'stale' | 'name-taken'> {
  const ends = write.deleted === true
  const { emailKeys, emailKeysBefore } = write
  const gone = emailKeysBefore.filter((key) => !emailKeys.includes(key))
  const emails = emailKeys.filter((key) => !emailKeysBefore.includes(key))
  // Of whoever ends the table forgets them by itself.
  const statements = updateStatements({
    ends,
    emails: !ends && gone.length + emails.length > 0,
    renamed: !ends && write.userName !== write.userNameBefore,
  })
  const values = { ...valuesOf(world, write), expected: write.expected, gone, emails }
  try {
    return (await run<Accepted>(db, world, { statements, values })) ?? 'stale'
  } catch (error) {
    if (violates(error, 'identity_user_name')) return 'name-taken'
    // Another identity took the delivery subject of the new name between our look and our write.
    if (violates(error, 'delivery_tenant_id_app_id_subject_key') || deadlocked(error)) return 'stale'
    throw error
  }
}

/** The live identity of this id, or undefined; one whose create is not decided yet is not there. */
export async function readUser(db: Queryable, world: World, id: string): Promise<StoredUser | undefined> {
  const { rows } = await db.query<UserRow>({
    ...BY_KEY,
    name: 'read-user',
    text: READ_USER,
    values: [world.tenant, world.connection, id],
  })
  return rows[0] && userFromRow(rows[0])
}

/** Of a row of identity: anybody may see it. */
export const IS_THERE = 'identity.deleted_at is null and not identity.undecided'

/**
 * Most people who are asked for are in no group; knowing that spares the look for their groups. Not as `exists`: for that
 * PostgreSQL may read all memberships there are, to have them ready for more people than a page has.
 */
export const IS_GROUPED = `(select true from membership where membership.tenant_id = identity.tenant_id
  and membership.connection_id = identity.connection_id and membership.member_id = identity.id limit 1) is not null`

const READ_USER = `
select ${USER_COLUMNS}, ${IS_GROUPED} as grouped
from identity
where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3 and ${IS_THERE}`

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
