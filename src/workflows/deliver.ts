/**
 * Brings one delivery row to its app: read the wish, read the app, plan, store the plan, apply, verify, write down.
 * Decides the order of these; must not decide what the steps are (reconcile/plan) or how an app does them (connectors).
 */
import type { Connector, Outcome, Refusal, TargetRef } from '../connectors/contract.ts'
import { ConnectorError } from '../connectors/contract.ts'
import type { Account, AccountAttributes, Wish } from '../identity/account.ts'
import { projectWish } from '../identity/project.ts'
import { isChange, touched, type Change, type PlanStep } from '../reconcile/change.ts'
import { intentFor, matchesIntent } from '../reconcile/intent.ts'
import { plan } from '../reconcile/plan.ts'
import { pauseApp, resumeApp } from '../store/apps.ts'
import type { Queryable } from '../store/db.ts'
import {
  readSubject,
  settleDelivery,
  type DeliveryResult,
  type DeliverySubject,
  type LeasedDelivery,
} from '../store/deliveries.ts'
import { linkAccount, recordLinkState } from '../store/links.ts'
import { endPlan, storePlan } from '../store/plans.ts'
import { longestPause, refusedResult } from './delivery-refusal.ts'

/** An app as a delivery sees it. */
export interface DeliveryTarget {
  readonly connector: Connector
  readonly mode: 'enforce' | 'observe'
  readonly defaults: AccountAttributes
}

/** The world of this workflow: clock, ids and hashing are given. */
export interface DeliverContext {
  readonly db: Queryable
  readonly target: DeliveryTarget
  readonly now: () => Date
  readonly newId: () => string
  readonly hash: (value: unknown) => string
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

const keyOf = ({ tenant, app }: LeasedDelivery): object => ({ tenant, app })

/** The lease ran out under our hands: somebody else has the row now, and nothing more may be written. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** A refusal on the way, with the step it happened in. */
class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: Refusal
  readonly step: string
  constructor(refusal: Refusal, step: string) {
    super(refusal.detail)
    this.refusal = refusal
    this.step = step
  }
}

/**
 * Delivers one leased row and settles it. Returns seconds until it is due again, or undefined when it is done or
 * waits for somebody. Safe to repeat at any point: what was done is found again by reading.
 */
export async function deliver(context: DeliverContext, delivery: LeasedDelivery): Promise<number | undefined> {
  const subject = await readSubject(context.db, delivery)
  try {
    const result = await attempt(context, delivery, subject)
    await settleDelivery(context.db, delivery, result)
    return result.retryIn
  } catch (error) {
    if (error instanceof LeaseLost) return undefined
    const refused = asRefused(error)
    if (refused === undefined) throw error
    const result = await refuse(context, delivery, { refused, urgent: !subject.active || subject.deleted })
    await settleDelivery(context.db, delivery, result)
    return result.retryIn
  }
}

const asRefused = (error: unknown): Refused | undefined => {
  if (error instanceof Refused) return error
  return error instanceof ConnectorError ? new Refused(error.refusal, 'read') : undefined
}

async function refuse(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { refused, urgent }: { refused: Refused; urgent: boolean },
): Promise<DeliveryResult> {
  const { refusal, step } = refused
  const paused = await pauseIfNeeded(context, delivery, refusal)
  const { attempts } = delivery
  const result = refusedResult({ refusal, attempts, urgent, step, ...(paused === undefined ? {} : { paused }) })
  if (paused === undefined) {
    const { code, detail } = refusal
    const what = result.state === 'refused' ? 'a delivery was refused' : 'a delivery will be tried again'
    context.log.warn({ ...keyOf(delivery), delivery: delivery.id, step, code, detail, retryIn: result.retryIn }, what)
  }
  return result
}

/** Seconds the app as a whole is left alone; undefined where only this row has to wait. */
async function pauseIfNeeded(
  { db, log }: DeliverContext,
  delivery: LeasedDelivery,
  { code, detail, after }: Refusal,
): Promise<number | undefined> {
  const longest = longestPause(code)
  if (longest === undefined) return undefined
  const paused = await pauseApp(db, delivery, {
    longest,
    why: detail,
    ...(after === undefined ? {} : { until: after }),
  })
  log.warn({ ...keyOf(delivery), code, detail, seconds: Math.ceil(paused) }, 'the app is left alone for a while')
  return paused
}

