/**
 * Open items: what stands in the way of an app, one row a cause.
 * Decides how a row is met, opened and closed, and that its messages are written down with it, once; must not know what a
 * cause means, nor send anything.
 */
import type { Queryable } from './db.ts'
import { ATTACHED, type AppKey } from './deliveries.ts'

export interface Cause {
  /** The code of the refusal. */
  readonly kind: string
  /** Which one of the kind, such as the name of a role; empty where there is only one. */
  readonly key: string
}

/** Kinds for which the whole app is left alone: everybody waits for them, not only the rows that bear the code. */
export const PAUSING_KINDS = ['unreachable', 'throttled', 'credentials-refused']

const PAUSING = `open_item.kind in (${PAUSING_KINDS.map((kind) => `'${kind}'`).join(', ')})`

/**
 * The kind that nobody waits for: all else of the people it is about is delivered, and what is left (unsettable.ts) is for a
 * person to do.
 */
export const UNSETTABLE_KIND = 'not-settable'

const CONCERNS = `from unsettable
  where unsettable.tenant_id = open_item.tenant_id and unsettable.app_id = open_item.app_id and unsettable.attribute = open_item.key
    and exists (
      select from link
      join identity on identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id and identity.id = link.identity_id
      where link.tenant_id = unsettable.tenant_id and link.app_id = unsettable.app_id
        and link.connection_id = unsettable.connection_id and link.identity_id = unsettable.identity_id and link.state = 'linked'
        and identity.active and identity.deleted_at is null)
    and exists (
      select from connection_app
      where connection_app.tenant_id = unsettable.tenant_id and connection_app.app_id = unsettable.app_id
        and connection_app.connection_id = unsettable.connection_id)`

/** Rows that wait for an item whose kind pauses the app, and for any other. By index; rows that are owed to nobody do not count. */
const WAITS_FOR_APP = `from delivery
  where delivery.tenant_id = open_item.tenant_id and delivery.app_id = open_item.app_id
    and delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying') and ${ATTACHED}`
const waitsForCause = (item: string): string => `from delivery
  where delivery.tenant_id = ${item}.tenant_id and delivery.app_id = ${item}.app_id
    and delivery.code = ${item}.kind and delivery.code_key = ${item}.key
    and delivery.wanted > delivery.delivered and ${ATTACHED}`
const WAITS_FOR_CAUSE = waitsForCause('open_item')

// In the order of an index and the first row only: an `exists` may be answered by reading the whole table once.
const SOMEBODY_WAITS = `coalesce(case when ${PAUSING}
  then (select true ${WAITS_FOR_APP} order by delivery.urgency desc, delivery.next_at limit 1)
  when open_item.kind = '${UNSETTABLE_KIND}'
  then (select true ${CONCERNS} order by unsettable.connection_id, unsettable.identity_id limit 1)
  else (select true ${WAITS_FOR_CAUSE} order by delivery.id limit 1) end, false)`

/** A reading of the app has found it (found-items.ts), or somebody waits. What a detached app lacks is in nobody's way. */
const STANDS = `((open_item.found_at is not null and exists (
    select from app where app.tenant_id = open_item.tenant_id and app.id = open_item.app_id and app.detached_at is null))
  or ${SOMEBODY_WAITS})`

/** How many wait for an `open_item`, or are concerned by it. */
export const COUNT_WAITING = `case when ${PAUSING} then (select count(*) ${WAITS_FOR_APP})
  when open_item.kind = '${UNSETTABLE_KIND}' then (select count(*) ${CONCERNS})
  else (select count(*) ${WAITS_FOR_CAUSE}) end`

/** Writes down that a cause was met, unless that is known. Reads one row where it is, however many wait. */
export async function meetCause(db: Queryable, app: AppKey, item: Cause & { readonly fix: string }): Promise<void> {
  await db.query({
    name: 'meet-cause',
    text: `
      insert into open_item (tenant_id, app_id, kind, key, state, since, fix)
      select $1, $2, $3, $4, 'seen', now(), $5
      where not exists (
        select from open_item
        where open_item.tenant_id = $1 and open_item.app_id = $2 and open_item.kind = $3 and open_item.key = $4
          and open_item.state <> 'closed')
      on conflict (tenant_id, app_id, kind, key) do update
      set state = 'seen', since = excluded.since, fix = excluded.fix, opened_at = null, closed_at = null, proven_at = null,
          probed_at = null
      where open_item.state = 'closed'`,
    values: [app.tenant, app.app, item.kind, item.key, item.fix],
  })
}

