/**
 * From what an account is to hold and what it holds to the steps between them.
 * Decides what is given and what is taken; must not decide when (plan.ts does).
 */
import { GRANT_KINDS, type Account, type Grant, type GrantKind, type GrantWishes } from '../identity/account.ts'
import type { Change } from './change.ts'

export interface GrantSteps {
  readonly give: readonly Extract<Change, { kind: 'grant' }>[]
  readonly take: readonly Extract<Change, { kind: 'revoke' }>[]
}

/** What planning depends on beside the wishes. */
export interface Held {
  readonly account: Account
  /** The kinds that the app has. */
  readonly kinds: readonly GrantKind[]
  /** The one role that the account has in its attributes once the plan is carried out: it need not be held a second time. */
  readonly role?: string | null | undefined
}

/** For kinds that are wanted, that the app has, and that were read of the account; of others nothing is said. */
export function planGrants(wishes: GrantWishes, { account, kinds, role }: Held): GrantSteps {
  const give: Extract<Change, { kind: 'grant' }>[] = []
  const take: Extract<Change, { kind: 'revoke' }>[] = []
  for (const of of GRANT_KINDS) {
    const [wish, held] = [wishes[of], account.grants?.[of]]
    if (wish === undefined || held === undefined || !kinds.includes(of)) continue
    const want = once(wish.want)
    const grants = want.filter((grant) => !isHeld(grant, held) && !(of === 'role' && grant.id === role))
    const { takes } = wish
    const ids = held
      .map(({ id }) => id)
      .filter(
        (id) => !want.some((grant) => grant.id === id) && (takes === 'all' || (takes !== 'none' && takes.includes(id))),
      )
    if (grants.length > 0) give.push({ kind: 'grant', account: account.id, of, grants })
    if (ids.length > 0) take.push({ kind: 'revoke', account: account.id, of, ids })
  }
  return { give, take }
}

/** Two levels of one thing cannot be held: the first counts. */
const once = (want: readonly Grant[]): readonly Grant[] =>
  want.filter(({ id }, at) => want.findIndex((grant) => grant.id === id) === at)

/** A wish that says no level is content with any. */
const isHeld = ({ id, level }: Grant, held: readonly Grant[]): boolean =>
  held.some((one) => one.id === id && (level === undefined || one.level === level))
