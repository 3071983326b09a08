/**
 * Whether an app is written to.
 * Decides that what was only planned is due once the app is enforced; must not decide that it may be.
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'

export interface ModePlace {
  readonly mode: 'enforce' | 'observe'
  /** rollcall.yaml names it. */
  readonly pinned: boolean
  readonly detached: boolean
  readonly policyVersion: number | null
}

/** Nobody else changes it until the transaction ends. `undefined`: there is no such app. */
export async function lockMode(tx: Queryable, { tenant, app }: AppKey): Promise<ModePlace | undefined> {
  const { rows } = await tx.query<ModePlace>(
    `select app.mode, app.mode_pinned as pinned, app.detached_at is not null as detached, app.policy_version as "policyVersion"
     from app where app.tenant_id = $1 and app.id = $2 for no key update`,
    [tenant, app],
  )
  return rows[0]
}

export interface NewMode extends AppKey {
  readonly actor: string
  /** What was looked at, where the app is enforced by it; without it, the app is observed. */
  readonly enforce?: { readonly difference: string; readonly hash: string }
}

/**
 * With its event. Due by it is what had been planned, and everybody of whom the difference said that something is to be done:
 * a policy that came into force since has not been planned for all. Returns how many that are.
 */
export async function writeMode(tx: Queryable, { tenant, app, actor, enforce }: NewMode): Promise<number> {
  const mode = enforce === undefined ? 'observe' : 'enforce'
  await tx.query(`update app set mode = $3 where app.tenant_id = $1 and app.id = $2`, [tenant, app, mode])
  await tx.query(`insert into event (tenant_id, at, actor, kind, app_id, data) values ($1, now(), $2, $3, $4, $5)`, [
    tenant,
    actor,
    enforce === undefined ? 'app.observed' : 'app.enforced',
    app,
    JSON.stringify(enforce ?? {}),
  ])
  if (enforce === undefined) return 0
  const { rowCount } = await tx.query(
    `update delivery set state = 'due', wanted = delivery.wanted + 1, next_at = now(), attempts = 0
     where delivery.tenant_id = $1 and delivery.app_id = $2
       and (delivery.state = 'observed' or (delivery.state = 'delivered' and exists (
         select from difference_person person
         where person.difference_id = $3 and person.connection_id = delivery.connection_id
           and person.identity_id = delivery.identity_id)))`,
    [tenant, app, enforce.difference],
  )
  return rowCount ?? 0
}

/** A difference as far as it says that somebody has looked. */
export interface LookedAt {
  readonly app: string
  readonly done: boolean
  readonly verdict: 'whole' | 'partial' | 'unreachable' | null
  readonly given: boolean
  readonly policyVersion: number | null
  readonly hash: string | null
  /** Since it was done. */
  readonly seconds: number
}

export async function readLookedAt(
  tx: Queryable,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<LookedAt | undefined> {
  const { rows } = await tx.query<LookedAt>(
    `select difference.app_id as app, difference.state = 'done' as done, difference.verdict, difference.given_hash is not null as given,
            difference.policy_version as "policyVersion", difference.hash,
            coalesce(extract(epoch from now() - difference.ended_at), 0)::float8 as seconds
     from difference where difference.tenant_id = $1 and difference.id = $2`,
    [tenant, id],
  )
  return rows[0]
}
