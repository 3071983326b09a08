/**
 * What the identity of a row asks of its app just now, or why nothing is asked yet.
 * Decides what becomes of a row that waits for groups, or for a person; must not decide that it does (policy/).
 */
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import type { DeliverySubject } from '../store/delivery-subject.ts'
import type { LinkRecord } from '../store/ownership.ts'
import { askedBy, type Asked } from './asked.ts'
import { Refused, type DeliverContext } from './delivery-context.ts'
import { DAILY_SECONDS } from './delivery-refusal.ts'
import { readFacts } from './read-facts.ts'

/** Throws {@link Refused} where the policy cannot be used: then it is an open item of the app, and everybody waits for the same. */
export async function askFor(
  { db, target, now }: DeliverContext,
  delivery: LeasedDelivery,
  { subject, link }: { readonly subject: DeliverySubject; readonly link: LinkRecord },
): Promise<Asked | DeliveryResult> {
  const current = await target.policy()
  const leaves = !subject.active || subject.deleted
  // Who leaves is disabled whatever becomes of the policy.
  if (current?.invalid !== undefined && !leaves) throw new Refused(current.invalid, 'policy')
  const policy = current?.policy
  const { defaults } = target
  const answer = askedBy(policy, await readFacts(db, delivery, { subject, link, defaults, policy, now: now() }))
  if (answer.kind === 'asked') return answer.asked
  if (answer.kind === 'waits') {
    const waited = (now().getTime() - subject.createdAt.getTime()) / 1000
    const retryIn = Math.max(1, answer.minutes * 60 - waited)
    return { state: 'retrying', code: 'waiting-for-groups', detail: answer.why, retryIn, countAttempt: false }
  }
  const { why, fault } = answer
  if (fault !== undefined)
    throw new Refused({ ok: false, code: 'policy-invalid', about: fault.at, retry: 'later', detail: why }, 'policy')
  return { state: 'refused', code: 'held', detail: why, retryIn: DAILY_SECONDS, countAttempt: false }
}
