/**
 * From what is wanted of an account and what was found to the steps between them, in the app's own terms.
 * Decides what is looked up in the app for it; must not read accounts or write anything. A delivery and a difference
 * (difference.ts) both plan by it, so what is shown beforehand is what is done.
 */
import type { Connector } from '../connectors/contract.ts'
import type { Account, AccountAttributes, AttributeName, GrantWishes, Wish } from '../identity/account.ts'
import { exceptLeftAlone, type LeftAlone, type Standing } from '../reconcile/adoption.ts'
import { isChange, type PlanStep } from '../reconcile/change.ts'
import { matchesIntent, type Intent } from '../reconcile/intent.ts'
import { plan, withDefaults } from '../reconcile/plan.ts'
import type { LinkRecord } from '../store/ownership.ts'
import type { Asked } from './asked.ts'
import { Refused } from './delivery-context.ts'

/** The part of a connector that planning needs. */
export type Planner = Pick<Connector, 'capabilities' | 'canonical' | 'resolve'>

export interface PlannedFor {
  readonly asked: Asked
  readonly link: LinkRecord
  readonly account: Account | 'absent'
  readonly standing: Standing
  readonly intent?: Intent | undefined
  readonly addressed: boolean
  readonly now: Date
}

export interface Planned {
  readonly steps: readonly [PlanStep, ...PlanStep[]]
  /** What it was planned for: of an account that is adopted as if it were new, with the link that it gets. */
  readonly link: LinkRecord
  /** As the app will show it once it is done. */
  readonly wish: Wish
}

/** Throws {@link Refused} where something that is wanted is not known in the app, ConnectorError where it cannot be asked. */
export async function planAccount(planner: Planner, found: PlannedFor): Promise<Planned> {
  const { link, account, standing, intent, addressed } = found
  const fresh = isFresh(found)
  const wish = await canonicalWish(planner, wishOf(found, fresh), fresh)
  const steps = plan({
    wish,
    account,
    linked: link.account !== undefined,
    abilities: planner.capabilities,
    standing: {
      ...standing,
      returning: fresh && account !== 'absent',
      invited: !isUnfinished(found) && (link.invited || link.madeAt === undefined),
    },
    addressed,
    ...(intent === undefined ? {} : { intent }),
  })
  const [first] = steps
  if (first.kind === 'conflict' && first.state === 'unmatched') refuseForApp(planner, wish)
  if (first.kind !== 'adopt' || first.asNew !== true) return { steps, wish, link }
  // From now on it is theirs, and everything that goes with it follows at once.
  const theirs = { ...link, account: first.account, returning: true }
  const rest = await planAccount(planner, { ...found, link: theirs })
  return { ...rest, steps: [first, ...rest.steps.filter(isChange)] }
}

/** What no provider knows, but the policy or the app's defaults give: without it everybody waits for the same. */
const GIVEN_HERE = ['role', 'team'] as const satisfies AttributeName[]

function refuseForApp({ capabilities }: Planner, wish: Wish): void {
  const wanted = withDefaults(wish).attributes
  const missing = GIVEN_HERE.find((name) => capabilities.requires.includes(name) && wanted[name] == null)
  if (missing === undefined) return
  const detail = `The app makes no account without a ${missing}, and nothing gives one; name one under defaults: of the app in rollcall.yaml, or in a rule of its policy.`
  throw new Refused({ ok: false, code: `unknown-${missing}`, retry: 'later', detail }, 'resolve')
}

export const returning = (account: Account | 'absent', { returning: since }: LinkRecord): boolean =>
  since || (account !== 'absent' && account.state === 'inactive')

/** Made by an attempt of ours that ended before it could write down whose it is. */
const isUnfinished = ({ link, account, intent }: Pick<PlannedFor, 'link' | 'account' | 'intent'>): boolean =>
  link.account === undefined && account !== 'absent' && intent !== undefined && matchesIntent(intent, account)

/** Who is new or returns gets all that goes with it; who is new for as long as their groups may still come. */
export function isFresh(found: Omit<PlannedFor, 'standing'>): boolean {
  const { asked, link, account, now } = found
  if (!asked.wish.active) return false
  if (account === 'absent' || isUnfinished(found) || returning(account, link)) return true
  return link.madeAt !== undefined && now.getTime() - link.madeAt.getTime() < asked.groupsMinutes * 60_000
}

function wishOf({ asked, link }: PlannedFor, fresh: boolean): Wish {
  const { wish, whenNew, owned } = asked
  const grants: GrantWishes = fresh ? { ...wish.grants, ...whenNew } : (wish.grants ?? {})
  return {
    ...exceptLeftAlone(wish, notOwned(link.leftAlone, owned)),
    ...(Object.keys(grants).length === 0 ? {} : { grants }),
  }
}

const notOwned = (left: LeftAlone, owned: ReadonlySet<AttributeName>): LeftAlone =>
  Object.fromEntries(Object.entries(left).filter(([name]) => !owned.has(name as AttributeName)))

/** What an app knows by ids of its own. */
const BY_ID = ['role', 'team', 'loginAuthenticator', 'reportsTo', 'licence'] as const satisfies AttributeName[]

/** Names become ids, for what is wanted now: what only a newcomer gets is looked up for newcomers only. */
async function canonicalWish(planner: Planner, wish: Wish, fresh: boolean): Promise<Wish> {
  const named = only(wish.attributes, BY_ID)
  const onCreate = wish.active && fresh ? wish.onCreate : {}
  const grants = wish.active ? wish.grants : undefined
  const want = { ...onCreate, ...named }
  const asks = wish.active && (fresh || Object.keys(want).length > 0 || grants !== undefined)
  if (!asks) return { ...wish, attributes: planner.canonical(wish.attributes), onCreate: {} }
  const resolved = await planner.resolve(want, grants)
  if (!resolved.ok) throw new Refused(resolved, 'resolve')
  const found = only(resolved.want, Object.keys(named) as AttributeName[])
  return {
    ...wish,
    attributes: planner.canonical({ ...wish.attributes, ...found }),
    onCreate: planner.canonical(only(resolved.want, Object.keys(onCreate) as AttributeName[])),
    ...(grants === undefined ? {} : { grants: resolved.grants }),
    ...(wish.invite === true ? { invite: resolved.invites !== false } : {}),
  }
}

const only = (from: AccountAttributes, names: readonly AttributeName[]): AccountAttributes =>
  Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
