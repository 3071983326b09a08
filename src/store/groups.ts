/**
 * Groups: the SCIM Groups of a connection.
 * Decides how a change of a group, its members, its event and what is owed to its members are kept together; must not
 * know SCIM's wire form. All writes run in a transaction that has locked the group.
 */
import { groupNameKey } from '../identity/group-name.ts'
import type { GroupDocument } from '../scim/group.ts'
import { BY_KEY, type Queryable } from './db.ts'
import { CHANGED, fannedOut, LOGGED, touched } from './group-changes.sql.ts'
import { memberNamesMoved } from './leave-groups.sql.ts'
import { statement, type StatementValues } from './statement.ts'
import type { World } from './users.ts'
import { violates } from './violations.ts'

export interface StoredGroup {
  readonly id: string
  readonly document: GroupDocument
  /** Counts accepted writes, of members too, from 1; the ETag. */
  readonly version: number
  /** Moves with what members show beside their ids, such as their names, and with whoever is hidden. */
  readonly names: number
  readonly createdAt: Date
  readonly modifiedAt: Date
}

export interface Member {
  readonly id: string
  /** A group itself. */
  readonly nested: boolean
}

/** What every write of a group says. */
export interface GroupWrite {
  readonly id: string
  readonly at: Date
  readonly actor: string
  readonly event: { readonly kind: string; readonly data: Readonly<Record<string, unknown>> }
}

/** What a write has done. */
export interface GroupWritten {
  /** Undefined where nothing differed, and nothing was written. */
  readonly version: number | undefined
  readonly added: number
  readonly removed: number
  /** Apps that have something to do now. */
  readonly apps: readonly string[]
  /** Workers have something to fan out. */
  readonly fansOut: boolean
  /** The transaction it was written in: see store/transactions.ts. */
  readonly transaction: string
}

export interface GroupRow {
  id: string
  document: GroupDocument
  version: number
  names: number
  created_at: Date
  modified_at: Date
}

export const GROUP_COLUMNS =
  'scim_group.id, scim_group.document, scim_group.version, scim_group.names, scim_group.created_at, scim_group.modified_at'

export const groupFromRow = (row: GroupRow): StoredGroup => ({
  id: row.id,
  document: row.document,
  version: row.version,
  names: row.names,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
})

const READ_GROUP = `
select ${GROUP_COLUMNS} from scim_group
where scim_group.tenant_id = $1 and scim_group.connection_id = $2 and scim_group.id = $3 and scim_group.deleted_at is null`

/** The group of this id, or undefined. Its members are not read. */
export async function readGroup(db: Queryable, world: World, id: string): Promise<StoredGroup | undefined> {
  const { rows } = await db.query<GroupRow>({
    ...BY_KEY,
    name: 'read-group',
    text: READ_GROUP,
    values: [world.tenant, world.connection, id],
  })
  return rows[0] && groupFromRow(rows[0])
}

/** As {@link readGroup}, and nobody else can change the group or its members until the transaction ends. */
export async function lockGroup(tx: Queryable, world: World, id: string): Promise<StoredGroup | undefined> {
  const { rows } = await tx.query<GroupRow>({
    name: 'lock-group',
    text: `${READ_GROUP} for no key update`,
    values: [world.tenant, world.connection, id],
  })
  return rows[0] && groupFromRow(rows[0])
}

/** {@link lockGroup} for a group that is to go: also the groups it is a member of, always in the same order. */
export async function lockGroupAndParents(tx: Queryable, world: World, id: string): Promise<StoredGroup | undefined> {
  const { rows } = await tx.query<GroupRow>({
    name: 'lock-group-and-parents',
    text: `
      select ${GROUP_COLUMNS} from scim_group
      where scim_group.tenant_id = $1 and scim_group.connection_id = $2 and scim_group.deleted_at is null
        and scim_group.id in (
          select $3::uuid union all
          select membership.group_id from membership
          where membership.tenant_id = $1 and membership.connection_id = $2 and membership.member_id = $3)
      order by scim_group.id for no key update`,
    values: [world.tenant, world.connection, id],
  })
  const row = rows.find((candidate) => candidate.id === id)
  return row && groupFromRow(row)
}

interface Content {
  readonly document: GroupDocument
  readonly add: readonly Member[]
}

const writeValues = (world: World, write: GroupWrite): StatementValues => ({
  ...world,
  group: write.id,
  now: write.at,
  actor: write.actor,
  kind: write.event.kind,
  data: JSON.stringify(write.event.data),
})

const contentValues = ({ document, add }: Content): StatementValues => ({
  displayName: document.displayName,
  nameKey: groupNameKey(document.displayName),
  externalId: typeof document['externalId'] === 'string' ? document['externalId'] : null,
  document: JSON.stringify(document),
  add: add.map((member) => member.id),
  nested: add.map((member) => member.nested),
})

const ADDED = `added as (
  insert into membership (tenant_id, connection_id, group_id, member_id, nested)
  select $tenant, $connection, $group, wanted.id, wanted.nested from unnest($add::uuid[], $nested::boolean[]) as wanted (id, nested)
  on conflict do nothing
  returning membership.member_id, membership.nested
)`

const OUTCOME = `
select (select saved.version from saved) as version,
       (select count(*) from added) as added, (select count(*) from removed) as removed,
       array(select distinct touched.app_id from touched) as apps,
       exists (select from fanned) or exists (select from nested_fanned) as "fansOut",
       pg_current_xact_id()::text as transaction`

