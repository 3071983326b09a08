/**
 * Apps as the admin API shows them.
 * Decides what is read; must not change anything.
 */
import type { Queryable } from '../db.ts'
import { BREAKER_STATE, type Breaker } from '../apps.ts'
import { ATTACHED } from '../deliveries.ts'
import { isoOrNull, partOf, type Part } from './page.ts'

export interface AppRow {
  readonly id: string
  readonly type: string
  readonly mode: 'enforce' | 'observe'
  readonly state: 'working' | 'paused' | 'detached'
  readonly waiting: {
    readonly due: number
    readonly retrying: number
    readonly refused: number
    readonly disputed: number
  }
  /** Open items. */
  readonly open: number
}

export interface AppDetails extends AppRow {
  /** rollcall.yaml names the mode. */
  readonly modePinned: boolean
  readonly connections: readonly string[]
  readonly pausedUntil: string | null
  readonly pausedWhy: string | null
  readonly breaker: {
    readonly state: Breaker['state']
    readonly since: string | null
    readonly failures: number
  }
  readonly settings: unknown
}

/**
 * Counts two small index ranges: what waits for time, and what waits for a person. Never all deliveries of the app, nor what
 * is owed to a connection that no longer has it.
 */
const WAITING = `
  left join lateral (
    select count(*) filter (where delivery.state = 'due') as due, count(*) filter (where delivery.state = 'retrying') as retrying
    from delivery
    where delivery.tenant_id = app.tenant_id and delivery.app_id = app.id
      and delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying') and ${ATTACHED}
  ) as waits on true
  left join lateral (
    select count(*) filter (where delivery.state = 'refused') as refused, count(*) filter (where delivery.state = 'disputed') as disputed
    from delivery
    where delivery.tenant_id = app.tenant_id and delivery.app_id = app.id and delivery.state in ('refused', 'disputed') and ${ATTACHED}
  ) as stuck on true`

const SUMMARY = `
  app.id, app.type, app.mode,
  case when app.detached_at is not null then 'detached' when app.paused_until > now() then 'paused' else 'working' end as state,
  waits.due, waits.retrying, stuck.refused, stuck.disputed,
  (select count(*) from open_item
   where open_item.tenant_id = app.tenant_id and open_item.app_id = app.id and open_item.state = 'open') as open`

interface SummaryRow extends Omit<AppRow, 'waiting'> {
  due: number
  retrying: number
  refused: number
  disputed: number
}

/** The apps of a tenant in the order of their ids, after `after`. */
export async function listApps(
  db: Queryable,
  list: { tenant: string; after?: string | undefined; limit: number },
): Promise<Part<AppRow, string>> {
  const { rows } = await db.query<SummaryRow>({
    text: `
      select ${SUMMARY}
      from (select app.* from app where app.tenant_id = $1 and app.id > $2 order by app.id limit $3) as app
      ${WAITING}
      order by app.id`,
    values: [list.tenant, list.after ?? '', list.limit + 1],
  })
  return partOf(rows, list.limit, { item: summary, key: (row) => row.id })
}

/** One app, detached ones too. */
export async function readApp(db: Queryable, key: { tenant: string; app: string }): Promise<AppDetails | undefined> {
  const { rows } = await db.query<
    SummaryRow & {
      connections: string[]
      paused_until: Date | null
      pause_why: string | null
      breaker: Breaker['state']
      failing_since: Date | null
      mode_pinned: boolean
      failures: number
      settings: unknown
    }
  >({
    text: `
      select ${SUMMARY},
        case when app.paused_until > now() then app.paused_until end as paused_until,
        case when app.paused_until > now() then app.pause_why end as pause_why,
        ${BREAKER_STATE} as breaker, app.failing_since, app.failures, app.settings, app.mode_pinned,
        array(
          select connection_app.connection_id from connection_app
          where connection_app.tenant_id = app.tenant_id and connection_app.app_id = app.id order by 1
        ) as connections
      from app
      ${WAITING}
      where app.tenant_id = $1 and app.id = $2`,
    values: [key.tenant, key.app],
  })
  const row = rows[0]
  if (row === undefined) return undefined
  const { connections, settings, failures } = row
  return {
    ...summary(row),
    modePinned: row.mode_pinned,
    connections,
    pausedUntil: isoOrNull(row.paused_until),
    pausedWhy: row.pause_why,
    breaker: { state: row.breaker, since: isoOrNull(row.failing_since), failures },
    settings,
  }
}

/** Whether the tenant has such an app, and whether it is still attached. */
export async function appStanding(
  db: Queryable,
  key: { tenant: string; app: string },
): Promise<'attached' | 'detached' | 'none'> {
  const { rows } = await db.query<{ detached: boolean }>({
    text: 'select app.detached_at is not null as detached from app where app.tenant_id = $1 and app.id = $2',
    values: [key.tenant, key.app],
  })
  return rows[0] === undefined ? 'none' : rows[0].detached ? 'detached' : 'attached'
}

const summary = ({ id, type, mode, state, due, retrying, refused, disputed, open }: SummaryRow): AppRow => ({
  id,
  type,
  mode,
  state,
  waiting: { due, retrying, refused, disputed },
  open,
})
