/**
 * Brings one delivery row to its app: read the wish, read the app, plan, store the plan, apply, verify, write down.
 * Decides the order of these; must not decide what the steps are (reconcile/plan) or how an app does them (connectors).
 */
import { ConnectorError, type Refusal } from '../connectors/contract.ts'
import { pauseApp, resumeApp } from '../store/apps.ts'
import {
  lookAgain,
  readSubject,
  settleDelivery,
  type DeliveryResult,
  type LeasedDelivery,
} from '../store/deliveries.ts'
import { answerAllOfApp, answerProvider, type Outcome } from './answer-provider.ts'
import { attempt } from './attempt.ts'
import { LeaseLost, Refused, type DeliverContext } from './delivery-context.ts'
import { longestPause, refusedResult } from './delivery-refusal.ts'
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
    if (result === 'moved') return 0
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
