/**
 * Ends leases before their time: for work that failed here, and for processes that are surely dead.
 * Decides when such a row is due again; must not end the lease of somebody who may still be at work.
 */
import type { Queryable } from './db.ts'
import { HELD, type LeasedDelivery } from './deliveries.ts'

/** What a dead process had sent to an app may still be on its way there for a moment. */
const GRACE_SECONDS = 2
const LONGEST_BACKOFF_SECONDS = 900

/**
 * Gives rows back whose work ended in a fault of ours and that were not settled: due again after their back-off. Rows
 * whose lease is lost are left to who has them now.
 */
export async function giveBack(db: Queryable, held: readonly LeasedDelivery[]): Promise<void> {
  await db.query({
    name: 'give-back-leases',
    text: `
      update delivery
      set lease_token = null, lease_until = null, attempts = delivery.attempts + 1,
          next_at = greatest(delivery.next_at, now() + make_interval(secs => least(power(2, least(delivery.attempts, 20)), $3::float8)))
      from (${HELD}) as held
      where delivery.id = held.id`,
    values: [held.map(({ id }) => id), held.map(({ token }) => token), LONGEST_BACKOFF_SECONDS],
  })
}

/**
 * Lets every lease run out within seconds. Only for who knows that no other process works on this database, as who has
 * just started its server does. Returns how many there were.
 */
export async function endDeadLeases(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `update delivery set lease_until = least(delivery.lease_until, now() + make_interval(secs => $1))
     where delivery.lease_until > now()`,
    [GRACE_SECONDS],
  )
  return rowCount ?? 0
}
