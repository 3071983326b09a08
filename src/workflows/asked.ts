/**
 * What an identity asks of an app: by the app's policy, or by the standard mapping where it has none.
 * Decides how a decision becomes a wish; must not decide (policy/) or look at an account.
 */
import { GRANT_KINDS, type AttributeName, type GrantKind, type GrantWishes, type Wish } from '../identity/account.ts'
import { projectWish } from '../identity/project.ts'
import { decide } from '../policy/decide.ts'
import type { Fault } from '../policy/decision.ts'
import type { Facts } from '../policy/facts.ts'
import type { Policy } from '../policy/policy.ts'
import type { Deactivation } from '../policy/schema.ts'

export interface Asked {
  /** In the identity's own terms: names, not ids. Of who is to be disabled: with what is to be taken from them as well. */
  readonly wish: Wish
  /** In the place of those of `wish.grants`, for who is new or returns. */
  readonly whenNew: GrantWishes
  /** Attributes that the policy itself says are its own: not even an adopted account keeps others. */
  readonly owned: ReadonlySet<AttributeName>
  /** Attributes for which the policy has an expression of its own. */
  readonly mapped: ReadonlySet<AttributeName>
  /** Account and what it holds are read and set as a whole. */
  readonly byPolicy: boolean
  /** Of a new account: for how long its groups may still come, and count as if it were made just now. */
  readonly groupsMinutes: number
  /** Why somebody who could have an account gets none. */
  readonly why?: string
}

export type Answer =
  | { readonly kind: 'asked'; readonly asked: Asked }
  /** The groups of somebody new have not come yet. */
  | { readonly kind: 'waits'; readonly why: string; readonly minutes: number }
  /** A person has to look; with a fault, at the policy. */
  | { readonly kind: 'held'; readonly why: string; readonly fault?: Fault }

const PLAIN = { whenNew: {}, owned: new Set<never>(), mapped: new Set<never>(), byPolicy: false, groupsMinutes: 0 }

/** Pure and total. */
export function askedBy(policy: Policy | undefined, facts: Facts): Answer {
  if (policy === undefined) {
    const wish = projectWish(facts.identity, facts.app.defaults)
    return { kind: 'asked', asked: { ...PLAIN, wish } }
  }
  const decision = decide(policy, facts)
  if (decision.kind === 'wait') return { kind: 'waits', why: decision.why, minutes: decision.minutes }
  if (decision.kind === 'hold')
    return { kind: 'held', why: decision.why, ...(decision.fault === undefined ? {} : { fault: decision.fault }) }
  const { wish, deactivation } = decision
  return {
    kind: 'asked',
    asked: {
      wish: wish.active ? wish : ending(wish, deactivation),
      whenNew: decision.kind === 'account' ? decision.grantsOnCreate : {},
      owned: ownedBy(policy),
      mapped: new Set(policy.parts.mapping.map(({ key }) => key)),
      byPolicy: true,
      groupsMinutes: policy.readsGroups ? policy.waitForGroups.minutes : 0,
      ...(decision.kind === 'none' ? { why: decision.why } : {}),
    },
  }
}

/** What deactivation does beside disabling. */
function ending(wish: Wish, { endSession, roles, skills, groups }: Deactivation): Wish {
  const taken: Readonly<Record<GrantKind, boolean>> = {
    role: roles === 'take',
    skill: skills === 'take',
    group: groups === 'take',
  }
  return {
    active: false,
    attributes: wish.attributes,
    onCreate: {},
    endSession,
    grants: Object.fromEntries(
      GRANT_KINDS.filter((kind) => taken[kind]).map((kind) => [kind, { want: [], takes: 'all' as const }]),
    ),
  }
}

const ownedBy = ({ document: { owns } }: Policy): ReadonlySet<AttributeName> =>
  new Set(
    Object.entries(owns).flatMap(([key, how]) =>
      how === 'always' && key !== 'roles' && key !== 'skills' && key !== 'groups' ? [key as AttributeName] : [],
    ),
  )
