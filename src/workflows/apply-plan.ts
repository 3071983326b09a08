/**
 * Carries a plan out: store it, apply it step by step, link what was created, read what came of it.
 * Decides what is written down before and after each step; must not decide what the steps are.
 */
import type { Outcome } from '../connectors/contract.ts'
import type { Account, AccountAttributes, Grants, Wish } from '../identity/account.ts'
import { isChange, touched, type Change, type PlanStep } from '../reconcile/change.ts'
import { intentFor } from '../reconcile/intent.ts'
import { plan } from '../reconcile/plan.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import { renewLeases } from '../store/leases.ts'
import { forgetInvited, linkAccount, noteInvited, type NewLink } from '../store/links.ts'
import { endPlan, storePlan } from '../store/plans.ts'
import { LeaseLost, Refused, type DeliverContext } from './delivery-context.ts'
import { effectUnknown } from './delivery-refusal.ts'

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
  /** As it was read before; absent where there is none yet. */
  readonly before?: Account | undefined
  /** The version of the identity that a provider waits for an answer about. */
  readonly confirming?: number | undefined
  /** The account record is as it is to be, and more follows: whoever waits for the record only need not wait for that. */
  readonly onRecord?: (() => Promise<unknown>) | undefined
}

/** `seen`: the account as read back after the last change; absent where nothing was written. */
export interface CarriedOut {
  readonly result: DeliveryResult
  readonly seen?: Account
}

/** Stores the plan, applies it step by step, and reads what came of it against the wish. */
export async function carryOut(context: DeliverContext, delivery: LeasedDelivery, work: Work): Promise<CarriedOut> {
  const { steps, changes, confirming } = work
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
    return { result: { state: 'observed', countAttempt: false, detail: `would ${describeChanges(changes)}` } }
  const outcomes: Outcome[] = []
  const record = changes.findLastIndex(isOfRecord)
  try {
    // What goes beside the record is the policy's, and no provider is refused for its sake.
    if (record === -1) await work.onRecord?.()
    for (const [index, change] of changes.entries()) {
      // The plan was stored under the lease; each further step asks whether it is still ours.
      if (outcomes.length > 0) await assertHeld(context, delivery)
      outcomes.push(await applyOne(context, delivery, { change, key: id }))
      if (index === record && index < changes.length - 1) await work.onRecord?.()
    }
    verify(context, work, seenAfter(work.before, outcomes))
  } catch (error) {
    const written = error instanceof Refused && (outcomes.length > 0 || error.written)
    if (error instanceof Refused) outcomes.push(error.refusal)
    await endPlan(db, { id, tenant: delivery.tenant }, { state: 'failed', outcomes })
    throw written ? new Refused(error.refusal, error.step, true) : error
  }
  await endPlan(db, { id, tenant: delivery.tenant }, { state: 'applied', outcomes })
  const data = { plan: id, changes: changes.map((change) => ({ kind: change.kind, attributes: touched(change) })) }
  const result: DeliveryResult = { state: 'delivered', countAttempt: false, event: { kind: 'delivery.done', data } }
  const seen = seenAfter(work.before, outcomes)
  return seen === undefined ? { result } : { result, seen }
}

/** The account record itself: not what it holds, nor the way its person signs in. */
const isOfRecord = (change: Change): boolean =>
  change.kind === 'update'
    ? touched(change).some((name) => name !== 'loginAuthenticator')
    : change.kind !== 'grant' && change.kind !== 'revoke' && change.kind !== 'invite'

/** As it was last read, with what reads before that showed and that one does not: not every read shows all of it. */
function seenAfter(before: Account | undefined, outcomes: readonly Outcome[]): Account | undefined {
  const seen = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.seen] : []))
  const last = seen.at(-1)
  if (last === undefined) return undefined
  const reads = before === undefined ? seen : [before, ...seen]
  const attributes = Object.assign({}, ...reads.map((account) => account.attributes)) as AccountAttributes
  const grants = Object.assign({}, ...reads.map((account) => account.grants ?? {})) as Grants
  return { ...last, attributes, ...(Object.keys(grants).length === 0 ? {} : { grants }) }
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
  // Written down before: whether an invitation whose answer is lost has gone out, nobody can tell.
  if (change.kind === 'invite' && !(await noteInvited(context.db, delivery))) throw new LeaseLost()
  const outcome = await context.target.connector.apply(change, key)
  if (!outcome.ok) {
    if (change.kind === 'invite' && !effectUnknown(outcome.code)) await forgetInvited(context.db, delivery)
    throw new Refused(outcome, change.kind)
  }
  if (change.kind === 'create') await own(context, delivery, { account: outcome.seen.id, origin: 'created' })
  return outcome
}

/** Done means verified: a plan made from what was read back must have nothing left to do, but for what comes after a create. */
function verify({ target }: DeliverContext, { wish, changes }: Work, seen: Account | undefined): void {
  if (seen === undefined) return
  const { capabilities } = target.connector
  const created = changes.some((change) => change.kind === 'create')
  const abilities = created
    ? {
        ...capabilities,
        grants: [],
        updates: capabilities.updates.filter((name) => capabilities.creates.includes(name)),
      }
    : capabilities
  const left = plan({ wish: { ...wish, invite: false }, account: seen, linked: true, abilities }).filter(isChange)
  if (left.length === 0) return
  const detail = `The app accepted the change, but when read again it still does not show it: ${describeChanges(left)} is left.`
  throw new Refused({ ok: false, retry: 'never', code: 'not-verified', detail }, 'verify')
}

const describeChanges = (changes: readonly Change[]): string =>
  changes.map((change) => `${change.kind}${whatOf(change)}`).join(', then ')

function whatOf(change: Change): string {
  if (change.kind === 'update') return ` ${touched(change).join(', ')}`
  return change.kind === 'grant' || change.kind === 'revoke' ? ` of ${change.of}s` : ''
}
