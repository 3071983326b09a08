/**
 * What a policy came to for somebody, as it is told.
 * Decides words for where values come from; must not decide or read anything.
 */
import type { Decision, Origin } from '../policy/decision.ts'
import type { Tested } from './policy-test.ts'

/** The answer of the admin API: plain, with null where there is nothing. */
export function told(tested: Tested, { given }: { readonly given: boolean }) {
  const { app, userName, connection, identity, version, groups, explanation, target, diff } = tested
  const { account, rules, attributes, grants, decision } = explanation
  return {
    app,
    userName,
    connection,
    identity,
    policy: { version, given },
    groups: [...groups],
    account: { ...account },
    rules: rules.map((rule) => ({ ...rule, wins: [...rule.wins], loses: [...rule.loses] })),
    attributes: attributes.map((attribute) => ({ ...attribute, from: originWords(attribute.from) })),
    grants: grants.map((grant) => ({ ...grant, level: grant.level ?? null, from: [...grant.from] })),
    decision: decisionWords(decision),
    target: { ...target },
    diff: diff.map((difference) => ({ ...difference })),
  }
}

const originWords = (from: Origin): string => (from.kind === 'rule' ? `rule "${from.rule}"` : from.kind)

function decisionWords(decision: Decision): {
  kind: Decision['kind']
  active: boolean | null
  why: string | null
  minutes: number | null
} {
  const { kind } = decision
  return {
    kind,
    active: kind === 'account' || kind === 'none' ? decision.wish.active : null,
    why: kind === 'account' ? null : decision.why,
    minutes: kind === 'wait' ? decision.minutes : null,
  }
}
