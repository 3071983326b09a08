/**
 * Brings one delivery row to its app: read the wish, read the app, plan, store the plan, apply, verify, write down.
 * Decides the order of these; must not decide what the steps are (reconcile/plan) or how an app does them (connectors).
 */
import { ConnectorError } from '../connectors/contract.ts'
import { lookAgain, settleDelivery, type DeliveryResult, type LeasedDelivery } from '../store/deliveries.ts'
import { readSubject } from '../store/delivery-subject.ts'
import { answerProvider, isIdle, type Outcome } from './answer-provider.ts'
import { attempt } from './attempt.ts'
import { noteOutcome, pauseIfNeeded } from './breaker.ts'
import { LeaseLost, Refused, type DeliverContext } from './delivery-context.ts'
import { refusedResult } from './delivery-refusal.ts'
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
    if (result === 'moved') return await moved(context, delivery)
    return await conclude(context, delivery, { subject, result, written: false })
  } catch (error) {
    if (error instanceof LeaseLost) return again(context, delivery)
    const refused = asRefused(error)
    if (refused === undefined) throw error
    const result = await refuse(context, delivery, { refused, urgent: !subject.active || subject.deleted })
    return conclude(context, delivery, { subject, result, written: refused.written })
  }
}

/**
 * First the provider, if it waits: what it is refused for is taken back, and then there is nothing to settle. Where the app had
 * nothing to do, the row goes first: of several such apps the last one answers.
 */
async function conclude(
  context: DeliverContext,
  delivery: LeasedDelivery,
  outcome: Outcome,
): Promise<number | undefined> {
  const { result, written } = outcome
  if (isIdle(result) && !written) {
    const retryIn = await settle(context, delivery, result)
    await answerProvider(context, delivery, outcome)
    return (await noteOutcome(context, delivery, result)) ? 0 : retryIn
  }
  const answered = await answerProvider(context, delivery, outcome)
  const retryIn = answered === 'taken-back' ? 0 : await settle(context, delivery, result)
  return (await noteOutcome(context, delivery, result)) ? 0 : retryIn
}

async function settle(
  context: DeliverContext,
  delivery: LeasedDelivery,
  result: DeliveryResult,
): Promise<number | undefined> {
  const settled = await settleDelivery(context.db, delivery, result)
  if (settled === 'lost') return again(context, delivery)
  context.onSettled?.(result.state)
  await noteSettled({ db: context.db, advice: context.target.advice }, delivery, result)
  return settled === 'due' ? 0 : result.retryIn
}

async function moved(context: DeliverContext, delivery: LeasedDelivery): Promise<number> {
  await noteOutcome(context, delivery, undefined)
  return 0
}

async function again(context: DeliverContext, delivery: LeasedDelivery): Promise<number> {
  await lookAgain(context.db, delivery)
  await noteOutcome(context, delivery, undefined)
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
