/**
 * What every app has still to take, in figures, for whoever watches the installation.
 * Decides what is counted; reads only rows that wait, by the indexes that hold nothing else.
 */
import { BREAKER_STATE, type Breaker } from '../apps.ts'
import type { Queryable } from '../db.ts'
import { ATTACHED } from '../deliveries.ts'

export interface AppBacklog {
  readonly tenant: string
  readonly app: string
  readonly breaker: Breaker['state']
  readonly waiting: number
  readonly due: number
  readonly refused: number
  readonly oldestSeconds: number
  /** By kind. */
  readonly openItems: Readonly<Record<string, number>>
}

/** Of all tenants: not to be shown to any of them. */
export async function readBacklogs(db: Queryable): Promise<AppBacklog[]> {
  const { rows } = await db.query<AppBacklog>({ name: 'read-backlogs', text: READ_BACKLOGS })
  return rows
}

export const READ_BACKLOGS = `
with waits as (
  select delivery.tenant_id, delivery.app_id, count(*) as waiting, count(*) filter (where delivery.next_at <= now()) as due,
         min(delivery.accepted_at) as oldest
  from delivery
  where delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying') and ${ATTACHED}
  group by delivery.tenant_id, delivery.app_id
), refused as (
  select delivery.tenant_id, delivery.app_id, count(*) as refused
  from delivery
  where delivery.code is not null and delivery.wanted > delivery.delivered and delivery.state in ('refused', 'disputed')
    and ${ATTACHED}
  group by delivery.tenant_id, delivery.app_id
), kinds as (
  select open_item.tenant_id, open_item.app_id, open_item.kind, count(*) as items
  from open_item where open_item.state <> 'closed' and open_item.state = 'open'
  group by open_item.tenant_id, open_item.app_id, open_item.kind
), items as (
  select kinds.tenant_id, kinds.app_id, jsonb_object_agg(kinds.kind, kinds.items) as items
  from kinds group by kinds.tenant_id, kinds.app_id
)
select app.tenant_id as tenant, app.id as app, ${BREAKER_STATE} as breaker,
       coalesce(waits.waiting, 0) as waiting, coalesce(waits.due, 0) as due, coalesce(refused.refused, 0) as refused,
       coalesce(greatest(0, extract(epoch from now() - waits.oldest)), 0)::float8 as "oldestSeconds",
       coalesce(items.items, '{}') as "openItems"
from app
left join waits on waits.tenant_id = app.tenant_id and waits.app_id = app.id
left join refused on refused.tenant_id = app.tenant_id and refused.app_id = app.id
left join items on items.tenant_id = app.tenant_id and items.app_id = app.id
where app.detached_at is null
order by app.tenant_id, app.id`
