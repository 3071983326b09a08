/**
 * Open items that a reading of an app finds: they stand whether anybody waits for them or not.
 * Decides that one cause is one item, whoever meets it, and when it stands no more; must not know what a cause means, nor
 * open or close anything (open-items.ts).
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'
import type { Cause } from './open-items.ts'

export interface FoundItem extends Cause {
  readonly fix: string
}

export interface Found {
  /** What was looked for: items of other kinds are left alone. */
  readonly kinds: readonly string[]
  readonly found: readonly FoundItem[]
  readonly undecided: readonly Cause[]
}

/**
 * Writes down what was found, and ends what was found before and is not any more. `undecided` is neither: what is known of
 * it stays. Returns what has ended.
 */
export async function saveFound(
  db: Queryable,
  { tenant, app }: AppKey,
  { kinds, found, undecided }: Found,
): Promise<Cause[]> {
  const { rows } = await db.query<Cause>({
    name: 'save-found',
    text: SAVE,
    values: [tenant, app, JSON.stringify(found), JSON.stringify(undecided), kinds],
  })
  return rows
}

const AGAIN = `open_item.state = 'closed'`

const SAVE = `
with found as materialized (
  select found.* from jsonb_to_recordset($3::jsonb) as found (kind text, key text, fix text)
), met as (
  insert into open_item (tenant_id, app_id, kind, key, state, since, fix, found_at)
  select $1, $2, found.kind, found.key, 'seen', now(), found.fix, now() from found
  on conflict (tenant_id, app_id, kind, key) do update
  set state = case when ${AGAIN} then 'seen' else open_item.state end,
      since = case when ${AGAIN} then excluded.since else open_item.since end,
      opened_at = case when ${AGAIN} then null else open_item.opened_at end,
      probed_at = case when ${AGAIN} then null else open_item.probed_at end,
      closed_at = null, proven_at = null, fix = excluded.fix, found_at = excluded.found_at
  where ${AGAIN} or open_item.found_at is null or open_item.fix <> excluded.fix
)
update open_item set found_at = null
where open_item.tenant_id = $1 and open_item.app_id = $2 and open_item.state <> 'closed' and open_item.found_at is not null
  and open_item.kind = any ($5)
  and not exists (select from found where found.kind = open_item.kind and found.key = open_item.key)
  and not exists (
    select from jsonb_to_recordset($4::jsonb) as undecided (kind text, key text)
    where undecided.kind = open_item.kind and undecided.key = open_item.key)
returning open_item.kind, open_item.key`
