/**
 * What stands in the way of an app's deliveries: one item a cause.
 * Decides how deliveries are gathered under a cause; must not change anything.
 */
import type { Queryable } from '../db.ts'
import { iso } from './page.ts'

export interface OpenItem {
  readonly kind: string
  readonly since: string
  readonly waiting: number
  readonly fix: string
}

interface CauseRow {
  code: string | null
  since: Date
  waiting: number
  detail: string | null
}

const MOST_ITEMS = 50

/** What mends a cause whose words only name it. */
const ADVICE: Readonly<Record<string, string>> = {
  disputed:
    'Free the name in the app, or take the person off this connection; then deactivate and activate the person at the provider.',
  deleted: 'Restore the account in the app, then change the person once at the provider.',
  unmatched: 'Have the provider send what is missing.',
}

const fixOf = ({ code, detail }: CauseRow): string => {
  const advice = ADVICE[code ?? '']
  if (detail === null) return advice ?? ''
  return advice === undefined ? detail : `${detail[0]?.toUpperCase() ?? ''}${detail.slice(1)}. ${advice}`
}

/** The causes of what waits, most waiting first. `pausedWhy` is why the app is paused, if it is: then all that was not tried waits for that. */
export async function openItems(
  db: Queryable,
  key: { tenant: string; app: string; pausedWhy: string | null },
): Promise<OpenItem[]> {
  const { rows } = await db.query<CauseRow>({
    text: `
      select open.code, min(open.accepted_at) as since, count(*) as waiting,
             (array_agg(open.detail order by open.id desc) filter (where open.detail is not null))[1] as detail
      from (
        select delivery.id, delivery.code, delivery.detail, delivery.accepted_at from delivery
        where delivery.tenant_id = $1 and delivery.app_id = $2
          and delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying')
          and (delivery.code is not null or $3)
        union all
        select delivery.id, delivery.code, delivery.detail, delivery.accepted_at from delivery
        where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.state in ('refused', 'disputed')
      ) as open
      group by open.code
      order by waiting desc, open.code
      limit $4`,
    values: [key.tenant, key.app, key.pausedWhy !== null, MOST_ITEMS + 1],
  })
  return joinPaused(rows, key.pausedWhy).slice(0, MOST_ITEMS)
}

/** Deliveries that were not tried because the app is paused wait for the same thing as those that were: one item. */
function joinPaused(rows: readonly CauseRow[], pausedWhy: string | null): OpenItem[] {
  const untried = rows.find((row) => row.code === null)
  const items: OpenItem[] = []
  for (const row of rows) {
    if (row === untried) continue
    const joins = untried !== undefined && row.detail === pausedWhy && pausedWhy !== null
    const since = joins && untried.since < row.since ? untried.since : row.since
    items.push({
      kind: row.code ?? 'paused',
      since: iso(since),
      waiting: row.waiting + (joins ? untried.waiting : 0),
      fix: fixOf(row),
    })
  }
  const joined = rows.some((row) => row !== untried && row.detail === pausedWhy && pausedWhy !== null)
  if (untried === undefined || joined) return items
  return [
    ...items,
    { kind: 'paused', since: iso(untried.since), waiting: untried.waiting, fix: pausedWhy ?? untried.detail ?? '' },
  ]
}
