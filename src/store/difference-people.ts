/**
 * Everybody who has, or is to have, something in an app, page by page, with all that a plan for them depends on.
 * Decides who counts as somebody; must not plan.
 */
import type { Owner } from '../reconcile/adoption.ts'
import type { Intent } from '../reconcile/intent.ts'
import type { JsonValue } from '../scim/json.ts'
import type { UserDocument } from '../scim/resource.ts'
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'
import {
  LINK_COLUMNS,
  linkOf,
  namesOf,
  OWNS,
  settledOf,
  type LinkRecord,
  type LinkRow,
  type NamesRow,
  type SettledRow,
} from './ownership.ts'
import type { World } from './users.ts'

export interface ComparedIdentity {
  readonly connection: string
  readonly identity: string
  /** Order within the connection. */
  readonly seq: number
  readonly userName: string
  readonly userNameKey: string
  readonly document: UserDocument
  readonly active: boolean
  readonly deleted: boolean
  readonly created: Date
  readonly link: LinkRecord
  /** The account was there before Rollcall. */
  readonly adopted: boolean
  readonly intent?: Intent
  /** The account that its provider was shown under its id. */
  readonly addressed?: string
}

interface Row extends LinkRow {
  connection_id: string
  id: string
  seq: number
  user_name: string
  user_name_key: string
  document: UserDocument
  active: boolean
  deleted: boolean
  created_at: Date
  linked: boolean
  intent: Intent | null
  addressed: string | null
}

const IDENTITY = `identity.connection_id, identity.id, identity.seq, identity.user_name, identity.user_name_key, identity.document,
  identity.active, identity.deleted_at is not null as deleted, identity.created_at, link.tenant_id is not null as linked,
  ${LINK_COLUMNS},
  case when identity.shown_app = $2 then identity.shown_account end as addressed,
  (select delivery.intent from delivery
   where delivery.tenant_id = identity.tenant_id and delivery.connection_id = identity.connection_id
     and delivery.identity_id = identity.id and delivery.app_id = $2 and delivery.intent is not null
   limit 1) as intent`

/** Each by its key: joined as a whole, all identities there are could be read. */
const IDENTITY_OF_LINK = `cross join lateral (
        select identity.* from identity
        where identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id
          and identity.id = link.identity_id
        offset 0
      ) identity`

const identityOf = (row: Row): ComparedIdentity => ({
  connection: row.connection_id,
  identity: row.id,
  seq: row.seq,
  userName: row.user_name,
  userNameKey: row.user_name_key,
  document: row.document,
  active: row.active,
  deleted: row.deleted,
  created: row.created_at,
  link: linkOf(row.linked ? row : undefined),
  adopted: row.linked && row.origin === 'adopted',
  ...(row.intent === null ? {} : { intent: row.intent }),
  ...(row.addressed === null ? {} : { addressed: row.addressed }),
})

/** The connections whose people get an account in the app, in the order of their ids. */
export async function connectionsOf(db: Queryable, { tenant, app }: AppKey): Promise<string[]> {
  const { rows } = await db.query<{ connection_id: string }>(
    `select connection_app.connection_id from connection_app
     where connection_app.tenant_id = $1 and connection_app.app_id = $2 order by 1`,
    [tenant, app],
  )
  return rows.map((row) => row.connection_id)
}

/** Who is there, in the order in which they came; accounts that are only shown are nobody. */
export async function listPresent(
  db: Queryable,
  key: AppKey,
  { connection, after, limit }: { readonly connection: string; readonly after: number; readonly limit: number },
): Promise<ComparedIdentity[]> {
  const { rows } = await db.query<Row>({
    name: 'difference-present',
    text: `
      select ${IDENTITY}
      from identity
      left join link on link.tenant_id = identity.tenant_id and link.app_id = $2 and link.connection_id = identity.connection_id
        and link.identity_id = identity.id
      where identity.tenant_id = $1 and identity.connection_id = $3 and identity.seq > $4 and identity.deleted_at is null
        and not identity.shown and not identity.undecided
      order by identity.seq limit $5`,
    values: [key.tenant, key.app, connection, after, limit],
  })
  return rows.map(identityOf)
}