/** Who is told, and how soon. */
export interface Telling {
  /** The entries under `alerts:`, with their tenants. */
  readonly channels: readonly { readonly tenant: string; readonly id: string }[]
  /** Seconds before an opening is told, so that the message can say how many wait, and what passes at once is not told. */
  readonly gatherSeconds: number
  /** Seconds before a closing is told: what opens again within them was never closed for the receiver. */
  readonly quietSeconds: number
  /** A receiver is told of a cause at most once in so many seconds. */
  readonly againSeconds: number
}

export interface ChangedItem extends AppKey, Cause {
  readonly fix: string
}

/** Opens what has been seen for as long as its kind is given; kinds without an entry in `patience` open at once. */
export async function openSeen(
  db: Queryable,
  telling: Telling,
  patience: ReadonlyMap<string, number>,
): Promise<ChangedItem[]> {
  const { rows } = await db.query<ChangedItem>({
    name: 'open-seen',
    text: OPEN,
    values: [
      telling.channels.map(({ tenant }) => tenant),
      telling.channels.map(({ id }) => id),
      telling.gatherSeconds,
      telling.againSeconds,
      [...patience.keys()],
      [...patience.values()],
    ],
  })
  return rows
}

/** What the receivers of the items in `changing` believe, once messages that nobody has seen are taken back. */
const believed = (takenBack: 'opened' | 'resolved'): string => `
taken_back as (
  delete from alert using changing
  where alert.item_id = changing.id and alert.kind = '${takenBack}' and alert.attempts = 0
  returning alert.seq
), believed as (
  select distinct on (alert.item_id, alert.channel) alert.item_id, alert.channel, alert.kind
  from alert join changing on changing.id = alert.item_id
  where alert.seq not in (select taken_back.seq from taken_back) and alert.given_up_at is null
  order by alert.item_id, alert.channel, alert.seq desc
)`

const logged = (kind: string): string => `
logged as (
  insert into event (tenant_id, at, actor, kind, app_id, data)
  select changing.tenant_id, now(), 'rollcall', '${kind}', changing.app_id,
         jsonb_build_object('kind', changing.kind, 'key', changing.key, 'since', changing.since)
  from changing where changing.opened_at is not null
)
select changing.tenant_id as tenant, changing.app_id as app, changing.kind, changing.key, changing.fix
from changing where changing.opened_at is not null`

const OPEN = `
with changing as (
  update open_item set state = 'open', opened_at = now()
  where open_item.state = 'seen' and open_item.proven_at is null and ${STANDS}
    and open_item.since <= now() - make_interval(secs => coalesce(
      (select patience.seconds from unnest($5::text[], $6::float8[]) as patience (kind, seconds) where patience.kind = open_item.kind), 0))
  returning open_item.*
), ${believed('resolved')}, told as (
  insert into alert (tenant_id, channel, item_id, kind, due_at)
  select changing.tenant_id, channel.id, changing.id, 'opened',
         greatest(now() + make_interval(secs => $3::float8), (
           select max(alert.created_at) + make_interval(secs => $4::float8) from alert
           where alert.item_id = changing.id and alert.channel = channel.id and alert.kind = 'opened'))
  from changing
  join unnest($1::text[], $2::text[]) as channel (tenant, id) on channel.tenant = changing.tenant_id
  left join believed on believed.item_id = changing.id and believed.channel = channel.id
  where believed.kind is distinct from 'opened'
), ${logged('open-item.opened')}`

/** Closes what is proven to be gone, and what nobody waits for and no reading finds any more; returns what had been open. */
export async function closeOver(db: Queryable, { quietSeconds }: Telling): Promise<ChangedItem[]> {
  const { rows } = await db.query<ChangedItem>({ name: 'close-over', text: CLOSE, values: [quietSeconds] })
  return rows
}

