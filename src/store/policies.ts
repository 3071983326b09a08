/**
 * Policies: every version of each app, and which one is in force.
 * Decides that a version is never changed, that the same document twice in a row is one version, and who is due again with
 * a new one; must not know what a policy says.
 */
import { BY_KEY, type Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'

export interface PolicyRow {
  readonly version: number
  /** SHA-256 of the policy's canonical text, in hexadecimal. */
  readonly hash: string
  /** What it was compiled from; to be compiled again. */
  readonly document: unknown
}

/** The number of the version in force: one row by its key, so it may be asked for each delivery. `undefined`: the app has no policy. */
export async function readCurrentVersion(db: Queryable, { tenant, app }: AppKey): Promise<number | undefined> {
  const { rows } = await db.query<{ version: number | null }>({
    ...BY_KEY,
    name: 'read-current-version',
    text: `select app.policy_version as version from app where app.tenant_id = $1 and app.id = $2`,
    values: [tenant, app],
  })
  return rows[0]?.version ?? undefined
}

/** The version in force, whole. */
export async function readCurrentPolicy(db: Queryable, { tenant, app }: AppKey): Promise<PolicyRow | undefined> {
  const { rows } = await db.query<PolicyRow>({
    ...BY_KEY,
    name: 'read-current-policy',
    text: `
      select policy_version.version, policy_version.hash, policy_version.document from app
      join policy_version on policy_version.tenant_id = app.tenant_id and policy_version.app_id = app.id
        and policy_version.version = app.policy_version
      where app.tenant_id = $1 and app.id = $2`,
    values: [tenant, app],
  })
  return rows[0]
}

/** One version, whatever is in force. What it holds never changes. */
export async function readPolicyVersion(
  db: Queryable,
  { tenant, app, version }: AppKey & { readonly version: number },
): Promise<PolicyRow | undefined> {
  const { rows } = await db.query<PolicyRow>({
    ...BY_KEY,
    name: 'read-policy-version',
    text: `
      select policy_version.version, policy_version.hash, policy_version.document from policy_version
      where policy_version.tenant_id = $1 and policy_version.app_id = $2 and policy_version.version = $3`,
    values: [tenant, app, version],
  })
  return rows[0]
}

/** An app that is about to get another policy; locked until the transaction ends. */
export interface PolicyPlace {
  readonly detached: boolean
  /** rollcall.yaml says what its policy is. */
  readonly declared: boolean
  readonly current?: PolicyRow
}

/** Locks the app against others who save. `undefined`: there is no such app. */
export async function lockPolicy(tx: Queryable, key: AppKey): Promise<PolicyPlace | undefined> {
  const { rows } = await tx.query<{ detached: boolean; declared: boolean }>(
    // Deliveries that refer to the app are not held up by this lock.
    `select app.detached_at is not null as detached, app.policy_declared as declared from app
     where app.tenant_id = $1 and app.id = $2 for no key update`,
    [key.tenant, key.app],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const current = await readCurrentPolicy(tx, key)
  return { ...row, ...(current === undefined ? {} : { current }) }
}

export interface NewPolicy {
  readonly hash: string
  readonly document: unknown
  /** As it was written, if that is known. */
  readonly text?: string | undefined
  readonly origin: 'declared' | 'saved'
  readonly readsGroups: boolean
  /** As the event log names who did it. */
  readonly by: string
}

export interface SavedPolicy {
  readonly version: number
  /** False where it was in force already. */
  readonly changed: boolean
}

/**
 * Puts a policy into force. The one that is in force already, by its hash, stays the version that it is; one that was in
 * force before that is a new version. Needs the lock of {@link lockPolicy}, and what it read.
 */
export async function savePolicy(
  tx: Queryable,
  key: AppKey,
  { current, ...policy }: NewPolicy & Pick<PolicyPlace, 'current'>,
): Promise<SavedPolicy> {
  const declared = policy.origin === 'declared'
  if (current?.hash === policy.hash) {
    if (declared) await markDeclared(tx, key)
    return { version: current.version, changed: false }
  }
  const version = (current?.version ?? 0) + 1
  await tx.query(
    `insert into policy_version (tenant_id, app_id, version, hash, document, text, origin, reads_groups, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      key.tenant,
      key.app,
      version,
      policy.hash,
      JSON.stringify(policy.document),
      policy.text ?? null,
      policy.origin,
      policy.readsGroups,
      policy.by,
    ],
  )
  await tx.query(
    `update app set policy_version = $3, policy_declared = $4, reads_groups = $5 where app.tenant_id = $1 and app.id = $2`,
    [key.tenant, key.app, version, declared, policy.readsGroups],
  )
  return { version, changed: true }
}

const markDeclared = (tx: Queryable, { tenant, app }: AppKey): Promise<unknown> =>
  tx.query(`update app set policy_declared = true where app.tenant_id = $1 and app.id = $2`, [tenant, app])

export interface PolicySaved extends SavedPolicy, AppKey {
  readonly by: string
  readonly hash: string
  readonly origin: NewPolicy['origin']
  /** What differs from the version before: a line each. */
  readonly changes: readonly string[]
}

export async function logPolicySaved(tx: Queryable, saved: PolicySaved): Promise<void> {
  const { tenant, app, by, version, hash, origin, changes } = saved
  await tx.query(
    `insert into event (tenant_id, at, actor, kind, app_id, data) values ($1, now(), $2, 'policy.saved', $3, $4)`,
    [tenant, by, app, JSON.stringify({ version, hash, origin, changes })],
  )
}

/** The codes of rows that wait for what a policy says: held or refused by it, or for something that it names. */
const OF_POLICY = `(delivery.code in ('policy-invalid', 'waiting-for-groups') or delivery.code like 'unknown-%')`

/**
 * Rows that another policy may help are due now; nobody else is touched by it. Rows that somebody works on may have read
 * the policy before: they are looked at once more. Returns how many were waiting.
 */
export async function retryForPolicy(db: Queryable, { tenant, app }: AppKey): Promise<number> {
  const { rowCount } = await db.query(
    `update delivery set state = 'due', next_at = now(), attempts = 0
     where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.wanted > delivery.delivered
       and delivery.code is not null and (delivery.lease_until is null or delivery.lease_until < now())
       and (delivery.state = 'refused' or (delivery.state in ('retrying', 'disputed') and ${OF_POLICY}))`,
    [tenant, app],
  )
  await db.query(
    `update delivery set wanted = delivery.wanted + 1
     where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.lease_until > now() and delivery.wanted > delivery.delivered
       and delivery.state in ('due', 'retrying')`,
    [tenant, app],
  )
  return rowCount ?? 0
}
