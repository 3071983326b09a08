/**
 * A directory of the size that requests have to be fast at, filled by SQL.
 * Decides how many there are of everything that grows; its people and groups are those of `npm run bench -- scim`.
 */
import type { Db } from '../../src/store/db.ts'
import { departmentKey, emailKeys, titleKey } from '../../src/store/user-writes.sql.ts'
import { caller, tenant, type TestWorld } from './world.ts'

export const PEOPLE = 20_000
export const MEMBERS = 10_000
const GROUPS = 2_000

/** Of no other test: what is known of a world is kept by its name for as long as a process lives. */
const TENANT = 'large'
/** A connection without apps, as the bench has it, and one whose people are delivered to an app. */
export const ALONE = caller(TENANT, 'alone')
export const OWED = caller(TENANT, 'owed')
export const APP = { tenant: TENANT, app: 'cxone' }

/** Tables that grow with the directory or with use. */
export const GROWING = [
  'identity',
  'identity_email',
  'membership',
  'scim_group',
  'resource_count',
  'delivery',
  'event',
  'link',
  'plan',
  'refused_attempt',
  'scim_exchange',
  'credential',
  'access_token',
]

const OTHERS = Array.from({ length: 40 }, (_, n) => `other-${n}`)

export async function fillLargeDirectory({ db, declare }: TestWorld): Promise<void> {
  const { connections, ...rest } = tenant(TENANT, ['cxone'], ['owed', 'alone', ...OTHERS])
  await declare([{ ...rest, connections: connections.map((one) => (one.id === 'owed' ? one : { ...one, apps: [] })) }])
  await db.query('update app set reads_groups = true')
  // Thousands of rows of one transaction that are all counted in one would be passed over with each.
  await db.query('alter table identity disable trigger identity_counted_new')
  await db.query('alter table scim_group disable trigger scim_group_counted_new')
  await fillPeople(db)
  await fillGroups(db)
  await fillDeliveries(db)
  await fillTraffic(db)
  await fillSignIn(db)
  await db.query('alter table identity enable trigger identity_counted_new')
  await db.query('alter table scim_group enable trigger scim_group_counted_new')
  await db.query('vacuum analyze')
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

async function fillPeople(db: Db): Promise<void> {
  await db.query(
    `with made as materialized (
       select connection, n, format('load-%s@example.com', n) as name, jsonb_build_object(
         'userName', format('load-%s@example.com', n), 'externalId', 'ext-' || n, 'active', true, 'title', 'Agent ' || n % 7,
         'name', jsonb_build_object('givenName', 'Given' || n, 'familyName', 'Family' || n % 997),
         'displayName', format('Given%s Family%s', n, n % 997), 'locale', 'en-US', 'timezone', 'America/New_York',
         'emails', jsonb_build_array(
           jsonb_build_object('value', format('load-%s@example.com', n), 'type', 'work', 'primary', true),
           jsonb_build_object('value', format('home-%s@example.net', n), 'type', 'home')),
         'phoneNumbers', jsonb_build_array(jsonb_build_object('value', format('+1-555-%s', n), 'type', 'work')),
         '${ENTERPRISE}', jsonb_build_object('department', 'Dept ' || n % 23, 'employeeNumber', 100000 + n)) as document
       from generate_series(0, $1 - 1) as n, unnest(array['alone', 'owed']) as connection
     )
     insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, external_id, active, document,
       created_at, modified_at, title_key, department_key)
     select '${TENANT}', made.connection, gen_random_uuid(), gen_random_uuid(), made.name, made.name, 'ext-' || made.n, true,
       made.document, now() - interval '1 hour', now() - interval '1 hour', ${titleKey('made.document')}, ${departmentKey('made.document')}
     from made`,
    [PEOPLE],
  )
  await db.query(
    `insert into identity_email (tenant_id, connection_id, value_key, identity_id)
     select identity.tenant_id, identity.connection_id, email.value_key, identity.id
     from identity, lateral ${emailKeys('identity.document')} email`,
  )
}

/** Most people are in one group of their connection, and everybody is in one more. */
async function fillGroups(db: Db): Promise<void> {
  await db.query(
    `insert into scim_group (tenant_id, connection_id, id, display_name, display_name_key, external_id, document, created_at, modified_at)
     select '${TENANT}', connection, gen_random_uuid(), 'Load ' || n, 'load ' || n, 'g-' || n,
       jsonb_build_object('displayName', 'Load ' || n), now(), now()
     from generate_series(0, $1 - 1) as n, unnest(array['alone', 'owed']) as connection`,
    [GROUPS],
  )
  const numbered = (table: string): string =>
    `(select connection_id, id, row_number() over (partition by connection_id order by seq) - 1 as n from ${table})`
  await db.query(
    `with person as materialized ${numbered('identity')}, team as materialized ${numbered('scim_group')}
     insert into membership (tenant_id, connection_id, group_id, member_id, nested)
     select '${TENANT}', person.connection_id, team.id, person.id, false
     from person join team on team.connection_id = person.connection_id and team.n = 0 where person.n < $2
     union all
     select '${TENANT}', person.connection_id, team.id, person.id, false
     from person join team on team.connection_id = person.connection_id and team.n = 1 + person.n % ($1 - 1)`,
    [GROUPS, MEMBERS],
  )
  await db.query(
    `insert into resource_count (tenant_id, connection_id, kind, slot, present, shifts)
     select '${TENANT}', connection.id, kind, slot,
       case when connection.id not in ('alone', 'owed') or slot > 0 then 0 when kind = 'User' then $1 else $2 end, 0
     from connection, unnest(array['User', 'Group']) as kind, generate_series(0, 63) as slot`,
    [PEOPLE, GROUPS],
  )
}

/** Of ten people one still waits, as in the middle of an import; a few are refused or disputed. */
async function fillDeliveries(db: Db): Promise<void> {
  await db.query(`
    insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, delivered, state, code)
    select tenant_id, 'cxone', case when seq % 10 = 0 then 'name:' || user_name_key else 'account:' || id end, connection_id, id,
      case when seq % 10 = 0 then 0 else 1 end,
      case when seq % 100 = 10 then 'refused' when seq % 100 = 20 then 'disputed' when seq % 10 = 0 then 'due' else 'delivered' end,
      case when seq % 100 in (10, 20) then 'name-taken' end
    from identity where connection_id = 'owed'`)
  await db.query(`
    insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin)
    select tenant_id, app_id, connection_id, identity_id, 'linked', identity_id::text, 'created' from delivery
    where state = 'delivered'`)
  await db.query(`
    insert into plan (id, tenant_id, app_id, delivery_id, hash, state, steps, created_at, ended_at)
    select gen_random_uuid(), tenant_id, app_id, id, 'hash', 'applied', '[]', now(), now() from delivery where state = 'delivered'`)
}

async function fillTraffic(db: Db): Promise<void> {
  await db.query(`
    insert into event (tenant_id, at, actor, kind, connection_id, identity_id)
    select tenant_id, now(), 'connection:' || connection_id, 'user.created', connection_id, id from identity`)
  await db.query(`
    insert into scim_exchange (tenant_id, connection_id, at, method, path, status, duration_ms, request_id, body)
    select connection.tenant_id, connection.id, now(), 'GET', '/scim/v2/Users', 200, 1, 'r' || n, '{}'
    from connection, generate_series(1, 500) as n`)
  await db.query(`
    insert into refused_attempt (tenant_id, connection_id, identity_id, version, kind, app_id, user_name, document, cause, detail)
    select tenant_id, connection_id, id, n, 'change', 'cxone', user_name, document, 'name-taken', 'taken'
    from identity, generate_series(1, 5) as n where connection_id = 'owed' and seq % 20 = 0`)
}

/** Tokens, client secrets and passwords; of each secret some access tokens. */
async function fillSignIn(db: Db): Promise<void> {
  await db.query(`
    insert into credential (sha256, tenant_id, kind, connection_id, declared, user_name, slow_hash)
    select sha256(convert_to('credential-' || n, 'UTF8')), '${TENANT}', kind, connection.id, true,
      case when kind = 'password' then 'user-' || n end, case when kind = 'password' then 'slow' end
    from connection, unnest(array['scim', 'secret', 'password']) with ordinality as kinds (kind, place),
      lateral (select connection.id || kind || k as n from generate_series(1, 25) as k) numbered`)
  await db.query(`
    insert into access_token (sha256, tenant_id, connection_id, secret, scope, expires_at)
    select sha256(convert_to('access-' || n || encode(sha256, 'hex'), 'UTF8')), tenant_id, connection_id, sha256, 'scim',
      now() + interval '1 hour'
    from credential, generate_series(1, 10) as n where kind = 'secret'`)
}
