/**
 * What is known of single sign-on into each app, and when it is looked at again.
 * Decides that one process at a time looks; must not know what a certificate or metadata is worth.
 */
import type { CertificateFacts } from '../sign-on/certificate-facts.ts'
import type { MetadataFacts } from '../sign-on/metadata.ts'
import type { SignOnPlace } from '../sign-on/place.ts'
import type { Provider } from '../sign-on/providers.ts'
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'
import type { Cause } from './open-items.ts'

export interface SignOnRow {
  readonly place: SignOnPlace | null
  readonly placeAt: Date | null
  readonly provider: Provider | null
  readonly metadata: MetadataFacts | null
  readonly metadataUrl: string | null
  readonly seen: MetadataFacts | null
  readonly seenAt: Date | null
  readonly certificates: readonly CertificateFacts[]
  readonly givenAt: Date | null
  /** The same instant to the microsecond, which a Date does not hold. */
  readonly givenMark: string | null
  /** By fingerprint. */
  readonly told: Readonly<Record<string, number>>
  readonly failures: number
  readonly why: string | null
}

const COLUMNS = `sign_on.place, sign_on.place_at as "placeAt", sign_on.provider, sign_on.metadata,
  sign_on.metadata_url as "metadataUrl", sign_on.seen, sign_on.seen_at as "seenAt", sign_on.certificates,
  sign_on.given_at as "givenAt", sign_on.given_at::text as "givenMark", sign_on.told, sign_on.failures, sign_on.why`

export async function readSignOn(db: Queryable, { tenant, app }: AppKey): Promise<SignOnRow | undefined> {
  const { rows } = await db.query<SignOnRow>({
    name: 'read-sign-on',
    text: `select ${COLUMNS} from sign_on where sign_on.tenant_id = $1 and sign_on.app_id = $2`,
    values: [tenant, app],
  })
  return rows[0]
}

/** Where the app's people sign in, as it has just said. */
export async function keepPlace(db: Queryable, { tenant, app }: AppKey, place: SignOnPlace): Promise<void> {
  await db.query({
    name: 'keep-sign-on-place',
    text: `
      insert into sign_on (tenant_id, app_id, place, place_at) values ($1, $2, $3, now())
      on conflict (tenant_id, app_id) do update set place = excluded.place, place_at = excluded.place_at`,
    values: [tenant, app, JSON.stringify(place)],
  })
}

export interface Given {
  readonly provider: Provider
  readonly metadata?: { readonly facts: MetadataFacts; readonly url: string | undefined } | undefined
  /** Instead of those given before. */
  readonly certificates?: readonly CertificateFacts[] | undefined
  readonly actor: string
}

/** What was given takes the place of what was given before, and is looked at as soon as somebody gets to it. */
export async function keepGiven(db: Queryable, { tenant, app }: AppKey, given: Given): Promise<void> {
  const { provider, metadata, certificates, actor } = given
  const prints = (certificates ?? metadata?.facts.certificates ?? []).map(({ fingerprint }) => fingerprint)
  await db.query({
    name: 'keep-sign-on-given',
    text: KEEP,
    values: [
      tenant,
      app,
      provider,
      metadata === undefined ? null : JSON.stringify(metadata.facts),
      metadata?.url ?? null,
      certificates === undefined ? null : JSON.stringify(certificates),
      actor,
      JSON.stringify({ provider, metadata: metadata !== undefined, certificates: prints }),
    ],
  })
}

const KEEP = `
with kept as (
  insert into sign_on (tenant_id, app_id, provider, metadata, metadata_url, seen, seen_at, certificates, given_at)
  values ($1, $2, $3, $4::jsonb, $5::text, $4::jsonb, case when $4::jsonb is null then null else now() end,
          coalesce($6::jsonb, '[]'), now())
  on conflict (tenant_id, app_id) do update
  set provider = excluded.provider, given_at = excluded.given_at, next_at = now(), failures = 0, why = null,
      metadata = coalesce(excluded.metadata, sign_on.metadata),
      metadata_url = case when excluded.metadata is null then sign_on.metadata_url else excluded.metadata_url end,
      seen = coalesce(excluded.seen, sign_on.seen), seen_at = coalesce(excluded.seen_at, sign_on.seen_at),
      certificates = case
        when $6::jsonb is not null then $6::jsonb
        when $4::jsonb is not null then '[]'
        else sign_on.certificates end
  returning sign_on.tenant_id
)
insert into event (tenant_id, at, actor, kind, app_id, data)
select kept.tenant_id, now(), $7, 'sign-on.given', $2, $8::jsonb from kept`