/** Who is gone at the provider and still owns an account, in the order of their ids. */
export async function listGone(
  db: Queryable,
  key: AppKey,
  { connection, after, limit }: { readonly connection: string; readonly after: string; readonly limit: number },
): Promise<ComparedIdentity[]> {
  const { rows } = await db.query<Row>({
    name: 'difference-gone',
    text: `
      select ${IDENTITY}
      from link
      ${IDENTITY_OF_LINK}
      where link.tenant_id = $1 and link.app_id = $2 and link.connection_id = $3 and link.identity_id > $4::uuid and ${OWNS}
        and identity.deleted_at is not null
      order by link.identity_id limit $5`,
    values: [key.tenant, key.app, connection, after, limit],
  })
  return rows.map(identityOf)
}

/** Whose wishes these accounts follow just now, by account. One statement. */
export async function ownersOf(
  db: Queryable,
  key: AppKey,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, Owner>> {
  const { rows } = await db.query<
    NamesRow & { account_id: string; connection_id: string; user_name: string; deleted: boolean }
  >({
    name: 'difference-owners',
    text: `
      select link.account_id, link.connection_id, link.given_name, link.family_name, link.employee_number,
             identity.user_name, identity.deleted_at is not null as deleted
      from link
      ${IDENTITY_OF_LINK}
      where link.tenant_id = $1 and link.app_id = $2 and link.account_id = any($3::text[]) and ${OWNS}`,
    values: [key.tenant, key.app, accounts],
  })
  return new Map(
    rows.map((row) => [
      row.account_id,
      { connection: row.connection_id, userName: row.user_name, deleted: row.deleted, known: namesOf(row) },
    ]),
  )
}

export interface SettledBefore {
  readonly settled: NonNullable<LinkRecord['settled']>
  readonly person: ReturnType<typeof namesOf>
}

/** What was settled about these names for identities of the connection that are not there any more, by name. One statement. */
export async function settledNames(
  db: Queryable,
  key: AppKey,
  { connection, keys }: { readonly connection: string; readonly keys: readonly string[] },
): Promise<ReadonlyMap<string, SettledBefore>> {
  const { rows } = await db.query<SettledRow & NamesRow & { user_name_key: string }>({
    name: 'difference-settled',
    text: `
      select distinct on (identity.user_name_key) identity.user_name_key,
             link.settled_as, link.account_id, link.even_protected, link.given_name, link.family_name, link.employee_number
      from identity
      cross join lateral (
        select link.* from link
        where link.tenant_id = $1 and link.app_id = $2 and link.connection_id = $3 and link.identity_id = identity.id
        offset 0
      ) link
      where identity.tenant_id = $1 and identity.connection_id = $3 and identity.user_name_key = any($4::text[])
        and identity.deleted_at is not null and link.settled_as is not null
      order by identity.user_name_key, link.settled_at desc`,
    values: [key.tenant, key.app, connection, keys],
  })
  return new Map(
    rows.flatMap((row) => {
      const { settled } = settledOf(row)
      return settled === undefined ? [] : [[row.user_name_key, { settled, person: namesOf(row) }] as const]
    }),
  )
}

/** What is known of these over all connections, as store/person-facts.ts says it of one. One statement. */
export async function peopleOf(
  db: Queryable,
  { tenant, connection }: World,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, JsonValue>>>> {
  const { rows } = await db.query<{ id: string; identities: JsonValue[] }>({
    name: 'difference-persons',
    text: `
      select identity.id, jsonb_agg(
               jsonb_build_object('connection', other.connection_id, 'userName', other.user_name, 'active', other.active)
               order by other.connection_id, other.user_name_key) as identities
      from identity
      cross join lateral (
        select other.connection_id, other.user_name, other.user_name_key, other.active from identity other
        where other.person_id = identity.person_id and other.tenant_id = $1 and other.deleted_at is null and not other.undecided
        offset 0
      ) other
      where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = any($3::uuid[])
      group by identity.id`,
    values: [tenant, connection, ids],
  })
  return new Map(rows.map(({ id, identities }) => [id, { identities }]))
}
