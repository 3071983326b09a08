/**
 * Why a policy comes to what it comes to, for people.
 * Decides what is told of a decision; must not decide anything else than `decide` does.
 */
import type { AccountAttributes, AttributeName, Wish } from '../identity/account.ts'
import { bindingsOf, valuesRead } from './bindings.ts'
import { holds, type Gifts } from './consider.ts'
import { decided, type Decided } from './decide.ts'
import type {
  AttributeExplanation,
  Decision,
  Explanation,
  GrantExplanation,
  Origin,
  RuleExplanation,
} from './decision.ts'
import { compileExpression, type Bindings } from './expression/expression.ts'
import { refill } from './expression/meter.ts'
import { conjuncts } from './expression/tokens.ts'
import type { Facts } from './facts.ts'
import { LIMITS } from './limits.ts'
import type { Located, Parts, Ruling } from './parts.ts'
import type { Policy } from './policy.ts'
import { PolicyFault } from './policy-fault.ts'
import { SEVERAL, type Given, type Mapped, type OwnedKey } from './schema.ts'

export type Explain = (policy: Policy, facts: Facts) => Explanation

/** The same decision as `decide` makes, with every rule that was considered. Never throws. */
export const explain: Explain = (policy, facts) => {
  const made = decided(policy, facts)
  const { parts } = policy
  const bindings = made.bindings ?? knownBindings(parts, facts)
  return {
    account: asked(parts.when, { bindings, parts }),
    rules: parts.rules.map((rule) => explainRule(rule, { made, bindings, parts })),
    attributes: explainAttributes(made, parts),
    grants: explainGrants(made, parts),
    decision: made.decision,
  }
}

/** For somebody of whom nothing was looked at, because they are leaving; nothing where even that fails. */
function knownBindings(parts: Parts, facts: Facts): Bindings | undefined {
  try {
    return bindingsOf(parts, facts)
  } catch (cause) {
    if (cause instanceof PolicyFault) return undefined
    throw cause
  }
}

interface Asked {
  readonly matched: boolean
  readonly why: string
}

interface Within {
  readonly bindings: Bindings | undefined
  readonly parts: Parts
}

/** Whether a condition holds, and by which of its parts and which values. */
function asked(when: Located | undefined, { bindings, parts }: Within): Asked {
  if (when === undefined) return { matched: true, why: 'it is about everybody' }
  if (bindings === undefined) return { matched: false, why: 'not considered' }
  const { text } = when.expression
  refill(LIMITS.steps)
  try {
    if (holds(when, bindings))
      return { matched: true, why: `${text}${inBrackets(valuesRead(when.expression, bindings))}` }
  } catch (cause) {
    if (!(cause instanceof PolicyFault)) throw cause
    return { matched: false, why: `${text} failed: ${cause.fault.message}${inBrackets(cause.fault.values)}` }
  }
  const [part, values] = firstFalse(text, { bindings, parts }) ?? [text, valuesRead(when.expression, bindings)]
  return { matched: false, why: `not ${part}${inBrackets(values)}` }
}

const inBrackets = (values: readonly string[]): string => (values.length === 0 ? '' : ` (${values.join('; ')})`)

/** Of conditions that must all hold, the first that does not. */
function firstFalse(text: string, { bindings, parts }: Within): readonly [string, readonly string[]] | undefined {
  const all = conjuncts(text)
  if (all.length < 2 || bindings === undefined) return undefined
  for (const part of all) {
    const { expression } = compileExpression(part, parts.language)
    const result = expression?.evaluate(bindings)
    if (expression !== undefined && result?.ok === true && result.value === false)
      return [part, valuesRead(expression, bindings)]
  }
  return undefined
}

function explainRule(rule: Ruling, { made, ...within }: Within & { readonly made: Decided }): RuleExplanation {
  const { matched, why } = asked(rule.when, within)
  const { gets, decision } = made
  const outcome =
    matched && decision.kind === 'account' && gets !== undefined ? outcomeOf(rule, gets) : { wins: [], loses: [] }
  return { rule: rule.name, priority: rule.priority, matched, why, ...outcome }
}

function outcomeOf(
  rule: Ruling,
  { single, several }: Gifts,
): { readonly wins: readonly string[]; readonly loses: readonly string[] } {
  const wins: string[] = []
  const loses: string[] = []
  for (const { key } of rule.gift.single) {
    const won = single.get(key)
    if (won === undefined) continue
    const winner = won.from.kind === 'rule' ? won.from.rule : ''
    if (winner === rule.name) wins.push(`${key} ${won.value ?? 'none'}`)
    else loses.push(`${key} (rule "${winner}" wins)`)
  }
  for (const { key } of rule.gift.several) {
    for (const { id, level, from } of several.get(key) ?? []) {
      if (from.includes(rule.name)) wins.push(`${SEVERAL[key]} ${id}${level === undefined ? '' : ` (level ${level})`}`)
    }
  }
  return { wins, loses }
}

const DEFAULTS: Origin = { kind: 'defaults of the app' }

function explainAttributes({ decision, gets }: Decided, parts: Parts): readonly AttributeExplanation[] {
  const wish = wishOf(decision)
  if (wish === undefined) return []
  const own = new Set<string>(parts.mapping.map(({ key }) => key))
  const known = (name: string): OwnedKey => name as Mapped | Given
  const rows: AttributeExplanation[] = []
  for (const [attribute, value] of entriesOf(wish.attributes)) {
    const given = gets?.single.get(attribute as Given)
    const from: Origin = given?.from ?? (own.has(attribute) ? { kind: 'mapping' } : { kind: 'standard mapping' })
    rows.push({ attribute, value, from, owned: parts.owns[known(attribute)] })
  }
  for (const [attribute, value] of entriesOf(wish.onCreate)) {
    if (wish.attributes[attribute] !== undefined) continue
    const given = gets?.single.get(attribute as Given)
    const started = given !== undefined && given.value === value && parts.owns[known(attribute)] !== 'never'
    const from: Origin = started ? given.from : own.has(attribute) ? { kind: 'mapping' } : DEFAULTS
    rows.push({ attribute, value, from, owned: 'onCreate' })
  }
  return rows
}

const entriesOf = (attributes: AccountAttributes): [AttributeName, string | null][] =>
  (Object.entries(attributes) as [AttributeName, string | null | undefined][]).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )

const wishOf = (decision: Decision): Wish | undefined =>
  decision.kind === 'account' || decision.kind === 'none' ? decision.wish : undefined

function explainGrants({ decision, gets }: Decided, { owns }: Parts): readonly GrantExplanation[] {
  if (decision.kind !== 'account' || gets === undefined) return []
  return [...gets.several].flatMap(([key, grants]) =>
    grants.map(({ id, level, from }) => ({
      kind: SEVERAL[key],
      name: id,
      ...(level === undefined ? {} : { level }),
      from,
      owned: owns[key],
    })),
  )
}
