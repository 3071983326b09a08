/**
 * One attempt at a delivery: reads link, account and what is known of both, plans, and has the plan carried out.
 * Decides what is read and what is written down about ownership; must not decide whose account it is (reconcile/) or who
 * waits after a refusal (delivery-refusal.ts).
 */
import type { Connector } from '../connectors/contract.ts'
import type { Account, Wish } from '../identity/account.ts'
import { isChange, type PlanStep } from '../reconcile/change.ts'
import { matchesIntent, type Intent } from '../reconcile/intent.ts'
import { withDefaults } from '../reconcile/plan.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import type { DeliverySubject } from '../store/delivery-subject.ts'
import { markReturning, recordLinkState } from '../store/links.ts'
import { readLink, type LinkRecord } from '../store/ownership.ts'
import { endInterrupted } from '../store/plans.ts'
import { adopt, remember } from './adopt.ts'
import { answerProvider } from './answer-provider.ts'
import { carryOut, own } from './apply-plan.ts'
import { askFor } from './ask-for.ts'
import type { Asked } from './asked.ts'
import { assertMapped, blamed } from './blame.ts'
import type { DeliverContext } from './delivery-context.ts'
import { DAILY_SECONDS, disputeSeconds } from './delivery-refusal.ts'
import { checkWhole, finish, takesMore } from './finish-account.ts'
import { inDoubt, lookAtInvitation } from './invitation.ts'
import { isFresh, planAccount, type Planned, type PlannedFor } from './plan-account.ts'
import { readStanding } from './standing.ts'
import { noteUnsettable } from './unsettable.ts'

/** `moved`: the account's own row follows this identity from now on and is due; this row has nothing left to do. */
export async function attempt(
  context: DeliverContext,
  delivery: LeasedDelivery,
  subject: DeliverySubject,
): Promise<DeliveryResult | 'moved'> {
  if (subject.shown) return { state: 'delivered', countAttempt: false, detail: 'its provider has not written to it' }
  if (delivery.abandoned) await endInterrupted(context.db, delivery)
  const link = await readLink(context.db, delivery)
  const asked = await askFor(context, delivery, { subject, link })
  if ('state' in asked) return asked
  return attemptFor(context, delivery, { subject, link, asked }).catch((error: unknown) => {
    throw blamed(error, { asked, document: subject.document })
  })
}

interface Attempt {
  readonly subject: DeliverySubject
  readonly link: LinkRecord
  readonly asked: Asked
}

async function attemptFor(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { subject, link: known, asked }: Attempt,
): Promise<DeliveryResult | 'moved'> {
  const { connector } = context.target
  const intent = delivery.intent?.identity === delivery.identity ? delivery.intent : undefined
  const account = await observe(connector, { intent, link: known, asked, addressed: subject.addressed })
  const { link, doubt } = await lookAtInvitation(context, delivery, { link: known, account, wish: asked.wish })
  const addressed = account !== 'absent' && account.id === subject.addressed
  const unfinished = account !== 'absent' && intent !== undefined && matchesIntent(intent, account)
  const { createdAt: since } = subject
  const looked = { link, account, asked: asked.wish, unfinished, addressed, since }
  const standing = await readStanding(context, delivery, looked)
  const plannedFor = { asked, link, account, standing, intent, addressed, now: context.now() }
  const planned = await planAccount(connector, plannedFor)
  const { steps, wish } = planned
  const found = { ...plannedFor, link: planned.link }
  const [first] = steps
  assertMapped(steps, { asked, document: subject.document, requires: connector.capabilities.requires })
  if (account === 'absent' && !wish.active && mayStillArrive(context, intent)) return lateCreate(context, intent)
  if (first.kind === 'conflict') return conflict(context, delivery, { step: first, intent, wish })
  if (first.kind === 'adopt' && (await adopt(context, delivery, { step: first, asked: asked.wish })) === 'moved')
    return 'moved'
  if (link.gone && account !== 'absent') await own(context, delivery, { account: account.id, origin: 'adopted' })
  const result = await perform(context, delivery, { planned, found, subject })
  await remember(context, delivery, { result, steps, asked: asked.wish, link })
  return doubt !== undefined && result.state === 'delivered' && wish.invite === true
    ? inDoubt(result, { ...doubt, attempts: delivery.attempts })
    : result
}

interface Performance {
  readonly planned: Planned
  readonly found: PlannedFor
  readonly subject: DeliverySubject
}

