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
  readonly apps: readonly string[]
}

export interface DeclaredApp {
  readonly id: string
  readonly type: string
  readonly mode: string
  readonly settings: unknown
  readonly sealed: string | null
}

export interface DeclaredCredential {
  readonly sha256: Buffer
  readonly kind: 'scim' | 'api'
  readonly connection?: string
  readonly key?: string
  readonly role?: string
}

/** One process at a time declares: call it before anything of the configuration is read. Held until the transaction ends. */
export async function lockConfiguration(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('rollcall configuration'))`)
}

/** Takes the whole file's place: what is not declared again before the transaction ends is detached. Needs {@link lockConfiguration}. */
export async function beginDeclaring(tx: Queryable): Promise<void> {
  await tx.query(`update connection set detached_at = now() where connection.detached_at is null`)
  await tx.query(`update app set detached_at = now() where app.detached_at is null`)
  await tx.query(`update credential set declared = false where credential.declared`)
  await tx.query(`delete from connection_app`)
}

export async function declareTenant(tx: Queryable, id: string): Promise<void> {
  await tx.query(`insert into tenant (id) values ($1) on conflict (id) do nothing`, [id])
}

export async function declareApp(tx: Queryable, tenant: string, app: DeclaredApp): Promise<void> {
  await tx.query(
    `insert into app (tenant_id, id, type, mode, settings, sealed) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, id) do update
     set type = excluded.type, mode = excluded.mode, settings = excluded.settings, sealed = excluded.sealed, detached_at = null`,
    [tenant, app.id, app.type, app.mode, JSON.stringify(app.settings), app.sealed],
  )
}

export async function declareConnection(tx: Queryable, tenant: string, connection: DeclaredConnection): Promise<void> {
  await tx.query(
    `insert into connection (tenant_id, id, profile, delivery, confirm_seconds) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, id) do update
     set profile = excluded.profile, delivery = excluded.delivery, confirm_seconds = excluded.confirm_seconds, detached_at = null`,
    [tenant, connection.id, connection.profile, connection.delivery, connection.confirmSeconds],
  )
  await tx.query(`insert into connection_app (tenant_id, connection_id, app_id) select $1, $2, unnest($3::text[])`, [
    tenant,
    connection.id,
    connection.apps,
  ])
}

export async function declareCredential(tx: Queryable, tenant: string, credential: DeclaredCredential): Promise<void> {
  await tx.query(
    `insert into credential (sha256, tenant_id, kind, connection_id, key_id, role) values ($1, $2, $3, $4, $5, $6)
     on conflict (sha256) do update
     set tenant_id = excluded.tenant_id, kind = excluded.kind, connection_id = excluded.connection_id,
         key_id = excluded.key_id, role = excluded.role, declared = true`,
    [
      credential.sha256,
      tenant,
      credential.kind,
      credential.connection ?? null,
      credential.key ?? null,
      credential.role ?? null,
    ],
  )
}

/** Everything attached, by name: to tell whether anything changed. */
export async function declaredNames(tx: Queryable): Promise<{ tenant: string; names: string[] }[]> {
  const { rows } = await tx.query<{ tenant: string; names: string[] }>(`
    select tenant_id as tenant, array_agg(name order by name) as names from (
      select tenant_id, 'connection ' || id || ' ' || profile || ' ' || delivery as name from connection where detached_at is null
      union all select tenant_id, 'app ' || id || ' ' || type || ' ' || mode || ' ' || md5(settings::text) from app where detached_at is null
      union all select tenant_id, 'app ' || app_id || ' of ' || connection_id from connection_app
      union all select tenant_id, kind || ' credential ' || coalesce(connection_id, key_id) || ' ' || left(encode(sha256, 'hex'), 8) from credential where declared
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
