/**
 * What stands in the way of an app's deliveries: one item a cause.
 * Decides the order they are shown in; must not change anything.
 */
import type { Queryable } from '../db.ts'
import { COUNT_WAITING } from '../open-items.ts'
import { iso } from './page.ts'

export interface OpenItem {
  readonly kind: string
  readonly about: string
  readonly since: string
  readonly waiting: number
  readonly fix: string
}

const MOST_ITEMS = 50

/** The open items of an app, most waiting first. Rows of connections that no longer have the app do not count. */
export async function openItems(db: Queryable, key: { tenant: string; app: string }): Promise<OpenItem[]> {
  const { rows } = await db.query<Omit<OpenItem, 'since'> & { since: Date }>({
    text: `
      select open_item.kind, open_item.key as about, open_item.since, open_item.fix, ${COUNT_WAITING} as waiting
      from open_item
      where open_item.tenant_id = $1 and open_item.app_id = $2 and open_item.state = 'open'
      order by waiting desc, open_item.kind, open_item.key
      limit $3`,
    values: [key.tenant, key.app, MOST_ITEMS],
  })
  return rows.map(({ since, ...item }) => ({ ...item, since: iso(since) }))
}
