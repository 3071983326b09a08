/**
 * Accounts that a provider can see as users before anybody owns them: rows among the identities of a connection.
 * Decides how they come, change and go; must not touch a row that somebody has written to, nor decide which accounts are
 * shown (workflows/read-accounts.ts).
 */
import type { UserDocument } from '../scim/resource.ts'
import type { Queryable } from './db.ts'
import { departmentKey, titleKey } from './user-writes.sql.ts'
import type { AppKey } from './deliveries.ts'
import { OWNS } from './ownership.ts'
import type { World } from './users.ts'
import { deadlocked, violates } from './violations.ts'

/** An account as one connection is shown it. */
export interface ShownAccount {
  /** Its id in the app. */
  readonly account: string
  /** Of the SCIM user, unless the account was shown here before: then it has the id it had. */
  readonly id: string
  readonly userName: string
  readonly userNameKey: string
  readonly active: boolean
  readonly document: UserDocument
}

/** The reading that writes: nothing is written once its lease is lost. */
export interface Reading extends AppKey {
  readonly token: string
}

const HELD = `exists (
      select from account_reading
      where account_reading.tenant_id = $1 and account_reading.app_id = $2 and account_reading.lease_token = $3)`

const SHOWING = `identity.shown and identity.deleted_at is null`
const OF_SHOWING = 'identity.tenant_id, identity.connection_id, identity.id, identity.document'

/** As it is kept for searches, of a shown account: it has one address at most (identity/shown-user.ts). */
const emailKey = (document: string): string => `left(scim_fold(${document} #>> '{emails,0,value}'), 200)`

/** Hides the rows of `showing`. A hidden row keeps its id and the account, and nothing of the person. */
const HIDE = `hidden as (
  update identity
  set deleted_at = now(), version = identity.version + 1, modified_at = now(), active = false,
      user_name = '', user_name_key = '', document = '{}', title_key = null, department_key = null
  from showing
  where identity.tenant_id = showing.tenant_id and identity.connection_id = showing.connection_id and identity.id = showing.id
), forgotten as (
  delete from identity_email
  using showing
  where identity_email.tenant_id = showing.tenant_id and identity_email.connection_id = showing.connection_id
    and identity_email.identity_id = showing.id and identity_email.value_key = ${emailKey('showing.document')}
)`

/** `where` is of `identity`, which is joined with what stands before. */
const hide = (where: string, from = ''): string => `
with showing as materialized (
  select ${OF_SHOWING} from ${from} identity
  where ${where} and ${SHOWING}
  for update of identity
), ${HIDE}
select from showing`

const TRIES = 3

// The statements of a reading have no names: a first reading fills an empty table, and a plan made for that would be kept.

/**
 * Shows a batch of accounts to a connection, in one statement a try. Left out are those that have an owner, that somebody
 * of this connection has written to, and whose name is held by another; what is shown already and is the same is not
 * written. Returns how many were written.
 */
export async function showAccounts(
  db: Queryable,
  reading: Reading,
  { connection, accounts, at }: { connection: string; accounts: readonly ShownAccount[]; at: Date },
): Promise<number> {
  const given = JSON.stringify(accounts)
  const values = [reading.tenant, reading.app, reading.token, connection, given, at]
  for (let tries = 1; ; tries++) {
    try {
      // Renamed ones leave their old names first, so that two that have changed names do not stand in each other's way.
      await db.query({ text: HIDE_RENAMED, values: values.slice(0, 5) })
      return (await db.query({ text: SHOW, values })).rowCount ?? 0
    } catch (error) {
      // Somebody has taken one of the names since we looked.
      if (tries >= TRIES || !(violates(error, 'identity_user_name') || deadlocked(error))) throw error
    }
  }
}

const GIVEN = `jsonb_to_recordset($5::jsonb) as given (
    account text, id uuid, "userName" text, "userNameKey" text, active boolean, document jsonb)`

const SAME_ROW = `identity.tenant_id = $1 and identity.shown_app = $2 and identity.shown_account = given.account
      and identity.connection_id = $4`

const HIDE_RENAMED = hide(`${SAME_ROW} and identity.user_name_key <> given."userNameKey" and ${HELD}`, `${GIVEN},`)

/** One look in an index for each account, whatever PostgreSQL believes of the table: `not exists` is joined as it sees fit. */
const none = (query: string): string => `(select true ${query} limit 1) is null`

