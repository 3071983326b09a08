/**
 * Brings one delivery row to its app: read the wish, read the app, plan, store the plan, apply, verify, write down.
 * Decides the order of these; must not decide what the steps are (reconcile/plan) or how an app does them (connectors).
 */
import { ConnectorError, type Connector, type Refusal, type TargetRef } from '../connectors/contract.ts'
import type { Account, Wish } from '../identity/account.ts'
import { projectWish } from '../identity/project.ts'
import { isChange, type PlanStep } from '../reconcile/change.ts'
import { matchesIntent } from '../reconcile/intent.ts'
import { plan } from '../reconcile/plan.ts'
import { pauseApp, resumeApp } from '../store/apps.ts'
import {
  readSubject,
  settleDelivery,
  type DeliveryResult,
  type DeliverySubject,
  type LeasedDelivery,
} from '../store/deliveries.ts'
import { recordLinkState } from '../store/links.ts'
import { carryOut, own } from './apply-plan.ts'
import { LeaseLost, Refused, type DeliverContext } from './delivery-context.ts'
import { DAILY_SECONDS, longestPause, refusedResult } from './delivery-refusal.ts'

const keyOf = ({ tenant, app }: LeasedDelivery): object => ({ tenant, app })

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
    retryIn: DAILY_SECONDS,
    countAttempt: true,
    clearIntent: true,
    event: { kind: `delivery.${state}`, data: { why } },
  }
}
