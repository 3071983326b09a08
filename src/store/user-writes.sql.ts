/**
 * The statements that write an identity, put together from the parts that a write needs.
 * Decides that identity, event, e-mail rows and delivery rows are one statement; must not decide what is written.
 *
 * Most of what a statement costs is getting all its parts ready, whether they find a row or not. So there is one without
 * everything that is about apps, for an identity that no app is owed anything of: it makes sure of that by itself.
 */
import { ASKED, CLAIM_SUBJECTS, TOUCH_SUBJECTS } from './accept.sql.ts'
import { GROUPS_ARE_LOCKED, LEAVE_GROUPS, LOCK_GROUPS, memberNamesMoved } from './leave-groups.sql.ts'
import { statement, type Statement, type StatementValues } from './statement.ts'

const LOGGED = `logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, data)
  select saved.tenant_id, $now, $actor, $kind, saved.connection_id, saved.id, $data::jsonb || jsonb_build_object('version', saved.version)
  from saved
)`

/** `emails` are the folded beginnings of the addresses that have come: see {@link emailKeys}. */
const NEW_EMAILS = `new_emails as (
  insert into identity_email (tenant_id, connection_id, value_key, identity_id)
  select saved.tenant_id, saved.connection_id, email.value_key, saved.id from saved, unnest($emails::text[]) as email (value_key)
  on conflict do nothing
)`

const OLD_EMAILS = `old_emails as (
  delete from identity_email using saved
  where identity_email.tenant_id = saved.tenant_id and identity_email.connection_id = saved.connection_id
    and identity_email.identity_id = saved.id and identity_email.value_key = any ($gone::text[])
)`

/** Keys of the addresses in a document, in SQL; in TypeScript operations/user-columns.ts makes them. */
export const emailKeys = (document: string): string => `(
  select left(scim_fold(email #>> '{}'), 200) as value_key from jsonb_path_query(${document}, '$.emails[*].value') as email)`

/** Likewise, of a document. */
export const titleKey = (document: string): string => `left(scim_fold(${document} ->> 'title'), 200)`
export const departmentKey = (document: string): string =>
  `left(scim_fold(${document} -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' ->> 'department'), 200)`

const COLUMNS = `tenant_id, connection_id, id, person_id, user_name, user_name_key, external_id, active, document, created_at, modified_at,
  title_key, department_key`
const VALUES = `$userName, $nameKey, $externalId, $active::boolean, $document, $now, $now, $titleKey, $departmentKey`

/** Apps of the connection, of those that are detached too. */
const HAS_APPS = `exists (select from connection_app where connection_app.tenant_id = $tenant and connection_app.connection_id = $connection)`

const INSERT_ALONE = `
with owing as (
  select ${HAS_APPS} as apps
), saved as (
  insert into identity (${COLUMNS})
  select $tenant, $connection, $id, $id, ${VALUES} from owing where not owing.apps
  returning tenant_id, connection_id, id, version
), ${LOGGED}, ${NEW_EMAILS}
select owing.apps as owing, saved.id, saved.version, false as confirms, '{}'::text[] as apps from owing left join saved on true`

/** A create that was refused and is the same again (name and externalId) goes on with the id it had: DESIGN 4.1. */
const INSERT_OWED = `
with ${ASKED}, earlier as (
  select identity.id from identity
  where identity.tenant_id = $tenant and identity.connection_id = $connection and identity.user_name_key = $nameKey
    and identity.refused_at is not null and identity.external_id is not distinct from $externalId
  order by identity.refused_at desc limit 1
), saved as (
  insert into identity (${COLUMNS}, undecided)
  select $tenant, $connection, coalesce((select earlier.id from earlier), $id), $id, ${VALUES}, asked.confirm from asked
  on conflict (tenant_id, connection_id, id) do update
  set user_name = excluded.user_name, external_id = excluded.external_id, active = excluded.active, document = excluded.document,
      created_at = excluded.created_at, modified_at = excluded.modified_at, undecided = excluded.undecided,
      title_key = excluded.title_key, department_key = excluded.department_key,
      version = identity.version + 1, deleted_at = null, refused_at = null
  where identity.refused_at is not null
  returning tenant_id, connection_id, id, version, undecided
), ${LOGGED}, ${NEW_EMAILS}, opened as (
  insert into confirmation (tenant_id, connection_id, identity_id, version, kind, until)
  select saved.tenant_id, saved.connection_id, saved.id, saved.version, 'create', asked.until from saved, asked where asked.confirm
), touched as (
  select null::text as app_id where false
), ${CLAIM_SUBJECTS}
select saved.id, saved.version, saved.undecided as confirms, array(select claimed.app_id from claimed) as apps from saved`

