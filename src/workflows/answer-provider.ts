/**
 * Tells a provider that waits how its change went in an app.
 * Decides when its request is settled, and takes back what it is refused for; must not decide what an outcome means
 * (reconcile/answer.ts).
 */
import { CONNECTOR_CODES, type ConnectorCode } from '../connectors/contract.ts'
import { ANSWERS, answerTo, REFUSED_CAUSES, type AnswerCause, type RefusedCause } from '../reconcile/answer.ts'
import { acceptAllOfApp, acceptDelivered, answerKey, isAnotherAsked, takeBack } from '../store/confirmations.ts'
import type { AppKey, DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import type { DeliverySubject } from '../store/delivery-subject.ts'
import type { DeliverContext } from './delivery-context.ts'

export interface Outcome {
  readonly subject: DeliverySubject
  readonly result: DeliveryResult
  /** Something was written to the app in this attempt. */
  readonly written: boolean
}

/**
 * Call with the outcome of an attempt before the row is settled. `taken-back`: the provider is refused, everything is as
 * it was before its request, and the row is given back already.
 */
export async function answerProvider(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { subject, result, written }: Outcome,
): Promise<'taken-back' | 'settle'> {
  if (!subject.confirming) return 'settle'
  const { version } = subject
  const cause = causeOf(result)
  // Which of create and change makes no difference to the table; what is never refused never waits.
  const answer = answerTo(cause, 'change', written ? 'written' : 'waiting')
  if (answer === 'wait') return 'settle'
  // An app that has nothing to do for somebody cannot speak for one that has not been asked yet.
  if (isIdle(result) && !written && (await isAnotherAsked(context.db, delivery))) return 'settle'
  const refused = answer === 'refuse' && isRefusedCause(cause)
  const back = refused && (await takeBack(context.db, delivery, { version, cause, detail: result.detail ?? '' }))
  if (!back) await acceptDelivered(context.db, delivery, version)
  context.wakeAnswer(answerKey(delivery.identity))
  if (!back) return 'settle'
  const { tenant, app, id } = delivery
  context.log.info(
    { tenant, app, delivery: id, code: cause, detail: result.detail },
    'a change was refused and taken back',
  )
  return 'taken-back'
}

/** Nothing was to be done in the app, or nothing is done there. */
export const isIdle = ({ state, wrote }: DeliveryResult): boolean =>
  state === 'observed' || (state === 'delivered' && wrote !== true)

/** Answers everybody who waits for an app that is left alone from now on, where the table says so. */
export async function answerAllOfApp(context: DeliverContext, key: AppKey): Promise<void> {
  if (answerTo('breaker-open', 'change', 'waiting') !== 'accept') return
  for (const identity of await acceptAllOfApp(context.db, key)) context.wakeAnswer(answerKey(identity))
}

function causeOf({ state, code }: DeliveryResult): AnswerCause {
  if (state === 'delivered' || state === 'observed') return 'delivered'
  if (state === 'retrying' && code !== undefined && isConnectorCode(code) && CONNECTOR_CODES[code].blames === 'person')
    return 'looking-again'
  return code !== undefined && isCause(code) ? code : 'held'
}

const isConnectorCode = (code: string): code is ConnectorCode => Object.hasOwn(CONNECTOR_CODES, code)
const isCause = (code: string): code is AnswerCause => Object.hasOwn(ANSWERS, code)
const isRefusedCause = (cause: AnswerCause): cause is RefusedCause =>
  (REFUSED_CAUSES as readonly AnswerCause[]).includes(cause)
