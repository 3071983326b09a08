/**
 * What an app takes and leaves as it was: after a delivery, what of its person has to be set by hand.
 * Decides whom it concerns, and that it is one open item of the app; holds up nobody, since all else is delivered.
 */
import type { Account, AttributeName, Wish } from '../identity/account.ts'
import { withDefaults } from '../reconcile/plan.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import { meetCause, UNSETTABLE_KIND } from '../store/open-items.ts'
import { saveUnsettable, type Unsettable } from '../store/unsettable.ts'
import type { DeliverContext } from './delivery-context.ts'
import { DAILY_SECONDS } from './delivery-refusal.ts'

/** How an attempt ended. */
export interface Ended {
  readonly result: DeliveryResult
  /** What was wanted at the end, in the app's terms, and the account as it was last read; absent where it was not. */
  readonly last?: { readonly wish: Wish; readonly account: Account }
}

export interface LeftBehind extends Ended {
  /** From deliveries before. */
  readonly known: readonly Unsettable[]
  /** In the identity's own terms: what is not asked for any more is in nobody's way. */
  readonly asked: Wish
}

/** Keeps what is left, and says so in the delivery. Costs nothing where the app takes all that is wanted. */
export async function noteUnsettable(
  { db }: Pick<DeliverContext, 'db'>,
  delivery: LeasedDelivery,
  { result, last, known, asked }: LeftBehind,
): Promise<DeliveryResult> {
  if (result.state !== 'delivered' || last === undefined) return result
  const left = leftUnset({ ...last, known, asked })
  if (left.length + known.length > 0) await saveUnsettable(db, delivery, left)
  if (left.length === 0) return result
  for (const one of left) {
    const fix = `The app accepts a change of ${one.attribute} and leaves it as it was, so it stays as it is; all else of these people is delivered. ${one.byHand} Who, and what of each: rollcall delivery list --app ${delivery.app} --state delivered`
    await meetCause(db, delivery, { kind: UNSETTABLE_KIND, key: one.attribute, fix })
  }
  const told = left.map((one) => wordsOf(one, last.account)).join(' ')
  return {
    ...result,
    detail: result.detail === undefined ? told : `${result.detail} ${told}`,
    recheckIn: result.recheckIn ?? DAILY_SECONDS,
  }
}

/**
 * What is wanted of the account, and is neither there nor can be set. What was left when the account was made is left until
 * it shows, also where the policy wants it of new accounts only. Pure.
 */
export function leftUnset({
  wish,
  account,
  known,
  asked,
}: Required<Ended>['last'] & Pick<LeftBehind, 'known' | 'asked'>): readonly Unsettable[] {
  if (!wish.active) return []
  const { unsettable = {}, attributes } = account
  const names = new Set([...(Object.keys(unsettable) as AttributeName[]), ...known.map(({ attribute }) => attribute)])
  const now = withDefaults(wish).attributes
  const asksFor = withDefaults(asked).attributes
  return [...names].toSorted().flatMap((attribute) => {
    const before = known.find((one) => one.attribute === attribute)
    const wanted = now[attribute] ?? before?.wanted
    const byHand = unsettable[attribute] ?? before?.byHand
    if (asksFor[attribute] === undefined || wanted === undefined || byHand === undefined) return []
    const found = attributes[attribute]
    const there = found === undefined ? before === undefined : found === wanted
    return there ? [] : [{ attribute, wanted, byHand }]
  })
}

/** In the words of a delivery's detail. */
export function wordsOf({ attribute, wanted, byHand }: Unsettable, account: Account): string {
  const found = account.attributes[attribute] ?? 'not there'
  return `The ${attribute} stays as it is, since the app accepts a change and leaves it: it is ${found}, and ${wanted ?? 'nothing'} is wanted. ${byHand}`
}
