/**
 * Alerts: messages about open items, one row a message and receiver, until it has arrived.
 * Decides which are due, in which order and how a failure is written down; must not send any, nor know an address.
 */
import type { Queryable } from './db.ts'
import { COUNT_WAITING } from './open-items.ts'

/** A sender that dies leaves its messages alone for this long; longer than any sending may take. */
const LEASE_SECONDS = 60
const LONGEST_BACKOFF_SECONDS = 900
const FIRST_BACKOFF_SECONDS = 5
/** A receiver that has taken nothing for so long gets nothing of it any more. */
export const GIVE_UP_DAYS = 3
/** Messages are kept so long after they were sent, and as long as their item is open. */
const KEPT_DAYS = 30

/** What is told of an item. The same at each repetition. */
export interface AlertBody {
  readonly app: string
  /** The code of what stands in the way. */
  readonly kind: string
  /** Which one of the kind, such as the name of a role; empty where there is only one. */
  readonly about: string
  readonly since: string
  /** When it was closed; null while it is open. */
  readonly resolved: string | null
  /** How many waited when this was written. */
  readonly waiting: number
  readonly fix: string
}

export interface LeasedAlert {
  readonly seq: number
  /** The same at each repetition. */
  readonly id: string
  readonly token: string
  readonly tenant: string
  readonly channel: string
  readonly kind: 'opened' | 'resolved'
  readonly attempts: number
  readonly created: Date
  readonly body: AlertBody
}

/** Drops what is not true any more and nobody has seen: closed before it was told, or open again. */
export async function dropUntrue(db: Queryable): Promise<void> {
  await db.query({
    name: 'drop-untrue-alerts',
    text: `
      delete from alert using open_item
      where open_item.id = alert.item_id and alert.sent_at is null and alert.given_up_at is null and alert.attempts = 0
        and alert.due_at <= now() and open_item.state = case alert.kind when 'opened' then 'closed' else 'open' end`,
  })
}

interface LeaseRow extends Omit<LeasedAlert, 'token' | 'body'> {
  body: AlertBody
}

/**
 * Takes messages that are due for channels that there are, an item's messages one after the other. What they say is
 * settled now, if it is the first time.
 */
export async function leaseAlerts(
  db: Queryable,
  { channels, token, limit }: { channels: readonly { tenant: string; id: string }[]; token: string; limit: number },
): Promise<LeasedAlert[]> {
  const { rows } = await db.query<LeaseRow>({
    name: 'lease-alerts',
    text: LEASE,
    values: [channels.map(({ tenant }) => tenant), channels.map(({ id }) => id), limit, token, LEASE_SECONDS],
  })
  return rows.map((row) => ({ ...row, token }))
}

const LEASE = `
with picked as materialized (
  select alert.seq from alert
  join unnest($1::text[], $2::text[]) as channel (tenant, id) on channel.tenant = alert.tenant_id and channel.id = alert.channel
  where alert.sent_at is null and alert.given_up_at is null and alert.due_at <= now()
    and (alert.lease_until is null or alert.lease_until < now())
    and not exists (
      select from alert as before
      where before.item_id = alert.item_id and before.channel = alert.channel and before.seq < alert.seq
        and before.sent_at is null and before.given_up_at is null)
  order by alert.due_at
  limit $3
  for update of alert skip locked
)
update alert
set lease_token = $4, lease_until = now() + make_interval(secs => $5), attempts = alert.attempts + 1,
    body = coalesce(alert.body, jsonb_build_object(
      'app', open_item.app_id, 'kind', open_item.kind, 'about', open_item.key, 'fix', open_item.fix,
      'since', ${isoOf('open_item.since')},
      'resolved', case when alert.kind = 'resolved' then ${isoOf('open_item.closed_at')} end,
      'waiting', case when alert.kind = 'resolved' then 0 else ${COUNT_WAITING} end))
from picked, open_item
where alert.seq = picked.seq and open_item.id = alert.item_id
returning alert.seq, alert.id, alert.tenant_id as tenant, alert.channel, alert.kind, alert.attempts,
          alert.created_at as created, alert.body`

function isoOf(column: string): string {
  return `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

/** It has arrived. */
export async function settleSent(db: Queryable, alert: LeasedAlert): Promise<void> {
  await db.query({
    name: 'alert-sent',
    text: `update alert set sent_at = now(), lease_token = null, lease_until = null, why = null
           where alert.seq = $1 and alert.lease_token = $2`,
    values: [alert.seq, alert.token],
  })
}

/** It has not arrived, or nobody can tell. Returns seconds until the next attempt, or undefined when there is none. */
export async function settleFailed(db: Queryable, alert: LeasedAlert, why: string): Promise<number | undefined> {
  const { rows } = await db.query<{ seconds: number | null }>({
    name: 'alert-failed',
    text: `
      update alert
      set lease_token = null, lease_until = null, why = $3,
          due_at = now() + make_interval(secs => least($4 * power(2, least(alert.attempts, 20) - 1), $5::float8)),
          given_up_at = case when alert.created_at < now() - make_interval(days => $6) then now() end
      where alert.seq = $1 and alert.lease_token = $2
      returning case when alert.given_up_at is null then extract(epoch from alert.due_at - now())::float8 end as seconds`,
    values: [alert.seq, alert.token, why, FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS, GIVE_UP_DAYS],
  })
  return rows[0]?.seconds ?? undefined
}

/** Forgets what was told long ago, and what nobody is there to be told any more. */
export async function forgetOldAlerts(db: Queryable): Promise<void> {
  await db.query(
    `delete from alert using open_item
     where open_item.id = alert.item_id and alert.created_at < now() - make_interval(days => $1)
       and (alert.sent_at is null or open_item.state = 'closed')`,
    [KEPT_DAYS],
  )
}
