/**
 * Writes ownership down: an account that becomes somebody's, and whose it was when it was last delivered.
 * Decides what is kept for the next time; must not decide that an account is adopted (reconcile/adoption.ts).
 */
import type { AccountAttributes, Wish } from '../identity/account.ts'
import { personNames } from '../identity/person-names.ts'
import { userNameKey } from '../identity/user-name.ts'
import { stillLeftAlone } from '../reconcile/adoption.ts'
import type { PlanStep } from '../reconcile/change.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import { endDispute, rememberDelivered } from '../store/links.ts'
import { changeOwner, readOwner, type LinkRecord } from '../store/ownership.ts'
import { forgetGone } from '../store/settlements.ts'
import { own } from './apply-plan.ts'
import { LeaseLost, type DeliverContext } from './delivery-context.ts'

export type Adoption = Extract<PlanStep, { kind: 'adopt' }>

/** `moved`: taken over from an identity that is gone, with the delivery row of the account. */
export async function adopt(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { step, asked }: { step: Adoption; asked: Wish },
): Promise<'linked' | 'moved'> {
  const { account, origin, why } = step
  if (origin === 'created') {
    await own(context, delivery, { account, origin })
    return 'linked'
  }
  await forgetGone(context.db, delivery, userNameKey(asked.attributes.userName ?? ''))
  if (step.takesOver) return takeOver(context, delivery, { step, asked })
  if (step.asNew === true) {
    await own(context, delivery, { account, origin, asNew: true, why })
    return 'linked'
  }
  await own(context, delivery, { account, origin, leftAlone: asked.attributes, why })
  return 'linked'
}

async function takeOver(
  { db }: DeliverContext,
  delivery: LeasedDelivery,
  { step, asked }: { step: Adoption; asked: Wish },
): Promise<'moved'> {
  const owner = await readOwner(db, delivery, step.account)
  const moved =
    owner?.deleted === true &&
    (await changeOwner(db, {
      tenant: delivery.tenant,
      app: delivery.app,
      account: step.account,
      from: owner.identity,
      to: { connection: delivery.connection, id: delivery.identity, names: personNames(asked.attributes) },
      actor: 'rollcall',
      event: 'account.taken-over',
      why: `the account went to who came back as ${asked.attributes.userName ?? ''} over ${delivery.connection}`,
      lease: delivery,
    }))
  // Somebody was faster, or the lease is gone: look again.
  if (!moved) throw new LeaseLost()
  return 'moved'
}

interface Done {
  readonly result: DeliveryResult
  readonly steps: readonly PlanStep[]
  /** All that the provider wants, in its own terms. */
  readonly asked: Wish
  /** As it was before the attempt. */
  readonly link: LinkRecord
}

/** Keeps whose account it is by now, where that is news. Only for who was delivered: a plan that is observed changes nothing. */
export async function remember(
  { db }: DeliverContext,
  delivery: LeasedDelivery,
  { result, steps, asked, link }: Done,
): Promise<void> {
  if (result.state !== 'delivered') return
  if (!asked.active) {
    const disabled = steps.some((step) => step.kind === 'deactivate')
    if (disabled && (link.disputed || link.returning)) await endDispute(db, delivery)
    return
  }
  const adopted = steps.some((step) => step.kind === 'adopt' && step.origin === 'adopted' && step.asNew !== true)
  const owns = link.account !== undefined || steps.some((step) => step.kind === 'create' || step.kind === 'adopt')
  if (!owns) return
  const person = personNames(asked.attributes)
  const leftAlone = adopted ? asked.attributes : stillLeftAlone(asked.attributes, link.leftAlone)
  const open = link.disputed || link.returning || link.settled !== undefined || steps.some(wakes)
  if (open || !same(person, link.known) || !same(leftAlone, link.leftAlone))
    await rememberDelivered(db, delivery, { person, leftAlone })
}

/** After these it is written down that what goes with the account is not all set yet. */
const wakes = (step: PlanStep): boolean =>
  step.kind === 'reactivate' ||
  step.kind === 'create' ||
  (step.kind === 'adopt' && (step.origin === 'created' || step.asNew === true))

/** The same keys with the same texts. */
const same = (a: object, b: object): boolean => {
  const keys = Object.keys(a) as (keyof AccountAttributes)[]
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => (a as AccountAttributes)[key] === (b as AccountAttributes)[key])
  )
}
