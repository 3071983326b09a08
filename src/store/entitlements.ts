/**
 * Entitlements: what an account can hold in an app, as it was last listed there.
 * Decides what a listing changes and what the event log says of it, and that only a whole one marks anything gone; must not
 * know what an entitlement is for, nor when an app is read (entitlement-readings.ts).
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'
import { searchKey } from './search-key.ts'

/** The reading that writes: nothing is written once its lease is lost. */
export interface EntitlementReading extends AppKey {
  readonly token: string
}

export interface ListedEntitlement {
  readonly id: string
  readonly name: string
  readonly active: boolean
  /** What else the catalogue says of it. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** Everything of one kind that one listing has seen. */
export interface Listing {
  readonly kind: string
  readonly verdict: 'whole' | 'partial'
  /** Why it is not whole. */
  readonly why?: string | undefined
  readonly entries: readonly ListedEntitlement[]
}

/**
 * Writes a listing of one kind down, with its events, in one statement: `entitlement.listed` once, for all that is seen when
 * the kind is first seen whole, and from then on `.new`, `.renamed`, `.retired`, `.returned` and, after a whole listing,
 * `.gone`. Of entries with one id the last counts. False where the lease is lost: then nothing is written.
 */
export async function saveListing(
  db: Queryable,
  { tenant, app, token }: EntitlementReading,
  { kind, verdict, why, entries }: Listing,
): Promise<boolean> {
  const given = new Map(entries.map((entry) => [entry.id, { ...entry, key: searchKey(entry.name) }]))
  const { rows } = await db.query<{ held: boolean }>({
    text: SAVE,
    values: [tenant, app, token, kind, JSON.stringify([...given.values()]), verdict, why ?? null, given.size],
  })
  return rows[0]?.held ?? false
}

// Without a name: a first listing fills an empty table, and a plan made for that would be kept.
const SAVE = `
with held as materialized (
  select entitlement_listing.whole_at from entitlement_reading
  left join entitlement_listing
    on entitlement_listing.tenant_id = $1 and entitlement_listing.app_id = $2 and entitlement_listing.kind = $4
  where entitlement_reading.tenant_id = $1 and entitlement_reading.app_id = $2 and entitlement_reading.lease_token = $3
), given as materialized (
  select given.* from held, jsonb_to_recordset($5::jsonb) as given (id text, name text, key text, active boolean, detail jsonb)
), before as materialized (
  select entitlement.* from entitlement
  where entitlement.tenant_id = $1 and entitlement.app_id = $2 and entitlement.kind = $4
), saved as (
  insert into entitlement (tenant_id, app_id, kind, id, name, name_key, active, detail, first_seen, last_seen)
  select $1, $2, $4, given.id, given.name, given.key, given.active, given.detail, now(), now() from given
  on conflict (tenant_id, app_id, kind, id) do update
  set name = excluded.name, name_key = excluded.name_key, detail = excluded.detail, active = excluded.active,
      former = case when excluded.name = entitlement.name then entitlement.former
        else entitlement.former || jsonb_build_object('name', entitlement.name, 'key', entitlement.name_key, 'until', now()) end,
      retired_since = case when excluded.active then null when entitlement.active then now() else entitlement.retired_since end,
      last_seen = now(), gone_since = null
), lost as (
  update entitlement set gone_since = now() from held
  where entitlement.tenant_id = $1 and entitlement.app_id = $2 and entitlement.kind = $4 and $6::text = 'whole'
    and entitlement.gone_since is null and not exists (select from given where given.id = entitlement.id)
  returning entitlement.id, entitlement.name
), noted as (
  insert into entitlement_listing (tenant_id, app_id, kind, verdict, why, ended_at, entries, whole_at)
  select $1, $2, $4, $6, $7, now(), $8::int, case when $6 = 'whole' then now() end from held
  on conflict (tenant_id, app_id, kind) do update
  set verdict = excluded.verdict, why = excluded.why, ended_at = excluded.ended_at, entries = excluded.entries,
      whole_at = coalesce(excluded.whole_at, entitlement_listing.whole_at)
), change as (
  select 'listed' as what, null as id, null as name, jsonb_build_object('entries', $8::int) as more
  from held where held.whole_at is null and $6 = 'whole'
  union all
  select 'new', given.id, given.name, '{}' from given, held
  where held.whole_at is not null and not exists (select from before where before.id = given.id)
  union all
  select 'renamed', given.id, given.name, jsonb_build_object('before', before.name)
  from given join before on before.id = given.id where before.name <> given.name
  union all
  select 'returned', given.id, given.name,
         jsonb_build_object('was', case when before.gone_since is null then 'retired' else 'gone' end)
  from given join before on before.id = given.id
  where before.gone_since is not null or (given.active and not before.active)
  union all
  select 'retired', given.id, given.name, '{}' from given join before on before.id = given.id
  where before.active and not given.active
  union all
  select 'gone', lost.id, lost.name, '{}' from lost
), logged as (
  insert into event (tenant_id, at, actor, kind, app_id, data)
  select $1, now(), 'rollcall', 'entitlement.' || change.what, $2,
         jsonb_strip_nulls(jsonb_build_object('kind', $4::text, 'id', change.id, 'name', change.name)) || change.more
  from change
)
select exists (select from held) as held`

/** A kind that could not be listed: what is known of it stays as it is. */
export async function noteUnreachable(
  db: Queryable,
  { tenant, app, token }: EntitlementReading,
  { kind, why }: { readonly kind: string; readonly why: string },
): Promise<void> {
  await db.query({
    name: 'note-unreachable',
    text: `
      insert into entitlement_listing (tenant_id, app_id, kind, verdict, why, ended_at, entries)
      select $1, $2, $4, 'unreachable', $5, now(), 0 from entitlement_reading
      where entitlement_reading.tenant_id = $1 and entitlement_reading.app_id = $2 and entitlement_reading.lease_token = $3
      on conflict (tenant_id, app_id, kind) do update
      set verdict = excluded.verdict, why = excluded.why, ended_at = excluded.ended_at, entries = excluded.entries`,
    values: [tenant, app, token, kind, why],
  })
}
