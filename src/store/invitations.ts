/**
 * Invitations: that somebody is about to be asked in, and what became of it.
 * Decides what is known of one from what was written down; must not decide whether anybody is asked in again.
 */
import type { Queryable } from './db.ts'
import type { LeasedDelivery } from './deliveries.ts'
import { OWNED_BY_LEASED } from './links.ts'

/** Its person is about to be asked in; false where they were before, or the lease is lost: then nobody asks. */
export async function noteInvited(db: Queryable, delivery: LeasedDelivery): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'note-invited',
    text: `update link set invited_at = now() ${OWNED_BY_LEASED} and link.invited_at is null`,
    values: [delivery.id, delivery.token],
  })
  return rowCount === 1
}

/** The app has said, or shows, that it did not ask them in. */
export async function forgetInvited(db: Queryable, delivery: LeasedDelivery): Promise<void> {
  await db.query({
    name: 'forget-invited',
    text: `update link set invited_at = null ${OWNED_BY_LEASED}`,
    values: [delivery.id, delivery.token],
  })
}

/** The account of one link, which Rollcall has made, goes to another: whether its person was asked in goes with it. */
export async function carryInvitation(
  tx: Queryable,
  { tenant, from, to }: { readonly tenant: string; readonly from: number; readonly to: number },
): Promise<void> {
  await tx.query(
    `update link set made_at = before.made_at, invited_at = before.invited_at
     from link before
     where link.tenant_id = $1 and link.id = $3 and before.tenant_id = $1 and before.id = $2 and before.account_id = link.account_id`,
    [tenant, from, to],
  )
}

/**
 * What is known of an invitation that was noted. `sent`: the app answered so. `silent`: no answer is known, and this app has
 * shown of others that they were asked in, so it would show it of this one. `unknown`: no answer is known, and either
 * nobody knows what the app shows, or the account came back since, which may have reset it.
 */
export type InvitationKnown = 'sent' | 'silent' | 'unknown'

/** Most others that are looked at for what the app shows. */
const OTHERS = 20

/** For a row whose invitation was noted: reads the plans of the row, and those of the app's newest invitations. */
export async function invitationKnown(db: Queryable, delivery: LeasedDelivery): Promise<InvitationKnown> {
  const { rows } = await db.query<{ known: InvitationKnown }>({
    name: 'invitation-known',
    text: KNOWN,
    values: [delivery.id, delivery.tenant, delivery.app, OTHERS],
  })
  return rows[0]?.known ?? 'unknown'
}

/** What became of the invitation of a plan: outcomes are those of its changes, in their order. */
const OUTCOME = `plan.outcomes -> (
  select (change.place - 1)::int
  from jsonb_path_query(plan.steps, '$[*] ? (@.kind != "adopt" && @.kind != "skip" && @.kind != "conflict")')
    with ordinality as change (step, place)
  where change.step ->> 'kind' = 'invite' limit 1)`
const INVITES = `plan.steps @? '$[*] ? (@.kind == "invite")'`

const KNOWN = `
select case
  when exists (
    select from plan where plan.delivery_id = $1 and ${INVITES} and (${OUTCOME} ->> 'ok')::boolean) then 'sent'
  when exists (
    select from plan where plan.delivery_id = $1 and plan.steps @? '$[*] ? (@.kind == "reactivate")') then 'unknown'
  when exists (
    select from (
      select delivery.id from link
      join delivery on delivery.tenant_id = link.tenant_id and delivery.app_id = link.app_id
        and delivery.subject = 'account:' || link.account_id
      where link.tenant_id = $2 and link.app_id = $3 and link.invited_at is not null and delivery.id <> $1
      order by link.invited_at desc limit $4
    ) as other
    join plan on plan.delivery_id = other.id
    where ${INVITES} and (${OUTCOME} ->> 'ok')::boolean and ${OUTCOME} #>> '{seen,state}' <> 'unregistered')
  then 'silent' else 'unknown' end as known`