export interface Watched extends AppKey, SignOnRow {}

/** Takes one app that is due, of `keys`; whoever dies over it leaves it for `seconds`. */
export async function takeDue(
  db: Queryable,
  { keys, seconds }: { readonly keys: readonly AppKey[]; readonly seconds: number },
): Promise<Watched | undefined> {
  const { rows } = await db.query<Watched>({
    name: 'take-sign-on-due',
    text: `
      with due as materialized (
        select sign_on.tenant_id, sign_on.app_id from sign_on
        join unnest($1::text[], $2::text[]) as mine (tenant_id, app_id)
          on mine.tenant_id = sign_on.tenant_id and mine.app_id = sign_on.app_id
        where sign_on.next_at <= now()
        order by sign_on.next_at limit 1
        for update of sign_on skip locked
      )
      update sign_on set next_at = now() + make_interval(secs => $3::float8)
      from due where sign_on.tenant_id = due.tenant_id and sign_on.app_id = due.app_id
      returning sign_on.tenant_id as tenant, sign_on.app_id as app, ${COLUMNS}`,
    values: [keys.map(({ tenant }) => tenant), keys.map(({ app }) => app), seconds],
  })
  return rows[0]
}

export interface Looked {
  readonly seen?: MetadataFacts | undefined
  readonly why?: string | undefined
  readonly told: Readonly<Record<string, number>>
  /** Seconds until the next look. */
  readonly next: number
}

/** Writes down what a look has seen; nothing where something else was given meanwhile. */
export async function endLook(db: Queryable, watched: Watched, { seen, why, told, next }: Looked): Promise<void> {
  await db.query({
    name: 'end-sign-on-look',
    text: `
      update sign_on
      set seen = coalesce($4::jsonb, sign_on.seen), seen_at = case when $4::jsonb is null then sign_on.seen_at else now() end,
          why = $5, failures = case when $5::text is null then 0 else sign_on.failures + 1 end, told = $6,
          next_at = now() + make_interval(secs => $7::float8)
      where sign_on.tenant_id = $1 and sign_on.app_id = $2 and sign_on.given_at is not distinct from $3::timestamptz`,
    values: [
      watched.tenant,
      watched.app,
      watched.givenMark,
      seen === undefined ? null : JSON.stringify(seen),
      why ?? null,
      JSON.stringify(told),
      next,
    ],
  })
}

/** Tells of an open item once more, to everybody who was told that it opened. */
export async function tellAgain(db: Queryable, { tenant, app }: AppKey, { kind, key }: Cause): Promise<void> {
  await db.query({
    name: 'tell-again',
    text: `
      insert into alert (tenant_id, channel, item_id, kind, due_at)
      select distinct alert.tenant_id, alert.channel, alert.item_id, 'opened', now()
      from open_item join alert on alert.item_id = open_item.id
      where open_item.tenant_id = $1 and open_item.app_id = $2 and open_item.kind = $3 and open_item.key = $4
        and open_item.state = 'open' and alert.kind = 'opened' and alert.sent_at is not null
        and alert.created_at >= open_item.opened_at`,
    values: [tenant, app, kind, key],
  })
}

export interface AccountOwner {
  readonly account: string
  readonly userName: string
  readonly externalId: string | null
  readonly document: Readonly<Record<string, unknown>>
}

/** The identities that own accounts of an app. */
export async function listOwners(db: Queryable, { tenant, app }: AppKey): Promise<AccountOwner[]> {
  const { rows } = await db.query<AccountOwner>({
    name: 'list-sign-on-owners',
    text: `
      select link.account_id as account, identity.user_name as "userName", identity.external_id as "externalId",
             identity.document
      from link
      join identity on identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id
        and identity.id = link.identity_id
      where link.tenant_id = $1 and link.app_id = $2 and link.state = 'linked' and link.account_id is not null
        and identity.deleted_at is null`,
    values: [tenant, app],
  })
  return rows
}
