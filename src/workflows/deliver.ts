/**
 * Brings one delivery row to its app: read the wish, read the app, plan, store the plan, apply, verify, write down.
 * Decides the order of these; must not decide what the steps are (reconcile/plan) or how an app does them (connectors).
 */
import { ConnectorError, type Connector, type Refusal } from '../connectors/contract.ts'
import type { Account, Wish } from '../identity/account.ts'
import { projectWish } from '../identity/project.ts'
import { isChange, type PlanStep } from '../reconcile/change.ts'
import { matchesIntent, type Intent } from '../reconcile/intent.ts'
import { plan } from '../reconcile/plan.ts'
import { pauseApp, resumeApp } from '../store/apps.ts'
import {
  lookAgain,
  readSubject,
  settleDelivery,
  type DeliveryResult,
  type DeliverySubject,
  type LeasedDelivery,
} from '../store/deliveries.ts'
import { recordLinkState } from '../store/links.ts'
import { answerAllOfApp, answerProvider, type Outcome } from './answer-provider.ts'
import { carryOut, own } from './apply-plan.ts'
import { LeaseLost, Refused, type DeliverContext } from './delivery-context.ts'
import { DAILY_SECONDS, disputeSeconds, longestPause, refusedResult } from './delivery-refusal.ts'
import { noteSettled } from './open-items.ts'

const keyOf = ({ tenant, app }: LeasedDelivery): object => ({ tenant, app })

/**
 * Delivers one leased row and settles it. Returns seconds until it is due again, 0 for at once, or undefined when it is
 * done or waits for somebody. A worker that finds its lease gone leaves the row due, whoever has it now: what it had under
 * way may have overtaken something newer.
 */
export async function deliver(context: DeliverContext, delivery: LeasedDelivery): Promise<number | undefined> {
  const subject = await readSubject(context.db, delivery)
  try {
    const result = await attempt(context, delivery, subject)
    return await conclude(context, delivery, { subject, result, written: false })
  } catch (error) {
    if (error instanceof LeaseLost) return again(context, delivery)
    const refused = asRefused(error)
    if (refused === undefined) throw error
    const result = await refuse(context, delivery, { refused, urgent: !subject.active || subject.deleted })
    return conclude(context, delivery, { subject, result, written: refused.written })
  }
}

/** First the provider, if it waits: what it is refused for is taken back, and then there is nothing to settle. */
async function conclude(
  context: DeliverContext,
  delivery: LeasedDelivery,
  outcome: Outcome,
): Promise<number | undefined> {
  const answered = await answerProvider(context, delivery, outcome)
  return answered === 'taken-back' ? 0 : settle(context, delivery, outcome.result)
}

async function settle(
  context: DeliverContext,
  delivery: LeasedDelivery,
  result: DeliveryResult,
): Promise<number | undefined> {
  const settled = await settleDelivery(context.db, delivery, result)
  if (settled === 'lost') return again(context, delivery)
  await noteSettled({ db: context.db, advice: context.target.advice }, delivery, result)
  if (result.event?.kind === 'delivery.done' && (await resumeApp(context.db, delivery))) {
    context.log.info(keyOf(delivery), 'the app takes deliveries again')
  }
  return settled === 'due' ? 0 : result.retryIn
}

async function again({ db }: DeliverContext, delivery: LeasedDelivery): Promise<number> {
  await lookAgain(db, delivery)
  return 0
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
  context: DeliverContext,
  delivery: LeasedDelivery,
  { code, detail, after }: Refusal,
): Promise<number | undefined> {
  const { db, log } = context
  const longest = longestPause(code)
  if (longest === undefined) return undefined
  const paused = await pauseApp(db, delivery, {
    longest,
    why: detail,
    ...(after === undefined ? {} : { until: after }),
  })
  log.warn({ ...keyOf(delivery), code, detail, seconds: Math.ceil(paused) }, 'the app is left alone for a while')
  await answerAllOfApp(context, delivery)
  return paused
}

