/**
 * Links as the admin API shows them.
 * Decides what is read and in which order; must not change anything.
 */
import type { Queryable } from '../db.ts'
import { iso, partOf, type Part } from './page.ts'

export type LinkState = 'linked' | 'unlinked' | 'unmatched' | 'disputed' | 'orphan' | 'deleted'

export interface LinkRow {
  readonly id: number
  readonly app: string
  readonly connection: string
  readonly state: LinkState
  readonly identity: string
  readonly userName: string
  readonly present: boolean
  readonly account: string | null
  readonly origin: 'created' | 'adopted' | null
  readonly why: string | null
  readonly since: string
  readonly settled: {
    readonly as: 'adopt' | 'ignore'
    readonly by: string
    readonly at: string
    readonly evenProtected: boolean
  } | null
}

export interface LinkList {
  readonly tenant: string
  readonly app?: string | undefined
  readonly state?: LinkState | undefined
  /** Only this one. */
  readonly id?: number | undefined
  /** Id of the last row of the page before. */
  readonly before?: number | undefined
  readonly limit: number
}

interface Row extends Omit<LinkRow, 'since' | 'settled'> {
  since: Date
  settled_as: 'adopt' | 'ignore' | null
  settled_by: string | null
  settled_at: Date | null
  even_protected: boolean
}

/** Newest first. Conditions that are not asked for are left out, so that each combination gets a plan of its own. */
export async function listLinks(db: Queryable, list: LinkList): Promise<Part<LinkRow, number>> {
  const values: unknown[] = [list.tenant, list.limit + 1]
  const only = (condition: string, value: unknown): string =>
    value === undefined ? '' : `and ${condition.replace('?', `$${values.push(value)}`)}`
  const { rows } = await db.query<Row>({
    text: `
      select link.id, link.app_id as app, link.connection_id as connection, link.state, link.identity_id as identity,
             identity.user_name as "userName", identity.deleted_at is null as present, link.account_id as account, link.origin,
             link.why, link.since, link.settled_as, link.settled_by, link.settled_at, link.even_protected
      from link
      join identity on identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id and identity.id = link.identity_id
      where link.tenant_id = $1
        ${only('link.app_id = ?', list.app)}
        ${only('link.state = ?', list.state)}
        ${only('link.id = ?', list.id)}
        ${only('link.id < ?', list.before)}
      order by link.id desc
      limit $2`,
    values,
  })
  return partOf(rows, list.limit, { item: linkOf, key: (row) => row.id })
}

function linkOf({ settled_as, settled_by, settled_at, even_protected, since, ...row }: Row): LinkRow {
  const settled =
    settled_as === null || settled_by === null || settled_at === null
      ? null
      : { as: settled_as, by: settled_by, at: iso(settled_at), evenProtected: even_protected }
  return { ...row, since: iso(since), settled }
}
