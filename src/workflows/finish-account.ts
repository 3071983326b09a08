/**
 * What follows the account record: all that a policy gives beside it, for who was just made, and takes, for who was just
 * disabled.
 * Decides that it is planned anew from what is there then; must not decide what it is.
 */
import { ConnectorError } from '../connectors/contract.ts'
import type { Account, Wish } from '../identity/account.ts'
import { isChange, type Change } from '../reconcile/change.ts'
import { withDefaults } from '../reconcile/plan.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import type { Unsettable } from '../store/unsettable.ts'
import { carryOut } from './apply-plan.ts'
import type { Asked } from './asked.ts'
import { Refused, type DeliverContext } from './delivery-context.ts'
import { planAccount, type PlannedFor, type Planner } from './plan-account.ts'
import { noteUnsettable } from './unsettable.ts'

export interface Begun {
  readonly found: PlannedFor
  /** What was planned for: of who returns, with all that goes with the account. */
  readonly wish: Wish
  /** What was done to the record. */
  readonly changes: readonly Change[]
  readonly result: DeliveryResult
  readonly seen: Account
  /** What was left for a person to set, before. */
  readonly known: readonly Unsettable[]
  /** Whoever waits for the record only need not wait any longer. */
  readonly onRecord: () => Promise<unknown>
}

/** Something is to be taken from who is disabled: what they hold is only looked at once they are. */
export const takesMore = ({ wish: { active, grants = {} } }: Asked): boolean =>
  !active && Object.keys(grants).length > 0

/** Of who was inactive nobody could tell whether they had ever been asked in. */
const mayNeedInviting = ({ begun, changes, seen }: { begun: Wish } & Pick<Begun, 'changes' | 'seen'>): boolean =>
  begun.invite === true && seen.state === 'unregistered' && changes.some(({ kind }) => kind === 'reactivate')

export async function finish(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { found, wish: begun, changes, result, seen, known, onRecord }: Begun,
): Promise<DeliveryResult> {
  const { asked } = found
  const made = changes.some(({ kind }) => kind === 'create')
  if (!asked.byPolicy || !(made || takesMore(asked) || mayNeedInviting({ begun, changes, seen }))) {
    if (begun.active) checkWhole(context, { wish: begun, account: found.account })
    return noteUnsettable(context, delivery, { result, known, asked: asked.wish, last: { wish: begun, account: seen } })
  }
  await onRecord()
  const { connector } = context.target
  const stopped = asked.wish.active ? afterWriting : afterDisabling
  const account = await connector.readOne('account', { id: seen.id }, { whole: true }).catch(stopped)
  if (account === 'absent') throw new Refused(goneMeanwhile(seen), 'finish', { written: true })
  const link = { ...found.link, account: account.id, ...(made ? { madeAt: found.now, returning: true } : {}) }
  const next = { ...found, link, account, intent: undefined, addressed: false }
  const { steps, wish } = await planAccount(asked.wish.active ? connector : trying(connector), next).catch(afterWriting)
  const rest = steps.filter(isChange)
  if (!wish.active) return takeAway(context, delivery, { rest, wish, account, result })
  const whole = withDefaults(wish)
  const last: { readonly seen?: Account } =
    rest.length === 0
      ? {}
      : await carryOut(context, delivery, { steps, changes: rest, wish: whole, before: account }).catch(afterWriting)
  checkWhole(context, { wish, account })
  return noteUnsettable(context, delivery, {
    result: rest.length > 0 ? { ...result, wrote: true } : result,
    known,
    asked: asked.wish,
    last: { wish, account: last.seen ?? account },
  })
}

/** Not every app that changes no attribute of an inactive account refuses to take away what it holds. */
const trying = (connector: Planner): Planner => ({
  capabilities: { ...connector.capabilities, updatesInactive: true },
  canonical: (want) => connector.canonical(want),
  resolve: (want, grants) => connector.resolve(want, grants),
})

interface Leaving {
  readonly rest: readonly Change[]
  readonly wish: Wish
  readonly account: Account
  readonly result: DeliveryResult
}

/**
 * One kind after the other, each by itself: whoever is disabled is delivered, also where the app takes nothing away from an
 * inactive account. Then what they hold is looked at again when they return.
 */
async function takeAway(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { rest, wish, account, result }: Leaving,
): Promise<DeliveryResult> {
  const kept: string[] = []
  let done = result
  for (const change of rest) {
    if (change.kind !== 'revoke') continue
    const only = { ...wish, grants: { [change.of]: { want: [], takes: 'all' as const } } }
    const taken = await carryOut(context, delivery, {
      steps: [change],
      changes: [change],
      wish: only,
      before: account,
    }).catch((error: unknown) => {
      if (!(error instanceof Refused) || error.refusal.retry === 'soon') return afterDisabling(error)
      return void kept.push(error.refusal.detail)
    })
    // Of an app that is observed it is only said what would be taken.
    if (taken?.result.state === 'observed') done = taken.result
    else if (taken !== undefined) done = { ...done, wrote: true }
  }
  if (kept.length === 0) return done
  return {
    ...done,
    detail: `The account is disabled; what it holds stays until its person returns. ${kept.join(' ')}`,
  }
}

/** Whatever stops it now, something was written. */
function afterWriting(error: unknown): never {
  if (error instanceof Refused) throw new Refused(error.refusal, error.step, { written: true, change: error.change })
  if (error instanceof ConnectorError) throw new Refused(error.refusal, 'read', { written: true })
  throw error
}

/** The app has just disabled somebody, so it is well enough for others who leave: only this row waits for a part of it. */
function afterDisabling(error: unknown): never {
  const refusal = error instanceof Refused || error instanceof ConnectorError ? error.refusal : undefined
  if (refusal?.code !== 'unreachable') return afterWriting(error)
  const detail = `The account is disabled; what it holds is taken away as soon as the part of the app that keeps it answers. ${refusal.detail}`
  throw new Refused({ ok: false, code: 'not-mirrored', retry: 'soon', detail }, 'read', { written: true })
}

/**
 * A kind of what is wanted that was not read cannot have been set: the part of the app that keeps it does not know the
 * account yet.
 */
export function checkWhole(
  { target }: Pick<DeliverContext, 'target'>,
  { wish, account }: { readonly wish: Wish; readonly account: Account | 'absent' },
): void {
  if (account === 'absent') return
  const unread = target.connector.capabilities.grants.filter(
    (kind) => wish.grants?.[kind] !== undefined && account.grants?.[kind] === undefined,
  )
  if (unread.length === 0) return
  const detail = `The account is there, but the part of the app that keeps its ${unread.map((kind) => `${kind}s`).join(' and ')} does not know it yet; they are set as soon as it does.`
  throw new Refused({ ok: false, code: 'not-mirrored', retry: 'soon', detail }, 'mirror', { written: true })
}

const goneMeanwhile = ({ id }: Account) =>
  ({
    ok: false,
    code: 'account-gone',
    retry: 'soon',
    detail: `The account ${id} is not there any more right after it was written.`,
  }) as const
