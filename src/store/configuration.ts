/**
 * What the configuration declares, as rows.
 * Decides how declaring again changes nothing and leaving out detaches; must not write to any app, nor bring a revoked
 * token back.
 */
import { MAY_TAKE_OVER } from './accept.sql.ts'
import type { Queryable } from './db.ts'

export interface DeclaredConnection {
  readonly id: string
  readonly profile: string
  readonly delivery: string
  readonly confirmSeconds: number
  readonly requestsPerSecond: number
  /** Its OAuth client, without the secrets. */
  readonly oauth?: { readonly clientId: string; readonly scopes: readonly string[]; readonly tokenSeconds: number }
  readonly apps: readonly string[]
  /** Those of `apps` whose accounts its provider is shown. */
  readonly showAccountsOf?: readonly string[]
}

export interface DeclaredApp {
  readonly id: string
  readonly type: string
  /** Absent: it stays as it is in the database, where a new app observes. */
  readonly mode: string | undefined
  readonly settings: unknown
  readonly sealed: string | null
}

export interface DeclaredCredential {
  readonly sha256: Buffer
  readonly kind: 'scim' | 'secret' | 'password' | 'api'
  readonly connection?: string
  readonly key?: string
  readonly role?: string
  readonly name?: string
  readonly expires?: Date
  /** Of a password; `sha256` is random bytes then. */
  readonly password?: { readonly userName: string; readonly slowHash: string }
}