const CLOSE = `
with changing as (
  update open_item set state = 'closed', closed_at = now(), found_at = null
  where open_item.state <> 'closed' and (open_item.proven_at is not null or not ${STANDS})
  returning open_item.*
), ${believed('opened')}, told as (
  insert into alert (tenant_id, channel, item_id, kind, due_at)
  select changing.tenant_id, believed.channel, changing.id, 'resolved', now() + make_interval(secs => $1::float8)
  from changing join believed on believed.item_id = changing.id
  where believed.kind = 'opened'
), ${logged('open-item.closed')}`

/** Something got through to the app: what had paused it is gone, which {@link closeOver} writes down. */
export async function provePausing(db: Queryable, app: AppKey): Promise<void> {
  await db.query({
    name: 'prove-pausing',
    text: `update open_item set proven_at = now()
           where open_item.tenant_id = $1 and open_item.app_id = $2 and open_item.state <> 'closed'
             and open_item.proven_at is null and ${PAUSING}`,
    values: [app.tenant, app.app],
  })
}

/**
 * One who waited for the cause got through, so the others may: they are due now, and wait for it no longer. Rows that
 * somebody works on are left. Returns how many.
 */
export async function releaseWaiting(db: Queryable, app: AppKey, { kind, key }: Cause): Promise<number> {
  const { rowCount } = await db.query({
    name: 'release-waiting',
    text: `
      with waits as (
        select delivery.id from delivery
        where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.code = $3 and delivery.code_key = $4
          and delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying')
          and (delivery.lease_until is null or delivery.lease_until < now())
        order by delivery.id
        for update skip locked
      )
      update delivery set state = 'due', next_at = now(), code = null, detail = null
      from waits where delivery.id = waits.id`,
    values: [app.tenant, app.app, kind, key],
  })
  return rowCount ?? 0
}

/** Makes one row due for each open item of these kinds that has had none for `everySeconds`: it finds out for all who wait. */
export async function probeOpen(db: Queryable, kinds: readonly string[], everySeconds: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'probe-open',
    text: `
      with probing as (
        update open_item set probed_at = now()
        where open_item.state = 'open' and open_item.kind = any ($1)
          and coalesce(open_item.probed_at, open_item.opened_at) <= now() - make_interval(secs => $2)
        returning open_item.*
      )
      update delivery set next_at = now()
      where delivery.next_at > now() and delivery.id in (
        select (
          select delivery.id ${waitsForCause('probing')} and delivery.state = 'retrying'
          order by delivery.id limit 1
        ) from probing)`,
    values: [kinds, everySeconds],
  })
  return rowCount ?? 0
}

/** True if any item is not closed: else there is nothing to open, close or probe. */
export async function anyStanding(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ any: boolean }>({
    name: 'any-standing',
    text: `select exists (select from open_item where open_item.state <> 'closed') as any`,
  })
  return rows[0]?.any ?? false
}

/**
 * Causes that rows wait for and that have no item, since whoever settled the row died before writing it down. Costs one
 * look into the index a cause, not one a row. `detail` is that of one of the rows.
 */
export async function unmetCauses(db: Queryable): Promise<(AppKey & Cause & { readonly detail: string | null })[]> {
  const { rows } = await db.query<AppKey & Cause & { detail: string | null }>(`
    with recursive cause as (
      (select ${CAUSE} from delivery where ${HAS_CAUSE} order by ${CAUSE} limit 1)
      union all
      select next.* from cause cross join lateral (
        select ${CAUSE} from delivery
        where ${HAS_CAUSE}
          and (${CAUSE}) > (cause.tenant_id, cause.app_id, cause.code, cause.code_key)
        order by ${CAUSE} limit 1
      ) as next
    )
    select cause.tenant_id as tenant, cause.app_id as app, cause.code as kind, cause.code_key as key, (
             select delivery.detail from delivery
             where ${HAS_CAUSE} and (${CAUSE}) = (cause.tenant_id, cause.app_id, cause.code, cause.code_key)
             order by delivery.id limit 1) as detail
    from cause
    where not exists (
      select from open_item
      where open_item.tenant_id = cause.tenant_id and open_item.app_id = cause.app_id and open_item.kind = cause.code
        and open_item.key = cause.code_key and open_item.state <> 'closed')`)
  return rows
}

const CAUSE = 'delivery.tenant_id, delivery.app_id, delivery.code, delivery.code_key'
const HAS_CAUSE = 'delivery.code is not null and delivery.wanted > delivery.delivered'
