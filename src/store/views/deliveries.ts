/**
 * Deliveries as the admin API shows them.
 * Decides what is read and in which order; must not change anything.
 */
import type { Queryable } from '../db.ts'
import { LANES } from '../deliveries.ts'
import { iso, isoOrNull, partOf, type Part } from './page.ts'

export type DeliveryState = 'due' | 'delivered' | 'retrying' | 'refused' | 'disputed' | 'observed'

export interface DeliveryRow {
  readonly app: string
  readonly connection: string
  readonly identity: string
  readonly userName: string
  readonly subject: string
  readonly wanted: number
  readonly delivered: number
  readonly state: DeliveryState
  readonly urgency: 'normal' | 'interactive' | 'deactivation'
  readonly attempts: number
  readonly next: string | null
  readonly code: string | null
  readonly detail: string | null
  readonly accepted: string
  readonly deliveredAt: string | null
}

export interface DeliveryList {
  readonly tenant: string
  readonly app?: string | undefined
  readonly state?: DeliveryState | undefined
  /** Id of the last row of the page before. */
  readonly before?: number | undefined
  readonly limit: number
}

interface Row {
  id: number
  app_id: string
  connection_id: string
  identity_id: string
  user_name: string
  subject: string
  wanted: number
  delivered: number
  state: DeliveryState
  urgency: number
  attempts: number
  next_at: Date
  code: string | null
  detail: string | null
  accepted_at: Date
  delivered_at: Date | null
}

const URGENCIES: ReadonlyMap<number, DeliveryRow['urgency']> = new Map([
  [LANES.deactivation, 'deactivation'],
  [LANES.failedDeactivation, 'deactivation'],
  [LANES.interactive, 'interactive'],
])

/** Conditions under which a partial index of the table serves: what waits for time, what waits for a person. */
const STATE_CONDITIONS: { readonly [S in DeliveryState]?: string } = {
  due: `delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying')`,
  retrying: `delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying')`,
  refused: `delivery.state in ('refused', 'disputed')`,
  disputed: `delivery.state in ('refused', 'disputed')`,
}

/** Newest subjects first. Conditions that are not asked for are left out, so that each combination gets a plan of its own. */
export async function listDeliveries(db: Queryable, list: DeliveryList): Promise<Part<DeliveryRow, number>> {
  const values: unknown[] = [list.tenant, list.limit + 1]
  const only = (condition: string, value: unknown): string =>
    value === undefined ? '' : `and ${condition.replace('?', `$${values.push(value)}`)}`
  const partial = list.state === undefined ? undefined : STATE_CONDITIONS[list.state]
  const { rows } = await db.query<Row>({
    text: `
      select delivery.id, delivery.app_id, delivery.connection_id, delivery.identity_id, identity.user_name, delivery.subject,
             delivery.wanted, delivery.delivered, delivery.state, delivery.urgency, delivery.attempts, delivery.next_at,
             delivery.code, delivery.detail, delivery.accepted_at, delivery.delivered_at
      from delivery
      join identity on identity.tenant_id = delivery.tenant_id and identity.connection_id = delivery.connection_id
        and identity.id = delivery.identity_id
      where delivery.tenant_id = $1
        ${only('delivery.app_id = ?', list.app)}
        ${only('delivery.state = ?', list.state)}
        ${partial === undefined ? '' : `and ${partial}`}
        ${only('delivery.id < ?', list.before)}
      order by delivery.id desc
      limit $2`,
    values,
  })
  return partOf(rows, list.limit, { item: deliveryOf, key: (row) => row.id })
}

const deliveryOf = (row: Row): DeliveryRow => ({
  app: row.app_id,
  connection: row.connection_id,
  identity: row.identity_id,
  userName: row.user_name,
  subject: row.subject,
  wanted: row.wanted,
  delivered: row.delivered,
  state: row.state,
  urgency: URGENCIES.get(row.urgency) ?? 'normal',
  attempts: row.attempts,
  next: nextAttempt(row),
  code: row.code,
  detail: row.detail,
  accepted: iso(row.accepted_at),
  deliveredAt: isoOrNull(row.delivered_at),
})

/** When a delivery is tried next by itself; null when it is done or disputed. */
export function nextAttempt(row: {
  state: DeliveryState
  wanted: number
  delivered: number
  next_at: Date
}): string | null {
  const waits = row.wanted > row.delivered && row.state !== 'disputed'
  return waits ? iso(row.next_at) : null
}
