/**
 * Entitlements as the admin API shows them, and what somebody means who names one.
 * Decides what is read and in which order; must not change anything, nor know who names them.
 */
import type { Queryable } from '../db.ts'
import type { AppKey } from '../deliveries.ts'
import { searchKey } from '../search-key.ts'
import { iso, isoOrNull, partOf, type Part } from './page.ts'

export interface FormerName {
  readonly name: string
  /** When the app was first read without it. */
  readonly until: string
}

export interface EntitlementRow {
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly state: 'active' | 'retired' | 'gone'
  /** When it was first seen so; null for what is active, or was retired from the start. */
  readonly since: string | null
  readonly detail: Readonly<Record<string, unknown>>
  readonly formerNames: readonly FormerName[]
  readonly firstSeen: string
  readonly lastSeen: string
}

/** The last row of a page. */
export interface EntitlementKey {
  readonly kind: string
  readonly id: string
}

export interface EntitlementList extends AppKey {
  readonly kind?: string | undefined
  /** Part of a name that it has or had, whatever the case, or its id. */
  readonly search?: string | undefined
  readonly after?: EntitlementKey | undefined
  readonly limit: number
}

interface Row extends Omit<EntitlementRow, 'state' | 'since' | 'formerNames' | 'firstSeen' | 'lastSeen'> {
  active: boolean
  retired_since: Date | null
  gone_since: Date | null
  former: { name: string; until: string }[]
  first_seen: Date
  last_seen: Date
}

const OF_APP = 'entitlement.tenant_id = $1 and entitlement.app_id = $2'

/** By kind and name. Conditions that are not asked for are left out, so that each combination gets a plan of its own. */
export async function listEntitlements(
  db: Queryable,
  list: EntitlementList,
): Promise<Part<EntitlementRow, EntitlementKey>> {
  const after = list.after && (await nameKeyOf(db, list, list.after))
  const values: unknown[] = [list.tenant, list.app, list.limit + 1]
  const bind = (value: unknown): string => `$${values.push(value)}`
  const conditions = [OF_APP]
  if (list.kind !== undefined) conditions.push(`entitlement.kind = ${bind(list.kind)}`)
  if (list.search !== undefined) conditions.push(matches(bind(searchKey(list.search)), bind(list.search)))
  if (after !== undefined)
    conditions.push(
      `(entitlement.kind, entitlement.name_key, entitlement.id) > (${bind(after.kind)}, ${bind(after.key)}, ${bind(after.id)})`,
    )
  const { rows } = await db.query<Row>({
    text: `
      select entitlement.kind, entitlement.id, entitlement.name, entitlement.active, entitlement.retired_since,
             entitlement.gone_since, entitlement.detail, entitlement.former, entitlement.first_seen, entitlement.last_seen
      from entitlement where ${conditions.join(' and ')}
      order by entitlement.kind, entitlement.name_key, entitlement.id
      limit $3`,
    values,
  })
  return partOf(rows, list.limit, { item: entitlementOf, key: ({ kind, id }) => ({ kind, id }) })
}

const matches = (key: string, id: string): string =>
  `(strpos(entitlement.name_key, ${key}) > 0 or entitlement.id = ${id} or exists (
     select from jsonb_array_elements(entitlement.former) as had (name) where strpos(had.name ->> 'key', ${key}) > 0))`

/** Where a page went to: rows are never removed, and one that was renamed meanwhile is where it is now. */
async function nameKeyOf(
  db: Queryable,
  { tenant, app }: AppKey,
  { kind, id }: EntitlementKey,
): Promise<(EntitlementKey & { readonly key: string }) | undefined> {
  const { rows } = await db.query<{ key: string }>({
    name: 'name-key-of-entitlement',
    text: `select entitlement.name_key as key from entitlement
           where ${OF_APP} and entitlement.kind = $3 and entitlement.id = $4`,
    values: [tenant, app, kind, id],
  })
  return rows[0] && { kind, id, key: rows[0].key }
}

function entitlementOf(row: Row): EntitlementRow {
  const { kind, id, name, detail, active, gone_since, retired_since, former } = row
  const state = gone_since !== null ? 'gone' : active ? 'active' : 'retired'
  return {
    kind,
    id,
    name,
    state,
    since: isoOrNull(gone_since ?? retired_since),
    detail,
    formerNames: former.map((one) => ({ name: one.name, until: iso(new Date(one.until)) })),
    firstSeen: iso(row.first_seen),
    lastSeen: iso(row.last_seen),
  }
}

export interface ListingRow {
  readonly kind: string
  readonly verdict: 'whole' | 'partial' | 'unreachable'
  readonly why: string | null
  readonly at: string
  readonly entries: number
  /** When all of them were last seen. */
  readonly wholeAt: string | null
}

