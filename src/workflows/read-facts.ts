/**
 * What a policy decides from, of one identity.
 * Decides when its groups count as known; must not decide anything by them.
 */
import type { AccountAttributes } from '../identity/account.ts'
import type { Facts, GroupsKnown } from '../policy/facts.ts'
import type { Policy } from '../policy/policy.ts'
import type { Queryable } from '../store/db.ts'
import type { LeasedDelivery } from '../store/deliveries.ts'
import type { DeliverySubject } from '../store/delivery-subject.ts'
import type { LinkRecord } from '../store/ownership.ts'
import { personOf } from '../store/person-facts.ts'
import { groupsOfUsers } from '../store/views/user-groups.ts'

export interface FactsOf {
  readonly subject: DeliverySubject
  readonly link: LinkRecord
  readonly defaults: AccountAttributes
  readonly policy: Policy | undefined
  readonly now: Date
}

/** Reads only what the policy looks at. */
export async function readFacts(db: Queryable, delivery: LeasedDelivery, about: FactsOf): Promise<Facts> {
  const { subject, link, defaults, policy, now } = about
  const { tenant, connection, identity } = delivery
  const groups = policy?.readsGroups
    ? ((await groupsOfUsers(db, { tenant, connection }, [identity])).get(identity) ?? [])
    : []
  const person = policy?.readsPerson ? await personOf(db, delivery) : undefined
  const minutes = policy?.waitForGroups.minutes ?? 0
  const grouped = groups.length > 0 || link.account !== undefined
  return {
    identity: subject,
    groups: groups.map(({ id, displayName, externalId }) => ({ id, displayName, externalId: externalId ?? undefined })),
    groupsKnown: groupsKnown({ grouped, since: subject.createdAt, minutes, now }),
    app: { id: delivery.app, defaults },
    ...(person === undefined ? {} : { person }),
  }
}

/**
 * Providers push people first and groups later, so of somebody new no group says nothing (DESIGN 4.3). Whoever has an
 * account, or one group, is decided about: what comes later changes it.
 */
export function groupsKnown(about: {
  readonly grouped: boolean
  readonly since: Date
  readonly minutes: number
  readonly now: Date
}): GroupsKnown {
  if (about.grouped) return 'yes'
  return about.now.getTime() - about.since.getTime() < about.minutes * 60_000 ? 'waiting' : 'overdue'
}
