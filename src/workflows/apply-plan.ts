/**
 * Carries a plan out: store it, apply it step by step, link what was created, read what came of it.
 * Decides what is written down before and after each step; must not decide what the steps are.
 */
import type { Outcome } from '../connectors/contract.ts'
import type { Wish } from '../identity/account.ts'
import { isChange, touched, type Change, type PlanStep } from '../reconcile/change.ts'
import { intentFor } from '../reconcile/intent.ts'
import { plan } from '../reconcile/plan.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import { renewLeases } from '../store/leases.ts'
import { linkAccount, type NewLink } from '../store/links.ts'
import { endPlan, storePlan } from '../store/plans.ts'
import { LeaseLost, Refused, type DeliverContext } from './delivery-context.ts'

/** Makes the identity of the row the owner of an account, or stops: the lease is lost, or somebody else owns it. */
export async function own({ db }: DeliverContext, delivery: LeasedDelivery, link: NewLink): Promise<void> {
  const linked = await linkAccount(db, delivery, link)
  if (linked === 'lost') throw new LeaseLost()
  if (linked === 'owned') {
    const detail = 'The account found belongs to another identity already; nothing was changed.'
    throw new Refused({ ok: false, retry: 'never', code: 'name-taken', detail }, 'link', link.origin === 'created')
  }
}

export interface Work {
  readonly steps: readonly PlanStep[]
  readonly changes: readonly Change[]
  readonly wish: Wish
  /** The version of the identity that a provider waits for an answer about. */
  readonly confirming?: number | undefined
}

/** Stores the plan, applies it step by step, and reads what came of it against the wish. */
export async function carryOut(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { steps, changes, wish, confirming }: Work,
): Promise<DeliveryResult> {
  const { db, target } = context
  const id = context.newId()
  const creates = changes.find((change) => change.kind === 'create')
  const stored = await storePlan(db, delivery, {
    id,
    steps,
    hash: context.hash(steps),
    state: target.mode === 'observe' ? 'observed' : 'applying',
    ...(confirming === undefined || target.mode === 'observe' ? {} : { confirming }),
    ...(creates === undefined || target.mode === 'observe'
      ? {}
      : { intent: intentFor(creates.want, { identity: delivery.identity, at: context.now().toISOString() }) }),
  })
  if (!stored) throw new LeaseLost()
  if (target.mode === 'observe')
    return { state: 'observed', countAttempt: false, detail: `would ${describeChanges(changes)}` }
  const outcomes: Outcome[] = []
  try {
    for (const change of changes) {
      // The plan was stored under the lease; each further step asks whether it is still ours.
      if (outcomes.length > 0) await assertHeld(context, delivery)
      outcomes.push(await applyOne(context, delivery, { change, key: id }))
    }
    verify(context, wish, outcomes.at(-1))
  } catch (error) {
    const written = error instanceof Refused && (outcomes.length > 0 || error.written)
    if (error instanceof Refused) outcomes.push(error.refusal)
    await endPlan(db, { id, tenant: delivery.tenant }, { state: 'failed', outcomes })
    throw written ? new Refused(error.refusal, error.step, true) : error
  }
  await endPlan(db, { id, tenant: delivery.tenant }, { state: 'applied', outcomes })
  const data = { plan: id, changes: changes.map((change) => ({ kind: change.kind, attributes: touched(change) })) }
  return { state: 'delivered', countAttempt: false, event: { kind: 'delivery.done', data } }
}

async function assertHeld({ db }: DeliverContext, delivery: LeasedDelivery): Promise<void> {
  const lost = await renewLeases(db, [delivery])
  if (lost.length > 0) throw new LeaseLost()
}

async function applyOne(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { change, key }: { change: Change; key: string },
): Promise<Outcome> {
  const outcome = await context.target.connector.apply(change, key)
  if (!outcome.ok) throw new Refused(outcome, change.kind)
  if (change.kind === 'create') await own(context, delivery, { account: outcome.seen.id, origin: 'created' })
  return outcome
}

/** Done means verified: a plan made from what was read back must have nothing left to do. */
function verify({ target }: DeliverContext, wish: Wish, last: Outcome | undefined): void {
  if (last?.ok !== true) return
  const left = plan({ wish, account: last.seen, linked: true, abilities: target.connector.capabilities }).filter(
    isChange,
  )
  if (left.length === 0) return
  const detail = `The app accepted the change, but when read again it still does not show it: ${describeChanges(left)} is left.`
  throw new Refused({ ok: false, retry: 'never', code: 'not-verified', detail }, 'verify')
}

const describeChanges = (changes: readonly Change[]): string =>
  changes
    .map((change) => (change.kind === 'update' ? `update ${touched(change).join(', ')}` : change.kind))
    .join(', then ')
