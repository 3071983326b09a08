/**
 * Stored plans, and the intent that goes with a create.
 * Decides that nothing is written to an app without a plan in the database first; must not know how plans are made.
 */
import type { PlanStep } from '../reconcile/change.ts'
import type { Intent } from '../reconcile/intent.ts'
import type { Queryable } from './db.ts'
import type { LeasedDelivery } from './deliveries.ts'

export interface NewPlan {
  readonly id: string
  readonly hash: string
  readonly steps: readonly PlanStep[]
  readonly state: 'applying' | 'observed'
  /** A provider waits for this version: what is written now counts as written for its request. */
  readonly confirming?: number
  /** Set where a step creates an account: kept on the delivery row before the create is sent. */
  readonly intent?: Intent
}

/**
 * Stores a plan for a leased row. False when the lease is lost, the request it is made for was decided meanwhile, or the app
 * is observed and not enforced by now, or the other way round: then nothing may be applied.
 */
export async function storePlan(db: Queryable, delivery: LeasedDelivery, plan: NewPlan): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'store-plan',
    text: `
      with begun as (
        update confirmation set begun = array_append(confirmation.begun, $10)
        where confirmation.tenant_id = $11 and confirmation.connection_id = $12 and confirmation.identity_id = $8 and confirmation.version = $9
        returning confirmation.version
      ), held as (
        update delivery set intent = coalesce($6::jsonb, delivery.intent)
        where delivery.id = $1 and delivery.lease_token = $2 and delivery.lease_until > now()
          and exists (select from app where app.tenant_id = $11 and app.id = $10
                      and app.mode = case when $7 = 'observed' then 'observe' else 'enforce' end)
          and ($9::bigint is null or exists (select from begun))
        returning tenant_id, app_id, id
      )
      insert into plan (id, tenant_id, app_id, delivery_id, hash, state, steps, created_at, ended_at)
      select $3, held.tenant_id, held.app_id, held.id, $4, $7, $5, now(), case when $7 = 'observed' then now() end from held`,
    values: [
      delivery.id,
      delivery.token,
      plan.id,
      plan.hash,
      JSON.stringify(plan.steps),
      plan.intent === undefined ? null : JSON.stringify(plan.intent),
      plan.state,
      delivery.identity,
      plan.confirming ?? null,
      delivery.app,
      delivery.tenant,
      delivery.connection,
    ],
  })
  return rowCount === 1
}

export interface PlanEnd {
  readonly state: 'applied' | 'failed'
  /** Of its changes, in their order. */
  readonly outcomes: readonly unknown[]
  /** What the app was written to by it, where it was: nothing is written to an app without an event. */
  readonly event?: PlanEvent | undefined
}

export interface PlanEvent {
  readonly kind: 'delivery.done' | 'delivery.partly'
  readonly connection: string
  readonly identity: string
  readonly account: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/** Writes down how a plan ended and, in the same statement, what was done by it. */
export async function endPlan(
  db: Queryable,
  plan: { readonly id: string; readonly tenant: string },
  { state, outcomes, event }: PlanEnd,
): Promise<void> {
  await db.query({
    name: 'end-plan',
    text: `
      with ended as (
        update plan set state = $3, outcomes = $4, ended_at = now() where plan.id = $1 and plan.tenant_id = $2
        returning plan.tenant_id, plan.app_id
      )
      insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, account_id, data)
      select ended.tenant_id, now(), 'rollcall', $5, $6, $7, ended.app_id, $8, $9::jsonb from ended where $5::text is not null`,
    values: [
      plan.id,
      plan.tenant,
      state,
      JSON.stringify(outcomes),
      event?.kind ?? null,
      event?.connection ?? null,
      event?.identity ?? null,
      event?.account ?? null,
      JSON.stringify(event?.data ?? {}),
    ],
  })
}

/**
 * Ends the plans of a row whose worker died in the middle of them, with an event each: which of their changes were made, only
 * the app can tell. A worker that is not dead after all ends its plan as it went.
 */
export async function endInterrupted(db: Queryable, delivery: LeasedDelivery): Promise<void> {
  await db.query({
    name: 'end-interrupted',
    text: `
      with ended as (
        update plan set state = 'failed', outcomes = '[]', ended_at = now()
        where plan.delivery_id = $1 and plan.tenant_id = $2 and plan.state = 'applying'
        returning plan.tenant_id, plan.app_id, plan.id, plan.steps
      )
      insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, data)
      select ended.tenant_id, now(), 'rollcall', 'delivery.interrupted', $3, $4, ended.app_id,
             jsonb_build_object('plan', ended.id, 'steps', jsonb_path_query_array(ended.steps, '$[*].kind'))
      from ended`,
    values: [delivery.id, delivery.tenant, delivery.connection, delivery.identity],
  })
}
