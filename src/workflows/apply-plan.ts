/**
 * Carries a plan out: store it, apply it step by step, link what was created, read what came of it.
 * Decides what is written down before and after each step; must not decide what the steps are.
 */
import type { Outcome, Refusal } from '../connectors/contract.ts'
import type { Account, AccountAttributes, Grants, Wish } from '../identity/account.ts'
import { isChange, touched, type Change, type PlanStep } from '../reconcile/change.ts'
import { intentFor } from '../reconcile/intent.ts'
import { plan } from '../reconcile/plan.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import { forgetInvited, noteInvited } from '../store/invitations.ts'
import { keepGoing } from '../store/leases.ts'
import { linkAccount, type NewLink } from '../store/links.ts'
import { endPlan, storePlan, type PlanEvent } from '../store/plans.ts'
import { LeaseLost, Refused, type DeliverContext } from './delivery-context.ts'
import { effectUnknown } from './delivery-refusal.ts'

/** Makes the identity of the row the owner of an account, or stops: the lease is lost, or somebody else owns it. */
export async function own({ db }: DeliverContext, delivery: LeasedDelivery, link: NewLink): Promise<void> {
  const linked = await linkAccount(db, delivery, link)
  if (linked === 'lost') throw new LeaseLost()
  if (linked === 'owned') {
    const detail = 'The account found belongs to another identity already; nothing was changed.'
    throw new Refused({ ok: false, retry: 'never', code: 'name-taken', detail }, 'link', {
      written: link.origin === 'created',
    })
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
  const progress: Progress = { plan: id, outcomes: [] }
  await applyAll(context, delivery, { work, progress })
  const { outcomes } = progress
  const event = doneBy(delivery, { progress, done: changes })
  await endPlan(db, { id, tenant: delivery.tenant }, { state: 'applied', outcomes, event })
  const result: DeliveryResult = { state: 'delivered', countAttempt: false, wrote: true }
  const seen = seenAfter(work.before, outcomes)
  return seen === undefined ? { result } : { result, seen }
}

/** How far a plan has come. */
interface Progress {
  readonly plan: string
  /** Of the changes that were made. */
  readonly outcomes: Outcome[]
  /** Sent to the app, and no outcome known. */
  begun?: Change | undefined
}

interface Apply {
  readonly work: Work
  readonly progress: Progress
}

async function applyAll(context: DeliverContext, delivery: LeasedDelivery, { work, progress }: Apply): Promise<void> {
  const { changes } = work
  const { outcomes, plan: id } = progress
  const record = changes.findLastIndex(isOfRecord)
  try {
    // What goes beside the record is the policy's, and no provider is refused for its sake.
    if (record === -1) await work.onRecord?.()
    for (const [index, change] of changes.entries()) {
      if (index > 0) await assertGoesOn(context, delivery)
      await applyOne(context, delivery, { change, progress })
      if (index === record && index < changes.length - 1) await work.onRecord?.()
    }
    verify(context, work, seenAfter(work.before, outcomes))
  } catch (error) {
    const done = changes.slice(0, outcomes.length)
    const refusal = error instanceof Refused ? error.refusal : undefined
    if (refusal !== undefined && !mayBeDone(progress.begun, refusal)) progress.begun = undefined
    const event = doneBy(delivery, { progress, done, stopped: { why: refusal?.detail ?? 'it was not gone on with' } })
    const ended = refusal === undefined ? outcomes : [...outcomes, refusal]
    await endPlan(context.db, { id, tenant: delivery.tenant }, { state: 'failed', outcomes: ended, event })
    if (!(error instanceof Refused)) throw error
    const written = outcomes.length > 0 || error.written
    throw new Refused(error.refusal, error.step, { written, change: error.change })
  }
}

/** A change of several things may have been made in part before it was refused. */
function mayBeDone(change: Change | undefined, { code }: Refusal): boolean {
  if (effectUnknown(code)) return true
  if (change?.kind === 'grant') return change.grants.length > 1
  if (change?.kind === 'revoke') return change.ids.length > 1
  return change?.kind === 'update' && touched(change).length > 1
}

interface Done {
  readonly progress: Progress
  readonly done: readonly Change[]
  /** The plan was not carried out to its end. */
  readonly stopped?: { readonly why: string }
}

/** What is told of a plan in the event log; nothing where the app was not written to by it. */
function doneBy(delivery: LeasedDelivery, { progress, done, stopped }: Done): PlanEvent | undefined {
  const { plan: id, outcomes, begun } = progress
  if (done.length === 0 && begun === undefined) return undefined
  const last = outcomes.findLast((outcome) => outcome.ok)
  const told = (change: Change): object => ({ kind: change.kind, attributes: touched(change) })
  return {
    kind: stopped === undefined ? 'delivery.done' : 'delivery.partly',
    connection: delivery.connection,
    identity: delivery.identity,
    account: last?.seen.id ?? (begun !== undefined && begun.kind !== 'create' ? begun.account : undefined),
    data: {
      plan: id,
      changes: done.map(told),
      ...(begun === undefined ? {} : { perhaps: told(begun) }),
      ...stopped,
    },
  }
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
  const unsettable = Object.assign({}, ...reads.map((account) => account.unsettable ?? {})) as object
  return {
    ...last,
    attributes,
    ...(Object.keys(grants).length === 0 ? {} : { grants }),
    ...(Object.keys(unsettable).length === 0 ? {} : { unsettable }),
  }
}

/**
 * The plan was stored under the lease, and for an app that is enforced; each further change asks whether both are still so.
 * Who finds that the app is observed by now gives the row back, to be planned for and not carried out.
 */
async function assertGoesOn({ db }: DeliverContext, delivery: LeasedDelivery): Promise<void> {
  if ((await keepGoing(db, delivery)) !== 'ours') throw new LeaseLost()
}

async function applyOne(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { change, progress }: { change: Change; progress: Progress },
): Promise<void> {
  // Written down before: of an invitation whose answer is lost, invitation.ts has to find out what became of it.
  if (change.kind === 'invite' && !(await noteInvited(context.db, delivery))) throw new LeaseLost()
  progress.begun = change
  const outcome = await context.target.connector.apply(change, progress.plan)
  if (!outcome.ok) {
    if (change.kind === 'invite' && !effectUnknown(outcome.code)) await forgetInvited(context.db, delivery)
    throw new Refused(outcome, change.kind, { change })
  }
  progress.begun = undefined
  progress.outcomes.push(outcome)
  if (change.kind === 'create') await own(context, delivery, { account: outcome.seen.id, origin: 'created' })
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