/** Keeps a new group with its members and its event: one statement. `name-taken` whatever the name's case. */
export function insertGroup(
  tx: Queryable,
  world: World,
  write: GroupWrite & Content,
): Promise<GroupWritten | 'name-taken'> {
  const values = { ...writeValues(world, write), ...contentValues(write) }
  return writing(() => tx.query<GroupWritten>(INSERT_GROUP(values)))
}

const INSERT_GROUP = statement(
  'insert-group',
  `
with saved as (
  insert into scim_group (tenant_id, connection_id, id, display_name, display_name_key, external_id, document, created_at, modified_at)
  values ($tenant, $connection, $group, $displayName, $nameKey, $externalId, $document, $now, $now)
  returning id, version
), ${ADDED}, removed as (
  select null::uuid as member_id, false as nested where false
), ${CHANGED}, ${LOGGED('$data::jsonb')}, ${touched('false')}, ${fannedOut('false')}
${OUTCOME}`,
)

export interface GroupUpdate extends GroupWrite, Content {
  /** The document differs from what is kept. */
  readonly changed: boolean
  /** The name differs: everybody who is in the group is concerned. */
  readonly renamed: boolean
  readonly remove: readonly string[]
  /** Nobody stays who is not in `add`. */
  readonly whole: boolean
}

/**
 * Keeps what differs: document, members who come, members who go. Costs what is named, whatever the group's size; with
 * `whole` it is compared with the group, in the database. Where nothing differs, nothing is written. One statement.
 */
export function updateGroup(tx: Queryable, world: World, update: GroupUpdate): Promise<GroupWritten | 'name-taken'> {
  const { changed, renamed, remove, whole, add } = update
  const values = {
    ...writeValues(world, update),
    ...contentValues(update),
    changed,
    renamed,
    remove,
    emptied: add.length === 0,
  }
  if (!whole) return writing(() => tx.query<GroupWritten>(UPDATE_GROUP(values)))
  // Without a name: planned for these very lists each time, since a plan for short ones takes minutes for long ones.
  const { text, values: listed } = REPLACE_MEMBERS(values)
  return writing(() => tx.query<GroupWritten>({ text, values: listed }))
}

const updateWith = (goes: string, concernsAll: string): string => `
with ${ADDED}, removed as (
  delete from membership
  where membership.tenant_id = $tenant and membership.connection_id = $connection and membership.group_id = $group and ${goes}
  returning membership.member_id, membership.nested
), ${CHANGED}, saved as (
  update scim_group
  set display_name = $displayName, display_name_key = $nameKey, external_id = $externalId, document = $document, modified_at = $now, version = scim_group.version + 1
  where scim_group.tenant_id = $tenant and scim_group.connection_id = $connection and scim_group.id = $group and ($changed::boolean or exists (select from changed))
  returning scim_group.id, scim_group.version
), ${memberNamesMoved('$renamed::boolean', '$group')}, ${LOGGED('$data::jsonb')}, ${touched(concernsAll)}, ${fannedOut(concernsAll)}
${OUTCOME}`

const UPDATE_GROUP = statement(
  'update-group',
  updateWith('membership.member_id = any($remove::uuid[])', '$renamed::boolean'),
)
const REPLACE_MEMBERS = statement(
  'replace-members',
  updateWith(
    'not exists (select from unnest($add::uuid[]) as kept (id) where kept.id = membership.member_id)',
    '($renamed::boolean or $emptied::boolean)',
  ),
)

/** Ends a group, its memberships and its membership in others: one statement, after {@link lockGroupAndParents}. */
export async function deleteGroupRow(tx: Queryable, world: World, write: GroupWrite): Promise<GroupWritten> {
  const { rows } = await tx.query<GroupWritten>(DELETE_GROUP(writeValues(world, write)))
  return onlyRow(rows)
}

const DELETE_GROUP = statement(
  'delete-group',
  `
with saved as (
  update scim_group set deleted_at = $now, modified_at = $now, version = scim_group.version + 1
  where scim_group.tenant_id = $tenant and scim_group.connection_id = $connection and scim_group.id = $group and scim_group.deleted_at is null
  returning scim_group.id, scim_group.version
), added as (
  select null::uuid as member_id, false as nested where false
), removed as (
  delete from membership
  where membership.tenant_id = $tenant and membership.connection_id = $connection and membership.group_id = $group
  returning membership.member_id, membership.nested
), left_behind as (
  delete from membership
  where membership.tenant_id = $tenant and membership.connection_id = $connection and membership.member_id = $group
  returning membership.group_id
), parents as (
  update scim_group set version = scim_group.version + 1, modified_at = $now
  where scim_group.tenant_id = $tenant and scim_group.connection_id = $connection and scim_group.deleted_at is null
    and scim_group.id in (select left_behind.group_id from left_behind)
), ${CHANGED}, ${LOGGED('$data::jsonb')}, touched as (
  select null::text as app_id where false
), ${fannedOut('true')}
${OUTCOME}`,
)

async function writing(
  write: () => Promise<{ readonly rows: readonly GroupWritten[] }>,
): Promise<GroupWritten | 'name-taken'> {
  try {
    return onlyRow((await write()).rows)
  } catch (error) {
    if (violates(error, 'scim_group_display_name')) return 'name-taken'
    throw error
  }
}

function onlyRow([row]: readonly GroupWritten[]): GroupWritten {
  if (row === undefined) throw new Error('a statement that always gives a row gave none')
  return { ...row, version: row.version ?? undefined }
}