const SET = `user_name = $userName, user_name_key = $nameKey, external_id = $externalId, active = $active::boolean, document = $document,
  modified_at = $now, title_key = $titleKey, department_key = $departmentKey, version = identity.version + 1, shown = false`
/** At the version it was read at, and a change of it can be seen by others. */
const EXPECTED = `identity.tenant_id = $tenant and identity.connection_id = $connection and identity.id = $id
    and identity.version = $expected and identity.deleted_at is null and not identity.undecided`

interface Change {
  /** Addresses have come or gone. */
  readonly emails: boolean
  /** The identity ends: it leaves its groups as well. */
  readonly ends: boolean
  /** Its userName is another: its groups show that. */
  readonly renamed: boolean
}

const setOf = ({ ends }: Change): string => (ends ? `${SET}, deleted_at = $now` : SET)
/** Groups are held before the identity: leave-groups.sql.ts. */
const locksGroups = ({ ends, renamed }: Change): boolean => ends || renamed
const groupsOf = ({ ends, renamed }: Change): string =>
  ends ? `, ${LEAVE_GROUPS}` : renamed ? `, ${memberNamesMoved('exists (select from saved)', '$id')}` : ''
const emailsOf = ({ emails }: Change): string => (emails ? `, ${OLD_EMAILS}, ${NEW_EMAILS}` : '')

const updateAlone = (change: Change): string => `
with owing as (
  select ${HAS_APPS} or exists (
    select from delivery
    where delivery.tenant_id = $tenant and delivery.connection_id = $connection and delivery.identity_id = $id) as apps
), ${locksGroups(change) ? `${LOCK_GROUPS}, ` : ''}saved as (
  update identity set ${setOf(change)}
  where ${EXPECTED} and not (select owing.apps from owing)${locksGroups(change) ? ` and ${GROUPS_ARE_LOCKED}` : ''}
  returning tenant_id, connection_id, id, version
), ${LOGGED}${emailsOf(change)}${groupsOf(change)}
select owing.apps as owing, saved.version, false as confirms, '{}'::text[] as apps from owing left join saved on true`

/**
 * `before` is the row as it was: where another write came between, nothing is saved either. A request that waits with an
 * older version is answered by this, since its version is what a refusal would go back to.
 */
const updateOwed = (change: Change): string => `
with ${ASKED}, ${locksGroups(change) ? `${LOCK_GROUPS}, ` : ''}before as (
  select identity.* from identity
  where identity.tenant_id = $tenant and identity.connection_id = $connection and identity.id = $id and identity.version = $expected
), saved as (
  update identity set ${setOf(change)}
  where ${EXPECTED}${locksGroups(change) ? ` and ${GROUPS_ARE_LOCKED}` : ''}
  returning tenant_id, connection_id, id, version
), ${LOGGED}${emailsOf(change)}${groupsOf(change)}, ended as (
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

type Make = (values: StatementValues) => Statement

/** `alone`: for an identity that no app is owed anything of; its row says in `owing` where that is not so. */
export interface WriteStatements {
  readonly alone: Make
  readonly owed: Make
}

export const INSERT: WriteStatements = {
  alone: statement('insert-user-alone', INSERT_ALONE),
  owed: statement('insert-user', INSERT_OWED),
}

/** The same change again and again is the same text, prepared once. */
export function updateStatements(change: Change): WriteStatements {
  const name = `${change.ends ? 'end' : change.renamed ? 'rename' : 'update'}-user${change.emails ? '-emails' : ''}`
  const known = UPDATES.get(name) ?? {
    alone: statement(`${name}-alone`, updateAlone(change)),
    owed: statement(name, updateOwed(change)),
  }
  UPDATES.set(name, known)
  return known
}

const UPDATES = new Map<string, WriteStatements>()