async function perform(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { planned, found, subject }: Performance,
): Promise<DeliveryResult> {
  const { steps, wish } = planned
  const { asked, account, link } = found
  const { unsettable: known } = subject
  const [first] = steps
  const changes = steps.filter(isChange)
  const onRecord = (): Promise<unknown> =>
    answerProvider(context, delivery, { subject, result: { state: 'delivered', countAttempt: false }, written: true })
  if (changes.length === 0) {
    const why = first.kind === 'skip' || first.kind === 'adopt' ? { detail: asked.why ?? first.why } : {}
    const result: DeliveryResult = { state: 'delivered', countAttempt: false, ...why }
    const ours = link.account !== undefined || (first.kind === 'adopt' && first.origin === 'created')
    if (account === 'absent' || !ours) return result
    if (takesMore(asked))
      return finish(context, delivery, { found, wish, changes, result, seen: account, known, onRecord })
    checkWhole(context, { wish, account })
    return noteUnsettable(context, delivery, { result, known, asked: asked.wish, last: { wish, account } })
  }
  if (context.target.mode === 'enforce' && changes.some(({ kind }) => kind === 'reactivate'))
    await markReturning(context.db, delivery)
  // Adoption changes nothing but the link; what a returning person gets is part of what has to be seen afterwards.
  const keeps = first.kind === 'adopt' && first.origin === 'adopted' && first.asNew !== true
  const owned = keeps ? { ...wish, attributes: {} } : wish
  const { result, seen } = await carryOut(context, delivery, {
    steps,
    changes,
    wish: account !== 'absent' && isFresh(found) ? withDefaults(owned) : owned,
    before: account === 'absent' ? undefined : account,
    confirming: subject.confirming ? subject.version : undefined,
    onRecord,
  })
  if (seen === undefined || result.state !== 'delivered') return result
  return finish(context, delivery, { found, wish, changes, result, seen, known, onRecord })
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

interface Observed {
  readonly intent: Intent | undefined
  readonly link: LinkRecord
  readonly asked: Asked
  readonly addressed: string | undefined
}

/**
 * The account this delivery is about, read from the app just now. Nobody is looked up who wants nothing and has nothing. Who
 * is to be disabled is not read as a whole: a part of the app that does not answer holds up no deactivation.
 */
async function observe(
  { readOne }: Pick<Connector, 'readOne'>,
  { intent, link, asked, addressed }: Observed,
): Promise<Account | 'absent'> {
  const { wish, byPolicy } = asked
  const how = { whole: byPolicy && wish.active }
  if (link.account !== undefined) return readOne('account', { id: link.account }, how)
  if (intent !== undefined) {
    const unfinished = await readOne('account', { userName: intent.userName }, how)
    if (unfinished !== 'absent' && matchesIntent(intent, unfinished)) return unfinished
  }
  // By its id, since the provider may have given it another name in the same breath.
  if (addressed !== undefined) {
    const meant = await readOne('account', { id: addressed }, how)
    if (meant !== 'absent') return meant
  }
  const { userName } = wish.attributes
  if (!wish.active || userName === undefined) return 'absent'
  if (link.settled?.as === 'adopt' && link.settled.account !== undefined) {
    const settled = await readOne('account', { id: link.settled.account }, how)
    if (settled !== 'absent') return settled
  }
  return readOne('account', { userName }, how)
}

interface Conflict {
  readonly step: Extract<PlanStep, { kind: 'conflict' }>
  readonly intent: Intent | undefined
  readonly wish: Wish
}

/** A leaver whom a protected account keeps active is looked at again soon: the reason may be gone, and they may not stay. */
const PROTECTED_LEAVER_SECONDS = 900

async function conflict(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { step, intent, wish }: Conflict,
): Promise<DeliveryResult> {
  const { state, why } = step
  const account = step.account === undefined ? {} : { account: step.account }
  const news = await recordLinkState(context.db, delivery, { state, why, ...account })
  const code = wish.active ? state : 'protected'
  const looksAgain = wish.active ? disputeSeconds(delivery.attempts) : PROTECTED_LEAVER_SECONDS
  return {
    state: state === 'unmatched' ? 'refused' : 'disputed',
    code,
    detail: why,
    retryIn: state === 'unmatched' ? DAILY_SECONDS : looksAgain,
    countAttempt: true,
    clearIntent: !mayStillArrive(context, intent),
    ...(news ? { event: { kind: `delivery.${code}`, data: { why } } } : {}),
  }
}
