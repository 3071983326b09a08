/**
 * Who comes and goes in a group, and nothing else: what providers send most, as one statement.
 * Decides that it costs what is named, whatever the group's size, and holds the group no longer than a commit takes; must
 * not decide what happens where a member is no user (operations/change-group.ts does).
 *
 * All parts see the database as it was when the statement began, but for the group, which is seen as it is once it is held.
 * Whoever adds or removes the same member in the same moment comes before or after it.
 */
import { writeByKey, type Queryable } from './db.ts'
import { CHANGED, fannedOut, LOGGED, touched } from './group-changes.sql.ts'
import {
  GROUP_COLUMNS,
  groupFromRow,
  type GroupRow,
  type GroupWrite,
  type GroupWritten,
  type StoredGroup,
} from './groups.ts'
import { statement } from './statement.ts'
import type { World } from './users.ts'

export interface MembersUpdate extends Omit<GroupWrite, 'event'> {
  readonly kind: string
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

export interface MembersWritten {
  /** The group as it is now. */
  readonly group: StoredGroup
  readonly written: GroupWritten
}

/** With more members to come and go others would wait for them. */
const MOST_SHARED = 100

/** Undefined, and nothing done, where the group is not there or somebody to add is no user of this world. */
export async function changeMembers(
  db: Queryable,
  world: World,
  update: MembersUpdate,
): Promise<MembersWritten | undefined> {
  const { rows } = await db.query<GroupRow & GroupWritten & { saved_version: number | null }>({
    ...(update.add.length + update.remove.length <= MOST_SHARED ? writeByKey(update.id) : {}),
    ...CHANGE_MEMBERS({
      ...world,
      group: update.id,
      now: update.at,
      actor: update.actor,
      kind: update.kind,
      add: update.add,
      remove: update.remove,
    }),
  })
  const [row] = rows
  if (row === undefined) return undefined
  const { added, removed, apps, fansOut, transaction, saved_version: version } = row
  const group = groupFromRow(row)
  return {
    group: version === null ? group : { ...group, version, modifiedAt: update.at },
    written: { version: version ?? undefined, added, removed, apps, fansOut, transaction },
  }
}

const CHANGE_MEMBERS = statement(
  'change-members',
  `
with strangers as (
  select wanted.id from unnest($add::uuid[]) as wanted (id)
  left join identity on identity.tenant_id = $tenant and identity.connection_id = $connection and identity.id = wanted.id
    and identity.deleted_at is null and not identity.undecided
  where identity.id is null
), held as materialized (
  select ${GROUP_COLUMNS} from scim_group
  where scim_group.tenant_id = $tenant and scim_group.connection_id = $connection and scim_group.id = $group
    and scim_group.deleted_at is null and not exists (select from strangers)
  for no key update
), added as (
  insert into membership (tenant_id, connection_id, group_id, member_id, nested)
  select $tenant, $connection, held.id, wanted.id, false from held, unnest($add::uuid[]) as wanted (id)
  on conflict do nothing
  returning membership.member_id, membership.nested
), removed as (
  delete from membership using held
  where membership.tenant_id = $tenant and membership.connection_id = $connection and membership.group_id = held.id
    and membership.member_id = any($remove::uuid[])
  returning membership.member_id, membership.nested
), ${CHANGED}, saved as (
  update scim_group set modified_at = $now, version = scim_group.version + 1 from held
  where scim_group.tenant_id = $tenant and scim_group.connection_id = $connection and scim_group.id = held.id
    and exists (select from changed)
  returning scim_group.id, scim_group.version, scim_group.display_name
), ${LOGGED("jsonb_build_object('displayName', saved.display_name, 'changed', '[]'::jsonb)")}, ${touched('false')}, ${fannedOut('false')}
select held.*, (select saved.version from saved) as saved_version,
       (select count(*) from added) as added, (select count(*) from removed) as removed,
       array(select distinct touched.app_id from touched) as apps,
       exists (select from fanned) or exists (select from nested_fanned) as "fansOut",
       pg_current_xact_id()::text as transaction
from held`,
)
