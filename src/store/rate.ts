/**
 * Buckets of calls: how many an app may still get just now, for all processes together.
 * Decides how they fill, empty and adapt to what the app bears; must not know what is called, nor wait.
 */
import type { Queryable } from './db.ts'

/** The app's account at the target: two apps that share one share its bucket. */
export interface BucketKey {
  readonly tenant: string
  readonly bucket: string
}

export interface RateLimits {
  /** Calls a second it begins with. */
  readonly startPerSecond: number
  /** Never more than this, whatever the app bears. */
  readonly perSecond: number
  /** Calls that may be made at once after a rest. */
  readonly burst: number
}

export interface TokenRequest {
  /** Calls that wait for a token. */
  readonly need: number
  /** Tokens wanted: those, and some for calls that will come in a moment. */
  readonly want: number
  /** The part of what it can hold, from 0 to 1, that is left for calls more urgent, in this process or another. */
  readonly keep: number
}

export interface Tokens {
  readonly granted: number
  /** Seconds until one more can be had. */
  readonly wait: number
  /** Calls a second the bucket fills by. */
  readonly rate: number
}

/** Below this it is a call every five seconds: slower would say nothing about the app any more. */
const SLOWEST = 0.2
/** After the app complained, the rate rises by what it began with in so many seconds. */
const RECOVERY_SECONDS = 20

/**
 * Takes tokens out, in one statement. Where they do not suffice the rate rises: by `startPerSecond` each second until the app
 * first says that there are too many calls, slowly from then on.
 */
export async function takeTokens(
  db: Queryable,
  { tenant, bucket }: BucketKey,
  asked: TokenRequest & RateLimits,
): Promise<Tokens> {
  const { need, want, keep, startPerSecond, perSecond, burst } = asked
  const take = () =>
    db.query<Tokens>({
      name: 'take-tokens',
      text: TAKE,
      values: [tenant, bucket, need, want, keep, perSecond, burst, startPerSecond, startPerSecond / RECOVERY_SECONDS],
    })
  const { rows } = await take()
  if (rows[0] !== undefined) return rows[0]
  await db.query(
    `insert into rate_bucket (tenant_id, key, tokens, rate, refilled_at) values ($1, $2, $3, $4, clock_timestamp())
     on conflict (tenant_id, key) do nothing`,
    [tenant, bucket, burst, Math.min(startPerSecond, perSecond)],
  )
  const [tokens] = (await take()).rows
  if (tokens === undefined) throw new Error(`the bucket ${bucket} of ${tenant} was removed while it was used`)
  return tokens
}

/** The clock is read after the row is locked: whoever waited for it must not count time that others have used. */
const TAKE = `
with bucket as materialized (
  select rate_bucket.* from rate_bucket where rate_bucket.tenant_id = $1 and rate_bucket.key = $2 for update
), timed as materialized (
  select bucket.*, greatest(clock_timestamp(), bucket.refilled_at) as at, least(bucket.rate, $6::float8) as bounded from bucket
), sized as (
  -- Once the app has complained it is not called in bursts that it may not bear: a second's worth at most.
  select timed.*, least($7::float8, case when timed.slowed_at is null then $7::float8 else greatest(1, timed.bounded) end) as size
  from timed
), filled as (
  select sized.*, floor(sized.size * $5::float8) as kept, extract(epoch from sized.at - sized.refilled_at)::float8 as elapsed,
         coalesce(sized.blocked_until > sized.at, false) as blocked,
         least(sized.size, sized.tokens + sized.bounded * greatest(0, extract(epoch from
           sized.at - greatest(sized.refilled_at, coalesce(sized.blocked_until, sized.refilled_at)))::float8)) as level
  from sized
), granted as (
  select filled.*, case when filled.blocked then 0 else greatest(0, least($4::int, floor(filled.level - filled.kept)))::int end as count
  from filled
)
update rate_bucket
set tokens = granted.level - granted.count,
    refilled_at = granted.at,
    rate = case
      when granted.blocked or granted.count >= $3::int then granted.bounded
      else least($6::float8, granted.bounded
        + least(1, granted.elapsed) * case when granted.slowed_at is null then $8::float8 else $9::float8 end)
    end
from granted
where rate_bucket.tenant_id = $1 and rate_bucket.key = $2
returning granted.count as granted, rate_bucket.rate,
  case
    when granted.blocked then extract(epoch from granted.blocked_until - granted.at)::float8 + 1 / rate_bucket.rate
    else greatest(0, (1 + granted.kept - rate_bucket.tokens) / rate_bucket.rate)
  end as wait`

/**
 * The app said that there are too many calls: the bucket is empty, until the instant that it named if it did, and the rate
 * halves, at most once a second, however many calls were under way. It halves also where an instant was named: that says
 * when to go on and not how fast, and a change that takes more calls than the app bears at once would never come to its end.
 */
export async function slowDown(db: Queryable, { tenant, bucket }: BucketKey, until?: Date): Promise<void> {
  await db.query({
    name: 'slow-down',
    text: `
      update rate_bucket
      set tokens = least(0, rate_bucket.tokens), refilled_at = greatest(rate_bucket.refilled_at, now()),
          blocked_until = greatest(rate_bucket.blocked_until, $3::timestamptz),
          rate = case
            when rate_bucket.slowed_at > now() - interval '1 second' then rate_bucket.rate
            else greatest($4::float8, rate_bucket.rate / 2)
          end,
          slowed_at = now()
      where rate_bucket.tenant_id = $1 and rate_bucket.key = $2`,
    values: [tenant, bucket, until ?? null, SLOWEST],
  })
}
