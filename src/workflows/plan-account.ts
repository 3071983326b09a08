/**
 * From what is wanted of an account and what was found to the steps between them, in the app's own terms.
 * Decides what is looked up in the app for it; must not read accounts or write anything. A delivery and a difference
 * (difference.ts) both plan by it, so what is shown beforehand is what is done.
 */
import type { Connector } from '../connectors/contract.ts'
import type { Account, Wish } from '../identity/account.ts'
import { exceptLeftAlone, type Standing } from '../reconcile/adoption.ts'
import type { PlanStep } from '../reconcile/change.ts'
import type { Intent } from '../reconcile/intent.ts'
import { plan } from '../reconcile/plan.ts'
import type { LinkRecord } from '../store/ownership.ts'
import { Refused } from './delivery-context.ts'

/** The part of a connector that planning needs. */
export type Planner = Pick<Connector, 'capabilities' | 'canonical' | 'resolve'>

export interface PlannedFor {
  /** All that is wanted, in its own terms. */
  readonly asked: Wish
  readonly link: LinkRecord
  readonly account: Account | 'absent'
  readonly standing: Standing
  readonly intent?: Intent | undefined
  readonly addressed: boolean
}

export interface Planned {
  readonly steps: readonly [PlanStep, ...PlanStep[]]
  /** As the app will show it once it is done. */
  readonly wish: Wish
}

/** Throws {@link Refused} where something that is wanted is not known in the app, ConnectorError where it cannot be asked. */
export async function planAccount(planner: Planner, found: PlannedFor): Promise<Planned> {
  const { asked, link, account, standing, intent, addressed } = found
  const wish = await canonicalWish(planner, exceptLeftAlone(asked, link.leftAlone), found)
  const steps = plan({
    wish,
    account,
    linked: link.account !== undefined,
    abilities: planner.capabilities,
    standing,
    addressed,
    ...(intent === undefined ? {} : { intent }),
  })
  return { steps, wish }
}

export const returning = (account: Account | 'absent', { returning: since }: LinkRecord): boolean =>
  since || (account !== 'absent' && account.state === 'inactive')

/** Roles and teams are looked up only where somebody is to get them: a newcomer, or who returns. */
async function canonicalWish(
  planner: Planner,
  wish: Wish,
  { account, link }: Pick<PlannedFor, 'account' | 'link'>,
): Promise<Wish> {
  const attributes = planner.canonical(wish.attributes)
  if (!wish.active || (account !== 'absent' && !returning(account, link))) return { ...wish, attributes }
  const resolved = await planner.resolve(wish.onCreate)
  if (!resolved.ok) throw new Refused(resolved, 'resolve')
  return { ...wish, attributes, onCreate: planner.canonical(resolved.want) }
}
