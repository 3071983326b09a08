/**
 * What a policy comes to for one identity.
 * Decides who gets an account and with what; must not know any app, nor what an account looks like now.
 */
import type { AccountAttributes } from '../identity/account.ts'
import { projectAttributes } from '../identity/project.ts'
import { bindingsOf } from './bindings.ts'
import { gifts, holds, mapped, type Gifts } from './consider.ts'
import type { Decision } from './decision.ts'
import type { Bindings } from './expression/expression.ts'
import { refill } from './expression/meter.ts'
import type { Facts } from './facts.ts'
import { LIMITS } from './limits.ts'
import type { Policy } from './policy.ts'
import { PolicyFault } from './policy-fault.ts'
import { wishFor, wishToBeGone } from './wish.ts'

export type Decide = (policy: Policy, facts: Facts) => Decision

/** Total and deterministic: the same policy and facts, the same decision. Never throws, and ends after a bounded number of steps. */
export const decide: Decide = (policy, facts) => decided(policy, facts).decision

/** A decision and what it was made of, as far as it came to that. */
export interface Decided {
  readonly decision: Decision
  readonly bindings?: Bindings
  readonly who?: AccountAttributes
  readonly gets?: Gifts
}

export function decided(policy: Policy, facts: Facts): Decided {
  refill(LIMITS.steps)
  const { identity } = facts
  // Nobody who leaves waits for a policy, or is held up by one.
  if (!identity.active || identity.deleted) return { decision: gone(policy, facts) }
  try {
    return forActive(policy, facts)
  } catch (cause) {
    if (!(cause instanceof PolicyFault)) throw cause
    const { fault } = cause
    return { decision: { kind: 'hold', why: `${fault.at} failed for this person: ${fault.message}`, fault } }
  }
}

function gone({ parts }: Policy, facts: Facts): Decision {
  return {
    kind: 'account',
    wish: wishToBeGone(parts, facts, whoever(parts, facts)),
    grantsOnCreate: {},
    deactivation: parts.deactivation,
  }
}

/** Who they are by the policy, or by the standard mapping where that fails. */
function whoever(parts: Policy['parts'], facts: Facts): AccountAttributes {
  if (parts.mapping.length === 0) return projectAttributes(facts.identity.document)
  try {
    return mapped(parts, facts, bindingsOf(parts, facts))
  } catch (cause) {
    if (!(cause instanceof PolicyFault)) throw cause
    return projectAttributes(facts.identity.document)
  }
}

function forActive(policy: Policy, facts: Facts): Decided {
  const { parts } = policy
  const bindings = bindingsOf(parts, facts)
  const waits = policy.readsGroups && facts.groupsKnown !== 'yes'
  // Whom the policy is not about need not wait to hear it.
  if (!(waits && parts.whenReadsGroups) && !holds(parts.when, bindings))
    return { bindings, decision: noAccount(policy, facts, 'account.when does not hold') }
  if (waits) {
    const early = withoutGroups(policy, facts)
    if (early !== undefined) return { bindings, decision: early }
    if (parts.whenReadsGroups && !holds(parts.when, bindings))
      return { bindings, decision: noAccount(policy, facts, 'account.when does not hold') }
  }
  const who = mapped(parts, facts, bindings)
  const gets = gifts(parts, bindings)
  const nobody = gets.matching.length === 0
  if (nobody && parts.otherwise === 'hold')
    return { bindings, who, gets, decision: { kind: 'hold', why: 'no rule matches, and otherwise says hold' } }
  if (nobody && parts.otherwise === 'none')
    return { bindings, who, gets, decision: noAccount(policy, facts, 'no rule matches, and otherwise says none') }
  const { wish, grantsOnCreate } = wishFor(parts, facts, { who, gets })
  return { bindings, who, gets, decision: { kind: 'account', wish, grantsOnCreate, deactivation: parts.deactivation } }
}

/** What is decided while groups are missing; nothing where the policy then decides by what is known. */
function withoutGroups(policy: Policy, facts: Facts): Decision | undefined {
  const { minutes, otherwise } = policy.waitForGroups
  if (facts.groupsKnown === 'waiting')
    return {
      kind: 'wait',
      minutes,
      why: `the policy goes by groups, and those of a new person may take ${minutes} minutes to arrive`,
    }
  if (otherwise === 'decide') return undefined
  const why = `the groups of this person were not known after ${minutes} minutes, and waitForGroups.otherwise says ${otherwise}`
  return otherwise === 'hold' ? { kind: 'hold', why } : noAccount(policy, facts, why)
}

const noAccount = ({ parts }: Policy, facts: Facts, why: string): Decision => ({
  kind: 'none',
  why,
  wish: wishToBeGone(parts, facts, whoever(parts, facts)),
  deactivation: parts.deactivation,
})
