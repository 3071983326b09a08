/**
 * Everything that a decision is made of: which rules match, what wins, where each value comes from.
 * Decides winners and unions; must not put the wish together, and must not explain.
 */
import { isCelList, type CelValue } from '@bufbuild/cel'
import type { AccountAttributes, Grant } from '../identity/account.ts'
import { projectAttributes } from '../identity/project.ts'
import { faultOf } from './bindings.ts'
import type { Origin } from './decision.ts'
import type { Bindings } from './expression/expression.ts'
import { kindOf } from './expression/values.ts'
import type { Facts } from './facts.ts'
import { LIMITS } from './limits.ts'
import type { Entry, Gift, Located, Parts, Ruling, Value } from './parts.ts'
import { PolicyFault } from './policy-fault.ts'
import type { Given, Mapped, Several } from './schema.ts'

export interface GivenGrant extends Grant {
  /** The strongest first. */
  readonly from: readonly string[]
}

export interface Gifts {
  /** The rules that match, the strongest first. Empty: `otherwise` was asked, if there is one. */
  readonly matching: readonly Ruling[]
  readonly single: ReadonlyMap<Given, { readonly value: string | null; readonly from: Origin }>
  /** By name; each name once, without regard to case. */
  readonly several: ReadonlyMap<Several, readonly GivenGrant[]>
}

const evaluate = (located: Located, bindings: Bindings): CelValue => {
  const result = located.expression.evaluate(bindings)
  if (!result.ok) throw new PolicyFault(faultOf(located, bindings, result))
  return result.value
}

const broken = (located: Located, bindings: Bindings, message: string): PolicyFault =>
  new PolicyFault(faultOf(located, bindings, { offset: undefined, message }))

/** Throws PolicyFault where the expression fails, or gives anything but true or false. */
export function holds(when: Located | undefined, bindings: Bindings): boolean {
  if (when === undefined) return true
  const value = evaluate(when, bindings)
  if (typeof value !== 'boolean') throw broken(when, bindings, `it gives ${kindOf(value)}, not true or false`)
  return value
}

function textFrom(value: CelValue, located: Located, bindings: Bindings): string {
  const text = typeof value === 'bigint' || typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') throw broken(located, bindings, `it gives ${kindOf(value)}, not a text`)
  if (text.length > LIMITS.value) throw broken(located, bindings, `it gives more than ${LIMITS.value} characters`)
  return text
}

/** Who somebody is: today's mapping, with the policy's own on top. Throws PolicyFault. */
export function mapped({ mapping }: Parts, facts: Facts, bindings: Bindings): AccountAttributes {
  const own: { [name in Mapped]?: string | null } = {}
  for (const { key, from } of mapping) {
    const text = textFrom(evaluate(from, bindings), from, bindings)
    if (key === 'userName' && text === '') throw broken(from, bindings, 'it gives an empty user name')
    if (key === 'hireDate' && text !== '' && !/^\d{4}-\d\d-\d\d$/.test(text))
      throw broken(
        from,
        bindings,
        `it gives ${JSON.stringify(text.slice(0, 40))}, not a day such as 2027-01-31; day(…) makes one`,
      )
    own[key] = text === '' ? null : text
  }
  return { ...projectAttributes(facts.identity.document), ...own } as AccountAttributes
}

/** What somebody gets. Throws PolicyFault. */
export function gifts({ rules, otherwise }: Parts, bindings: Bindings): Gifts {
  const matching = rules.filter(({ when }) => holds(when, bindings))
  const givers: readonly Giver[] =
    matching.length > 0
      ? matching.map(({ name, gift }) => ({ gift, from: { kind: 'rule', rule: name } }))
      : typeof otherwise === 'object'
        ? [{ gift: otherwise, from: { kind: 'otherwise' } }]
        : []
  return { matching, single: singles(givers, bindings), several: unions(givers, bindings) }
}

interface Giver {
  readonly gift: Gift
  readonly from: Extract<Origin, { kind: 'rule' | 'otherwise' }>
}

/** The first giver that has a value for a key wins it; a value that comes out empty is not given. */
function singles(givers: readonly Giver[], bindings: Bindings): Gifts['single'] {
  const won = new Map<Given, { readonly value: string | null; readonly from: Origin }>()
  for (const { gift, from } of givers) {
    for (const { key, value } of gift.single) {
      if (won.has(key)) continue
      const [name] = namesOf(value, bindings)
      if (name !== undefined) won.set(key, { value: name, from })
    }
  }
  return won
}

function unions(givers: readonly Giver[], bindings: Bindings): Gifts['several'] {
  const all = new Map<Several, Map<string, GivenGrant>>()
  for (const { gift, from } of givers) {
    const giver = from.kind === 'rule' ? from.rule : 'otherwise'
    for (const { key, entries } of gift.several) {
      const union = all.get(key) ?? new Map<string, GivenGrant>()
      all.set(key, union)
      for (const entry of entries) enter(union, { entry, giver }, bindings)
      if (union.size > LIMITS.grants) {
        const message = `more than ${LIMITS.grants} ${key} for one person`
        throw new PolicyFault({ at: key, message, values: [] })
      }
    }
  }
  const byName = (a: Grant, b: Grant): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  return new Map([...all].map(([key, union]) => [key, [...union.values()].toSorted(byName)]))
}

/** The stronger rule came first: its spelling and, where it says one, its level stay. */
function enter(
  union: Map<string, GivenGrant>,
  { entry, giver }: { readonly entry: Entry; readonly giver: string },
  bindings: Bindings,
): void {
  for (const id of namesOf(entry.value, bindings)) {
    if (id === null) continue
    const key = id.toLowerCase()
    const held = union.get(key)
    const level = held?.level ?? entry.level
    const from = held === undefined ? [giver] : held.from.includes(giver) ? held.from : [...held.from, giver]
    union.set(key, { id: held?.id ?? id, ...(level === undefined ? {} : { level }), from })
  }
}

/** The names that a value comes to: none where it comes out empty. */
function namesOf(value: Value, bindings: Bindings): readonly (string | null)[] {
  if (value.kind === 'fixed') return [value.value]
  const { from, among } = value
  const result = evaluate(from, bindings)
  const texts = isCelList(result)
    ? [...result].map((each) => textFrom(each, from, bindings))
    : [textFrom(result, from, bindings)]
  const names = texts.map((text) => text.trim()).filter((text) => text !== '')
  if (names.length > LIMITS.grants) throw broken(from, bindings, `it gives more than ${LIMITS.grants} names`)
  const strange = among === undefined ? undefined : names.find((name) => !among.has(name))
  if (strange !== undefined)
    throw broken(from, bindings, `it gives ${JSON.stringify(strange)}, which "among" does not list`)
  return names
}
