/**
 * One attempt at a delivery: reads link, account and what is known of both, plans, and has the plan carried out.
 * Decides what is read and what is written down about ownership; must not decide whose account it is (reconcile/) or who
 * waits after a refusal (delivery-refusal.ts).
 */
import type { Connector } from '../connectors/contract.ts'
import type { Account, Wish } from '../identity/account.ts'
import { projectWish } from '../identity/project.ts'
import { isChange, type Change, type PlanStep } from '../reconcile/change.ts'
import { matchesIntent, type Intent } from '../reconcile/intent.ts'
import { withDefaults } from '../reconcile/plan.ts'
import type { DeliveryResult, DeliverySubject, LeasedDelivery } from '../store/deliveries.ts'
import { markReturning, recordLinkState } from '../store/links.ts'
import { readLink, type LinkRecord } from '../store/ownership.ts'
import { adopt, remember } from './adopt.ts'
import { carryOut, own } from './apply-plan.ts'
import type { DeliverContext } from './delivery-context.ts'
import { DAILY_SECONDS, disputeSeconds } from './delivery-refusal.ts'
import { planAccount, returning } from './plan-account.ts'
import { readStanding } from './standing.ts'

/** `moved`: the account's own row follows this identity from now on and is due; this row has nothing left to do. */
export async function attempt(
  context: DeliverContext,
  delivery: LeasedDelivery,
  subject: DeliverySubject,
): Promise<DeliveryResult | 'moved'> {
  const { connector, defaults } = context.target
  if (subject.shown) return { state: 'delivered', countAttempt: false, detail: 'its provider has not written to it' }
  const asked = projectWish(subject, defaults)
  const intent = delivery.intent?.identity === delivery.identity ? delivery.intent : undefined
  const link = await readLink(context.db, delivery)
  const account = await observe(connector, { intent, link, wish: asked, addressed: subject.addressed })
  const addressed = account !== 'absent' && account.id === subject.addressed
  const unfinished = account !== 'absent' && intent !== undefined && matchesIntent(intent, account)
  const standing = await readStanding(context, delivery, { link, account, asked, unfinished, addressed })
  const { steps, wish } = await planAccount(connector, { asked, link, account, standing, intent, addressed })
  const [first] = steps
  if (account === 'absent' && !wish.active && mayStillArrive(context, intent)) return lateCreate(context, intent)
  if (first.kind === 'conflict') return conflict(context, delivery, { step: first, intent, wish })
  if (first.kind === 'adopt' && (await adopt(context, delivery, { step: first, asked })) === 'moved') return 'moved'
  if (link.gone && account !== 'absent') await own(context, delivery, { account: account.id, origin: 'adopted' })
  const result = await perform(context, delivery, { steps, wish, account, link, subject })
  await remember(context, delivery, { result, steps, asked, link })
  return result
}

interface Performance {
  readonly steps: readonly [PlanStep, ...PlanStep[]]
  readonly wish: Wish
  readonly account: Account | 'absent'
  readonly link: LinkRecord
  readonly subject: DeliverySubject
}

async function perform(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { steps, wish, account, link, subject }: Performance,
): Promise<DeliveryResult> {
  const [first] = steps
  const changes = steps.filter(isChange)
  if (changes.length === 0) {
    const why = first.kind === 'skip' || first.kind === 'adopt' ? { detail: first.why } : {}
    return { state: 'delivered', countAttempt: false, ...why }
  }
  const returns = returning(account, link)
  if (context.target.mode === 'enforce' && changes.some(wakesFirst)) await markReturning(context.db, delivery)
  // Adoption changes nothing but the link; what a returning person gets is part of what has to be seen afterwards.
  const owned = first.kind === 'adopt' && first.origin === 'adopted' ? { ...wish, attributes: {} } : wish
  return carryOut(context, delivery, {
    steps,
    changes,
    wish: returns && wish.active ? withDefaults(owned) : owned,
    confirming: subject.confirming ? subject.version : undefined,
  })
}

/** The app changes no inactive account, so there is a moment in which its person could sign in with what they had. */
const wakesFirst = (change: Change, at: number, all: readonly Change[]): boolean =>
  change.kind === 'reactivate' && at < all.length - 1

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
  readonly wish: Wish
  readonly addressed: string | undefined
}

/** The account this delivery is about, read from the app just now. Nobody is looked up who wants nothing and has nothing. */
async function observe(connector: Connector, { intent, link, wish, addressed }: Observed): Promise<Account | 'absent'> {
  if (link.account !== undefined) return connector.readOne('account', { id: link.account })
  if (intent !== undefined) {
    const unfinished = await connector.readOne('account', { userName: intent.userName })
    if (unfinished !== 'absent' && matchesIntent(intent, unfinished)) return unfinished
  }
  // By its id, since the provider may have given it another name in the same breath.
  if (addressed !== undefined) {
    const meant = await connector.readOne('account', { id: addressed })
    if (meant !== 'absent') return meant
  }
  const { userName } = wish.attributes
  if (!wish.active || userName === undefined) return 'absent'
  if (link.settled?.as === 'adopt' && link.settled.account !== undefined) {
    const settled = await connector.readOne('account', { id: link.settled.account })
    if (settled !== 'absent') return settled
  }
  return connector.readOne('account', { userName })
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