async function attempt(
  context: DeliverContext,
  delivery: LeasedDelivery,
  subject: DeliverySubject,
): Promise<DeliveryResult> {
  const { connector } = context.target
  const asked = projectWish(subject, context.target.defaults)
  const intent = delivery.intent?.identity === delivery.identity ? delivery.intent : undefined
  const account = await observe(connector, { intent, subject, wish: asked })
  const wish = await canonicalWish(connector, asked, account)
  const situation = { wish, account, linked: subject.account !== undefined, abilities: connector.capabilities }
  const steps = plan({ ...situation, ...(intent === undefined ? {} : { intent }) })
  const [first] = steps
  if (account === 'absent' && !wish.active && mayStillArrive(context, intent)) return lateCreate(context, intent)
  if (first.kind === 'conflict') return conflict(context, delivery, { step: first, intent })
  if (first.kind === 'adopt') await own(context, delivery, { account: first.account, origin: 'created' })
  if (subject.gone && account !== 'absent') await own(context, delivery, { account: account.id, origin: 'adopted' })
  const changes = steps.filter(isChange)
  if (changes.length === 0)
    return { state: 'delivered', countAttempt: false, ...(first.kind === 'skip' ? { detail: first.why } : {}) }
  const confirming = subject.confirming ? subject.version : undefined
  return carryOut(context, delivery, { steps, changes, wish, confirming })
}

/** A create whose answer was lost may arrive as long as this after it was sent; most do within the first minute. */
const UNKNOWN_CREATE_SECONDS = 600
const LIKELY_SECONDS = 60
const LOOK_SECONDS = 10

const ageOf = ({ now }: DeliverContext, intent: Intent): number => (now().getTime() - Date.parse(intent.at)) / 1000

const mayStillArrive = (context: DeliverContext, intent: Intent | undefined): intent is Intent =>
  intent !== undefined && ageOf(context, intent) < UNKNOWN_CREATE_SECONDS

/** Somebody has left while their create had no answer: looked for every few seconds, and once more at the end. */
function lateCreate(context: DeliverContext, intent: Intent): DeliveryResult {
  const detail = 'A create that got no answer may still arrive in the app; it is looked for, and disabled if it does.'
  const left = UNKNOWN_CREATE_SECONDS - ageOf(context, intent)
  return UNKNOWN_CREATE_SECONDS - left < LIKELY_SECONDS
    ? { state: 'retrying', code: 'late-create', detail, retryIn: LOOK_SECONDS, countAttempt: false }
    : { state: 'delivered', detail, recheckIn: left + 1, countAttempt: false, clearIntent: false }
}

/** The account this delivery is about, read from the app just now. Nobody is looked up who wants nothing and has nothing. */
async function observe(
  connector: Connector,
  { intent, subject, wish }: { intent: Intent | undefined; subject: DeliverySubject; wish: Wish },
): Promise<Account | 'absent'> {
  if (subject.account !== undefined) return connector.readOne('account', { id: subject.account })
  if (intent !== undefined) {
    const unfinished = await connector.readOne('account', { userName: intent.userName })
    if (unfinished !== 'absent' && matchesIntent(intent, unfinished)) return unfinished
  }
  const { userName } = wish.attributes
  if (!wish.active || userName === undefined) return 'absent'
  return connector.readOne('account', { userName })
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
  { step, intent }: { step: Extract<PlanStep, { kind: 'conflict' }>; intent: Intent | undefined },
): Promise<DeliveryResult> {
  const { state, why } = step
  const account = step.account === undefined ? {} : { account: step.account }
  const news = await recordLinkState(context.db, delivery, { state, why, ...account })
  return {
    state: state === 'unmatched' ? 'refused' : 'disputed',
    code: state,
    detail: why,
    retryIn: state === 'unmatched' ? DAILY_SECONDS : disputeSeconds(delivery.attempts),
    countAttempt: true,
    clearIntent: !mayStillArrive(context, intent),
    ...(news ? { event: { kind: `delivery.${state}`, data: { why } } } : {}),
  }
}