/** How the last listing of each kind went; kinds that were never listed are absent. */
export async function readListings(db: Queryable, { tenant, app }: AppKey): Promise<ListingRow[]> {
  const { rows } = await db.query<
    Omit<ListingRow, 'at' | 'wholeAt'> & { readonly ended_at: Date; readonly whole_at: Date | null }
  >({
    name: 'read-entitlement-listings',
    text: `
      select entitlement_listing.kind, entitlement_listing.verdict, entitlement_listing.why, entitlement_listing.ended_at,
             entitlement_listing.entries, entitlement_listing.whole_at
      from entitlement_listing
      where entitlement_listing.tenant_id = $1 and entitlement_listing.app_id = $2
      order by entitlement_listing.kind`,
    values: [tenant, app],
  })
  return rows.map(({ ended_at, whole_at, ...row }) => ({ ...row, at: iso(ended_at), wholeAt: isoOrNull(whole_at) }))
}

/** An entitlement that defaults or a policy name. */
export interface Mention {
  readonly kind: string
  /** Name or id. */
  readonly name: string
  /** Every place that names it: `defaults.role`, `rules[0].give.role`. */
  readonly at: readonly string[]
}

/** What is named in an app. */
export type MentionsOf = (key: AppKey) => Promise<readonly Mention[]>

/** An entitlement that a mention may mean. */
export interface Meant {
  readonly id: string
  readonly name: string
  readonly state: 'active' | 'retired' | 'gone'
}

/**
 * What each mention means: an id before a name, what is active before what is not, what is retired before what is gone.
 * None: nothing of that name was ever seen. More than one: nobody can tell which. In the order of `mentions`.
 */
export async function findMeant(
  db: Queryable,
  { tenant, app }: AppKey,
  mentions: readonly Mention[],
): Promise<(readonly Meant[])[]> {
  if (mentions.length === 0) return []
  const given = mentions.map(({ kind, name }, at) => ({ at, kind, id: name.trim(), key: searchKey(name.trim()) }))
  const { rows } = await db.query<Meant & { readonly at: number; readonly by_id: boolean }>({
    text: `
      select given.at, entitlement.id, entitlement.name, entitlement.id = given.id as by_id,
             case when entitlement.gone_since is not null then 'gone' when entitlement.active then 'active' else 'retired' end as state
      from jsonb_to_recordset($3::jsonb) as given (at int, kind text, id text, key text)
      cross join lateral (
        select entitlement.* from entitlement
        where ${OF_APP} and entitlement.kind = given.kind and entitlement.id = given.id
        union
        select entitlement.* from entitlement
        where ${OF_APP} and entitlement.kind = given.kind and entitlement.name_key = given.key
      ) as entitlement`,
    values: [tenant, app, JSON.stringify(given)],
  })
  const byPlace = Map.groupBy(rows, ({ at }) => at)
  return given.map(({ at }) => {
    const found = byPlace.get(at) ?? []
    const byId = found.filter(({ by_id }) => by_id)
    return strongest(byId.length > 0 ? byId : found)
  })
}

function strongest(found: readonly Meant[]): readonly Meant[] {
  for (const state of ['active', 'retired', 'gone'] as const) {
    const some = found.filter((one) => one.state === state)
    if (some.length > 0) return some.map(({ id, name }) => ({ id, name, state }))
  }
  return []
}

/** Places that name each entitlement, by `kind/id`. One that nobody names is absent. */
export async function usesOf(
  db: Queryable,
  key: AppKey,
  mentions: readonly Mention[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const uses = new Map<string, string[]>()
  for (const [index, meant] of (await findMeant(db, key, mentions)).entries()) {
    const { kind, at } = mentions[index] ?? { kind: '', at: [] }
    for (const { id } of meant) uses.set(`${kind}/${id}`, [...(uses.get(`${kind}/${id}`) ?? []), ...at])
  }
  return uses
}

/** What had a name before that nothing has any more: of each kind and name, the one that lost it last. */
export async function findRenamed(
  db: Queryable,
  { tenant, app }: AppKey,
  { kind, name }: Pick<Mention, 'kind' | 'name'>,
): Promise<(Pick<Meant, 'id' | 'name'> & { readonly since: string }) | undefined> {
  const { rows } = await db.query<{ id: string; name: string; until: string }>({
    text: `
      select entitlement.id, entitlement.name, had.name ->> 'until' as until
      from entitlement cross join jsonb_array_elements(entitlement.former) as had (name)
      where ${OF_APP} and entitlement.kind = $3 and entitlement.gone_since is null and entitlement.former <> '[]'
        and had.name ->> 'key' = $4
      order by had.name ->> 'until' desc limit 1`,
    values: [tenant, app, kind, searchKey(name.trim())],
  })
  return rows[0] && { id: rows[0].id, name: rows[0].name, since: iso(new Date(rows[0].until)) }
}

/** What the app charges for each of these, in its own words; those that are charged for nothing are absent. */
export async function readCharges(
  db: Queryable,
  { tenant, app }: AppKey,
  { kind, ids }: { readonly kind: string; readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (ids.length === 0) return new Map()
  const { rows } = await db.query<{ id: string; charges: readonly string[] | null }>({
    text: `
      select entitlement.id, entitlement.detail -> 'charges' as charges from entitlement
      where ${OF_APP} and entitlement.kind = $3 and entitlement.id = any($4)`,
    values: [tenant, app, kind, ids],
  })
  return new Map(rows.flatMap(({ id, charges }) => (charges === null || charges.length === 0 ? [] : [[id, charges]])))
}