const SHOW = `
with saved as (
  insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at,
    shown, shown_app, shown_account, title_key, department_key)
  select $1, $4, given.id, given.id, given."userName", given."userNameKey", given.active, given.document, $6, $6, true, $2, given.account,
    ${titleKey('given.document')}, ${departmentKey('given.document')}
  from ${GIVEN}
  where ${HELD}
    and ${none(`from link where link.tenant_id = $1 and link.app_id = $2 and link.account_id = given.account and ${OWNS}`)}
    and ${none(`from identity
      where ${SAME_ROW} and (not identity.shown or (identity.deleted_at is null and identity.document = given.document))`)}
    and ${none(`from identity holder
      where holder.tenant_id = $1 and holder.connection_id = $4 and holder.user_name_key = given."userNameKey" and holder.deleted_at is null
        and (holder.shown_app, holder.shown_account) is distinct from ($2, given.account)`)}
  on conflict (tenant_id, shown_app, shown_account, connection_id) where shown_account is not null do update
  set user_name = excluded.user_name, user_name_key = excluded.user_name_key, active = excluded.active, document = excluded.document,
      title_key = excluded.title_key, department_key = excluded.department_key,
      modified_at = excluded.modified_at, version = identity.version + 1, deleted_at = null
  where identity.shown
  returning identity.tenant_id, identity.connection_id, identity.id, identity.user_name, identity.document
), renamed_in as (
  -- The table has the row as it was before this statement, here and below. Whoever was hidden has moved them already.
  update scim_group set names = scim_group.names + 1
  where scim_group.tenant_id = $1 and scim_group.connection_id = $4 and scim_group.id in (
    select membership.group_id from saved
    join identity on identity.tenant_id = saved.tenant_id and identity.connection_id = saved.connection_id and identity.id = saved.id
    join membership on membership.tenant_id = saved.tenant_id and membership.connection_id = saved.connection_id
      and membership.member_id = saved.id
    where identity.deleted_at is null and identity.user_name <> saved.user_name)
), old_emails as (
  delete from identity_email using saved, identity
  where identity.tenant_id = saved.tenant_id and identity.connection_id = saved.connection_id and identity.id = saved.id
    and identity_email.tenant_id = saved.tenant_id and identity_email.connection_id = saved.connection_id
    and identity_email.identity_id = saved.id and identity_email.value_key = ${emailKey('identity.document')}
    and identity_email.value_key is distinct from ${emailKey('saved.document')}
), new_emails as (
  insert into identity_email (tenant_id, connection_id, value_key, identity_id)
  select saved.tenant_id, saved.connection_id, ${emailKey('saved.document')}, saved.id from saved
  where ${emailKey('saved.document')} is not null
  on conflict do nothing
)
select from saved`

/** Accounts of the app that are shown to somebody, in order of their ids, after one. */
export async function listShown(
  db: Queryable,
  { tenant, app }: AppKey,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ account: string }>({
    text: `
      select distinct identity.shown_account as account from identity
      where identity.tenant_id = $1 and identity.shown_app = $2 and identity.shown_account > $3 and identity.shown and identity.deleted_at is null
      order by identity.shown_account limit $4`,
    values: [tenant, app, after, limit],
  })
  return rows.map((row) => row.account)
}

/** These accounts are not there any more, or not to be seen: their rows leave every read. Returns how many did. */
export async function hideAccounts(db: Queryable, reading: Reading, accounts: readonly string[]): Promise<number> {
  const { rowCount } = await db.query({
    text: HIDE_ACCOUNTS,
    values: [reading.tenant, reading.app, reading.token, accounts],
  })
  return rowCount ?? 0
}

const HIDE_ACCOUNTS = hide(
  `identity.tenant_id = $1 and identity.shown_app = $2 and identity.shown_account = any ($4) and ${HELD}`,
)

/**
 * Of these accounts, those that somebody owns by now: whoever became an owner while a reading was under way may have
 * come between its look and its write.
 */
export async function ownedOf(db: Queryable, { tenant, app }: AppKey, accounts: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ account_id: string }>({
    text: `select link.account_id from link where link.tenant_id = $1 and link.app_id = $2 and link.account_id = any ($3) and ${OWNS}`,
    values: [tenant, app, accounts],
  })
  return rows.map((row) => row.account_id)
}

/**
 * The part of a statement by which an account gets an owner: from the rows of `held`, and the account in $3. A row that
 * somebody else has locked is being written to, and shows nothing any more then.
 */
export const HIDE_OWNED = `showing as materialized (
  select ${OF_SHOWING}
  from held
  join identity on identity.tenant_id = held.tenant_id and identity.shown_app = held.app_id and identity.shown_account = $3
  where ${SHOWING}
  for update of identity skip locked
), ${HIDE}`

/**
 * Somebody is to have the name that an account is shown under: its row steps aside. False where nothing of that name is
 * only shown.
 */
export async function stepAside(db: Queryable, world: World, userNameKey: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'step-aside',
    text: hide('identity.tenant_id = $1 and identity.connection_id = $2 and identity.user_name_key = $3'),
    values: [world.tenant, world.connection, userNameKey],
  })
  return rowCount === 1
}

/** Hides what the configuration does not let anybody see any more. */
export async function hideUndeclared(tx: Queryable): Promise<void> {
  await tx.query(
    hide(`identity.shown_account is not null and not exists (
      select from connection_app
      where connection_app.tenant_id = identity.tenant_id and connection_app.connection_id = identity.connection_id
        and connection_app.app_id = identity.shown_app and connection_app.shows_accounts)`),
  )
}
