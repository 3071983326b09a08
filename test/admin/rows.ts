/**
 * Rows for tests of the admin API: two tenants with the same ids everywhere, so that a query that forgets its tenant shows.
 * Must not be used by product code.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { Queryable } from '../../src/store/db.ts'

export const KEYS = {
  owner: 'owner-key',
  operator: 'operator-key',
  auditor: 'auditor-key',
  revoked: 'revoked-key',
  undeclared: 'undeclared-key',
  other: 'other-tenant-key',
}
export const TOKEN = 'a-scim-token'
export const ACME = 'acme'
export const GLOBEX = 'globex'

const sha256 = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Two tenants, each with connection okta, app cxone-na1 attached to it, and keys. */
export async function seedTenants(db: Queryable): Promise<void> {
  for (const tenant of [ACME, GLOBEX]) {
    await db.query('insert into tenant (id) values ($1)', [tenant])
    await db.query(`insert into connection (tenant_id, id, profile, delivery) values ($1, 'okta', 'okta', 'queue')`, [
      tenant,
    ])
    await db.query(
      `insert into app (tenant_id, id, type, mode, settings) values ($1, 'cxone-na1', 'cxone', 'enforce', $2)`,
      [tenant, JSON.stringify({ area: tenant })],
    )
    await db.query(`insert into connection_app (tenant_id, connection_id, app_id) values ($1, 'okta', 'cxone-na1')`, [
      tenant,
    ])
  }
  await addKey(db, { tenant: ACME, key: 'owner', role: 'owner', secret: KEYS.owner })
  await addKey(db, { tenant: ACME, key: 'ops', role: 'operator', secret: KEYS.operator })
  await addKey(db, { tenant: ACME, key: 'audit', role: 'auditor', secret: KEYS.auditor })
  await addKey(db, { tenant: ACME, key: 'revoked', role: 'owner', secret: KEYS.revoked })
  await addKey(db, { tenant: ACME, key: 'undeclared', role: 'owner', secret: KEYS.undeclared })
  await addKey(db, { tenant: GLOBEX, key: 'ops', role: 'owner', secret: KEYS.other })
  await db.query(`update credential set revoked_at = now() where key_id = 'revoked'`)
  await db.query(`update credential set declared = false where key_id = 'undeclared'`)
  await db.query(`insert into credential (sha256, tenant_id, kind, connection_id) values ($1, $2, 'scim', 'okta')`, [
    sha256(TOKEN),
    ACME,
  ])
}

async function addKey(
  db: Queryable,
  { tenant, key, role, secret }: { tenant: string; key: string; role: string; secret: string },
): Promise<void> {
  await db.query(`insert into credential (sha256, tenant_id, kind, key_id, role) values ($1, $2, 'api', $3, $4)`, [
    sha256(secret),
    tenant,
    key,
    role,
  ])
}

export interface IdentityFields {
  readonly tenant: string
  readonly userName: string
  readonly connection?: string
  readonly person?: string
  readonly active?: boolean
  readonly deleted?: boolean
}

/** Inserts an identity and returns its id. */
export async function addIdentity(db: Queryable, fields: IdentityFields): Promise<string> {
  const id = randomUUID()
  await db.query(
    `insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at, deleted_at)
     values ($1, $2, $3, $4, $5, lower($5), $6, $7, now(), now(), case when $8 then now() end)`,
    [
      fields.tenant,
      fields.connection ?? 'okta',
      id,
      fields.person ?? randomUUID(),
      fields.userName,
      fields.active ?? true,
      JSON.stringify({ displayName: `Name of ${fields.userName}` }),
      fields.deleted ?? false,
    ],
  )
  return id
}

export interface DeliveryFields {
  readonly tenant: string
  readonly identity: string
  readonly subject: string
  readonly app?: string
  readonly state?: string
  readonly delivered?: number
  readonly urgency?: number
  readonly code?: string
  readonly detail?: string
}

/** Inserts a delivery row and returns its id. */
export async function addDelivery(db: Queryable, fields: DeliveryFields): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, wanted, delivered, state, urgency, code, detail)
     values ($1, $2, $3, 'okta', $4, 1, $5, $6, $7, $8, $9) returning id`,
    [
      fields.tenant,
      fields.app ?? 'cxone-na1',
      fields.subject,
      fields.identity,
      fields.delivered ?? 0,
      fields.state ?? 'due',
      fields.urgency ?? 0,
      fields.code ?? null,
      fields.detail ?? null,
    ],
  )
  return rows[0]?.id ?? 0
}

/** Inserts an open item of the app cxone-na1. */
export async function addOpenItem(
  db: Queryable,
  fields: { tenant: string; kind: string; key?: string; state?: string; fix?: string },
): Promise<void> {
  await db.query(
    `insert into open_item (tenant_id, app_id, kind, key, state, since, opened_at, fix)
     values ($1, 'cxone-na1', $2, $3, $4, now(), now(), $5)`,
    [fields.tenant, fields.kind, fields.key ?? '', fields.state ?? 'open', fields.fix ?? 'Mend it.'],
  )
}

export interface LinkFields {
  readonly tenant: string
  readonly identity: string
  readonly state: string
  readonly account?: string
  readonly origin?: string
  readonly why?: string
}

/** Inserts a link of connection okta and app cxone-na1, and returns its id. */
export async function addLink(db: Queryable, fields: LinkFields): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin, why)
     values ($1, 'cxone-na1', 'okta', $2, $3, $4, $5, $6) returning id`,
    [fields.tenant, fields.identity, fields.state, fields.account ?? null, fields.origin ?? null, fields.why ?? null],
  )
  return rows[0]?.id ?? 0
}

export async function addExchange(
  db: Queryable,
  fields: { tenant: string; path: string; status?: number; why?: string },
): Promise<void> {
  await db.query(
    `insert into scim_exchange (tenant_id, connection_id, at, method, path, status, duration_ms, request_id, body, understood, why)
     values ($1, 'okta', now(), 'GET', $2, $3, 1.5, 'r1', null, '[{"code":"T1","detail":"read as written"}]', $4)`,
    [fields.tenant, fields.path, fields.status ?? 200, fields.why ?? null],
  )
}

export async function addRun(
  db: Queryable,
  fields: { tenant: string; state?: string; steps?: readonly string[]; created?: string },
): Promise<string> {
  const id = randomUUID()
  await db.query(
    `insert into run (id, tenant_id, workflow, state, actor, input, created_at) values ($1, $2, 'deliver-now', $3, 'key:ops', '{"app":"cxone-na1"}', coalesce($4::timestamptz, now()))`,
    [id, fields.tenant, fields.state ?? 'waiting', fields.created ?? null],
  )
  for (const step of fields.steps ?? []) {
    await db.query(`insert into run_step (run_id, name, state, result, at) values ($1, $2, 'done', '3', now())`, [
      id,
      step,
    ])
  }
  return id
}