async function attempt(
  context: DeliverContext,
  delivery: LeasedDelivery,
  subject: DeliverySubject,
): Promise<DeliveryResult> {
  const { connector } = context.target
  const asked = projectWish(subject, context.target.defaults)
  const look: Look = async (ref) => {
    const found = await connector.readOne('account', ref)
    if (await resumeApp(context.db, delivery)) context.log.info(keyOf(delivery), 'the app answers again')
    return found
  }
  const account = await observe(look, { delivery, subject, wish: asked })
  const wish = await canonicalWish(connector, asked, account)
  const situation = { wish, account, linked: subject.account !== undefined, abilities: connector.capabilities }
  const steps = plan({ ...situation, ...(delivery.intent === undefined ? {} : { intent: delivery.intent }) })
  const [first] = steps
  if (first.kind === 'conflict') return conflict(context, delivery, first)
  if (first.kind === 'adopt') await own(context, delivery, { account: first.account, origin: 'created' })
  const changes = steps.filter(isChange)
  if (changes.length === 0)
    return { state: 'delivered', countAttempt: false, ...(first.kind === 'skip' ? { detail: first.why } : {}) }
  return carryOut(context, delivery, { steps, changes, wish })
}

/** Reads an account; an app that answers is not in trouble any more. */
type Look = (ref: TargetRef) => Promise<Account | 'absent'>

/** The account this delivery is about, read from the app just now. Nobody is looked up who wants nothing and has nothing. */
async function observe(
  look: Look,
  { delivery, subject, wish }: { delivery: LeasedDelivery; subject: DeliverySubject; wish: Wish },
): Promise<Account | 'absent'> {
  if (subject.account !== undefined) return look({ id: subject.account })
  const { intent } = delivery
  if (intent !== undefined) {
    const unfinished = await look({ userName: intent.userName })
    if (unfinished !== 'absent' && matchesIntent(intent, unfinished)) return unfinished
  }
  const { userName } = wish.attributes
  if (!wish.active || userName === undefined) return 'absent'
  return look({ userName })
}

/** The wish in the app's own terms. Roles and teams are looked up only where an account is to be created. */
async function canonicalWish(connector: Connector, wish: Wish, account: Account | 'absent'): Promise<Wish> {
  const attributes = connector.canonical(wish.attributes)
  if (account !== 'absent' || !wish.active) return { ...wish, attributes }
  const resolved = await connector.resolve(wish.onCreate)
  if (!resolved.ok) throw new Refused(resolved, 'resolve')
  return { ...wish, attributes, onCreate: connector.canonical(resolved.want) }
}

async function conflict(
  context: DeliverContext,
  delivery: LeasedDelivery,
  step: Extract<PlanStep, { kind: 'conflict' }>,
): Promise<DeliveryResult> {
  const { state, why } = step
  await recordLinkState(context.db, delivery, {
    state,
    why,
    ...(step.account === undefined ? {} : { account: step.account }),
  })
  return {
    state: state === 'unmatched' ? 'refused' : 'disputed',
    code: state,
    detail: why,
    countAttempt: true,
    clearIntent: true,
    event: { kind: `delivery.${state}`, data: { why } },
  }
}

async function own(
  { db }: DeliverContext,
  delivery: LeasedDelivery,
  link: { account: string; origin: 'created' | 'adopted' },
): Promise<void> {
  const linked = await linkAccount(db, delivery, link)
  if (linked === 'lost') throw new LeaseLost()
  if (linked === 'owned') {
    const detail = 'The account found belongs to another identity already; nothing was changed.'
    throw new Refused({ ok: false, retry: 'never', code: 'name-taken', detail }, 'link')
  }
}

interface Work {
  readonly steps: readonly PlanStep[]
  readonly changes: readonly Change[]
  readonly wish: Wish
}

/** Stores the plan, applies it step by step, and reads what came of it against the wish. */
async function carryOut(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { steps, changes, wish }: Work,
): Promise<DeliveryResult> {
  const { db, target } = context
  const id = context.newId()
  const creates = changes.find((change) => change.kind === 'create')
  const stored = await storePlan(db, delivery, {
    id,
    steps,
    hash: context.hash(steps),
    state: target.mode === 'observe' ? 'observed' : 'applying',
    ...(creates === undefined || target.mode === 'observe'
      ? {}
      : { intent: intentFor(creates.want, context.now().toISOString()) }),
  })
  if (!stored) throw new LeaseLost()
  if (target.mode === 'observe')
    return { state: 'observed', countAttempt: false, detail: `would ${describeChanges(changes)}` }
  const outcomes: Outcome[] = []
  try {
    for (const change of changes) outcomes.push(await applyOne(context, delivery, { change, key: id }))
    verify(context, wish, outcomes.at(-1))
  } catch (error) {
    if (error instanceof Refused) outcomes.push(error.refusal)
    await endPlan(db, { id, tenant: delivery.tenant }, { state: 'failed', outcomes })
    throw error
  }
  await endPlan(db, { id, tenant: delivery.tenant }, { state: 'applied', outcomes })
  const data = { plan: id, changes: changes.map((change) => ({ kind: change.kind, attributes: touched(change) })) }
  return { state: 'delivered', countAttempt: false, event: { kind: 'delivery.done', data } }
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