/** One process at a time declares: call it before anything of the configuration is read. Held until the transaction ends. */
export async function lockConfiguration(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('rollcall configuration'))`)
}

/** Takes the whole file's place: what is not declared again before the transaction ends is detached. Needs {@link lockConfiguration}. */
export async function beginDeclaring(tx: Queryable): Promise<void> {
  await tx.query(`update connection set detached_at = now() where connection.detached_at is null`)
  await tx.query(`update app set detached_at = now(), policy_declared = false where app.detached_at is null`)
  await tx.query(`update credential set declared = false where credential.declared`)
  await tx.query(`delete from connection_app`)
}

export async function declareTenant(tx: Queryable, id: string): Promise<void> {
  await tx.query(`insert into tenant (id) values ($1) on conflict (id) do nothing`, [id])
}

export async function declareApp(tx: Queryable, tenant: string, app: DeclaredApp): Promise<void> {
  await tx.query(
    `insert into app (tenant_id, id, type, mode, mode_pinned, settings, sealed)
     values ($1, $2, $3, coalesce($4::text, 'observe'), $4 is not null, $5, $6)
     on conflict (tenant_id, id) do update
     set type = excluded.type, mode = coalesce($4::text, app.mode), mode_pinned = excluded.mode_pinned,
         settings = excluded.settings, sealed = excluded.sealed, detached_at = null`,
    [tenant, app.id, app.type, app.mode ?? null, JSON.stringify(app.settings), app.sealed],
  )
}

export async function declareConnection(tx: Queryable, tenant: string, connection: DeclaredConnection): Promise<void> {
  await tx.query(
    `insert into connection (tenant_id, id, profile, delivery, confirm_seconds, requests_per_second,
                             oauth_client_id, oauth_scopes, oauth_token_seconds)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, id) do update
     set profile = excluded.profile, delivery = excluded.delivery, confirm_seconds = excluded.confirm_seconds,
         requests_per_second = excluded.requests_per_second, oauth_client_id = excluded.oauth_client_id,
         oauth_scopes = excluded.oauth_scopes, oauth_token_seconds = excluded.oauth_token_seconds, detached_at = null`,
    [
      tenant,
      connection.id,
      connection.profile,
      connection.delivery,
      connection.confirmSeconds,
      connection.requestsPerSecond,
      connection.oauth?.clientId ?? null,
      connection.oauth?.scopes ?? null,
      connection.oauth?.tokenSeconds ?? null,
    ],
  )
  await tx.query(
    `insert into connection_app (tenant_id, connection_id, app_id, shows_accounts)
     select $1, $2, app, app = any ($4::text[]) from unnest($3::text[]) as app`,
    [tenant, connection.id, connection.apps, connection.showAccountsOf ?? []],
  )
}

/** Revoked stays revoked. A token that was made here stays so where the file names its hash too, for the same connection. */
export async function declareCredential(tx: Queryable, tenant: string, credential: DeclaredCredential): Promise<void> {
  await tx.query(
    `insert into credential (sha256, tenant_id, kind, connection_id, key_id, role, name, expires_at, user_name, slow_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (sha256) do update
     set made_by = case when (credential.tenant_id, credential.kind, credential.connection_id)
                             is not distinct from (excluded.tenant_id, excluded.kind, excluded.connection_id) then credential.made_by end,
         tenant_id = excluded.tenant_id, kind = excluded.kind, connection_id = excluded.connection_id,
         key_id = excluded.key_id, role = excluded.role, name = excluded.name, expires_at = excluded.expires_at,
         user_name = excluded.user_name, slow_hash = excluded.slow_hash, declared = true`,
    [
      credential.sha256,
      tenant,
      credential.kind,
      credential.connection ?? null,
      credential.key ?? null,
      credential.role ?? null,
      credential.name ?? null,
      credential.expires ?? null,
      credential.password?.userName ?? null,
      credential.password?.slowHash ?? null,
    ],
  )
}

/** The passwords of a connection's user name that were declared before, revoked ones too. */
export async function passwordsOf(
  tx: Queryable,
  { tenant, connection, userName }: { readonly tenant: string; readonly connection: string; readonly userName: string },
): Promise<{ readonly sha256: Buffer; readonly slowHash: string }[]> {
  const { rows } = await tx.query<{ sha256: Buffer; slowHash: string }>(
    `select credential.sha256, credential.slow_hash as "slowHash" from credential
     where credential.tenant_id = $1 and credential.connection_id = $2 and credential.user_name = $3 and credential.kind = 'password'
     order by credential.id desc`,
    [tenant, connection, userName],
  )
  return rows
}

/** Passwords that the file no longer has go, so that the next start need not compare with them; revoked ones stay. */
export async function forgetOldPasswords(tx: Queryable): Promise<void> {
  await tx.query(
    `delete from credential where credential.kind = 'password' and not credential.declared and credential.revoked_at is null`,
  )
}

/** Everything attached, by name: to tell whether anything changed. */
export async function declaredNames(tx: Queryable): Promise<{ tenant: string; names: string[] }[]> {
  const { rows } = await tx.query<{ tenant: string; names: string[] }>(`
    select tenant_id as tenant, array_agg(name order by name) as names from (
      select tenant_id, 'connection ' || id || ' ' || profile || ' ' || delivery || ' ' || requests_per_second || ' a second'
                        || coalesce(' client ' || oauth_client_id, '') as name from connection where detached_at is null
      union all select tenant_id, 'app ' || id || ' ' || type || ' ' || mode || ' ' || md5(settings::text) from app where detached_at is null
      union all select tenant_id, 'policy ' || policy_version || ' of ' || id from app where detached_at is null and policy_declared
      union all select tenant_id, 'app ' || app_id || ' of ' || connection_id || case when shows_accounts then ', accounts shown' else '' end from connection_app
      union all select tenant_id, kind || ' credential ' || coalesce(connection_id, key_id) || ' ' || left(encode(sha256, 'hex'), 8)
                       || coalesce(' until ' || to_char(expires_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS'), '') from credential where declared
    ) declared group by tenant_id order by tenant_id`)
  return rows
}

export async function logDeclared(
  tx: Queryable,
  event: { tenant: string; added: readonly string[]; removed: readonly string[] },
): Promise<void> {
  await tx.query(
    `insert into event (tenant_id, at, actor, kind, data) values ($1, now(), 'configuration', 'configuration.applied', $2)`,
    [event.tenant, JSON.stringify({ added: event.added, removed: event.removed })],
  )
}

/** What was only observed until now is to be done, where the app is enforced from now on. */
export async function enforceObserved(tx: Queryable): Promise<number> {
  const { rowCount } = await tx.query(`
    update delivery set state = 'due', delivered = delivery.wanted - 1, next_at = now()
    from app
    where app.tenant_id = delivery.tenant_id and app.id = delivery.app_id and app.mode = 'enforce' and app.detached_at is null
      and delivery.state = 'observed'`)
  return rowCount ?? 0
}

/**
 * Gives every live identity a row in each app of its connection, taking over rows whose identity is deleted: people who
 * were there before their app was, and those who lost a race for a name. Returns how many.
 */
export async function completeDeliveries(tx: Queryable): Promise<number> {
  const { rowCount } = await tx.query(`
    insert into delivery (tenant_id, app_id, subject, connection_id, identity_id)
    -- Of two that ask for one name the older: a statement may not touch a row twice.
    select distinct on (connection_app.tenant_id, connection_app.app_id, identity.user_name_key)
           connection_app.tenant_id, connection_app.app_id, 'name:' || identity.user_name_key, identity.connection_id, identity.id
    from connection_app
    join identity on identity.tenant_id = connection_app.tenant_id and identity.connection_id = connection_app.connection_id
    where identity.deleted_at is null and not identity.shown and not exists (
      select from delivery
      where delivery.tenant_id = identity.tenant_id and delivery.connection_id = identity.connection_id
        and delivery.identity_id = identity.id and delivery.app_id = connection_app.app_id)
    order by connection_app.tenant_id, connection_app.app_id, identity.user_name_key, identity.seq
    on conflict (tenant_id, app_id, subject) do update
    set wanted = delivery.wanted + 1, connection_id = excluded.connection_id, identity_id = excluded.identity_id,
        state = 'due', attempts = 0, next_at = now(), accepted_at = now(), urgency = 0, code = null, detail = null
    where ${MAY_TAKE_OVER}`)
  return rowCount ?? 0
}
