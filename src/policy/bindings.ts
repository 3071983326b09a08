/**
 * A person as the expressions of a policy see them.
 * Decides the value of every variable; must not evaluate an expression.
 */
import { isCelList, isCelMap, type CelInput, type CelValue } from '@bufbuild/cel'
import type { Fault } from './decision.ts'
import type { Bindings, Expression } from './expression/expression.ts'
import { textList } from './expression/environment.ts'
import { RECORDS, totalOf, valueAt } from './expression/shape.ts'
import type { FactGroup, Facts } from './facts.ts'
import { LIMITS } from './limits.ts'
import type { Parts } from './parts.ts'
import { PolicyFault } from './policy-fault.ts'

/** Only what the policy looks at. Throws PolicyFault where something is larger than a policy may look at. */
export function bindingsOf({ places, variables, language }: Parts, facts: Facts): Bindings {
  const { document } = facts.identity
  const bindings = Object.create(null) as Record<string, CelInput>
  for (const [name, { shape, at }] of places)
    bindings[name] = measured(name, () => totalOf(shape, valueAt(document, at)))
  if (variables.has('user')) bindings['user'] = measured('user', () => totalOf(language.user, document))
  const texts = (name: string, of: (group: FactGroup) => string | undefined): void => {
    if (variables.has(name)) bindings[name] = measured(name, () => sortedTexts(facts.groups.map(of)))
  }
  texts('groups', ({ displayName }) => displayName)
  texts('groupIds', ({ id }) => id)
  texts('groupExternalIds', ({ externalId }) => externalId)
  if (variables.has('person')) bindings['person'] = measured('person', () => totalOf(RECORDS.person, facts.person))
  if (variables.has('app')) bindings['app'] = totalOf(RECORDS.app, { id: facts.app.id })
  return bindings
}

function measured(at: string, make: () => CelInput): CelInput {
  try {
    return make()
  } catch (cause) {
    if (cause instanceof RangeError) throw new PolicyFault({ at, message: cause.message, values: [] })
    throw cause
  }
}

/** In one order, whatever order the groups came in. */
function sortedTexts(texts: readonly (string | undefined)[]): CelInput {
  const known = [...new Set(texts.filter((text) => text !== undefined && text !== ''))] as string[]
  if (known.length > LIMITS.list) throw new RangeError(`there are more than ${LIMITS.list} of them`)
  return textList(known.toSorted())
}

const MOST_SHOWN = 6

/** What an expression looked at, in words: `user.department is "Sales"`. Names that the expression speaks of come first. */
export function valuesRead({ reads, text }: Expression, bindings: Bindings): readonly string[] {
  const names = [...reads.places.keys(), ...[...reads.variables].filter((name) => name !== 'user')]
  return names.map((name) => {
    const value = bindings[name]
    return isCelList(value) ? `${name}: ${listed([...value], text)}` : `${name} is ${shown(value)}`
  })
}

function listed(values: readonly CelValue[], text: string): string {
  if (values.length === 0) return 'none'
  const first = (value: CelValue): boolean => typeof value === 'string' && text.includes(JSON.stringify(value))
  const ordered = [...values.filter(first), ...values.filter((value) => !first(value))]
  const more = values.length > MOST_SHOWN ? ` and ${values.length - MOST_SHOWN} more` : ''
  return `${ordered.slice(0, MOST_SHOWN).map(shown).join(', ')}${more}`
}

function shown(value: CelInput | undefined): string {
  if (value === undefined || value === null || value === '') return 'empty'
  if (typeof value === 'string') return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
  if (isCelMap(value)) {
    const main = value.get('value')
    return typeof main === 'string' && main !== '' ? shown(main) : 'a record'
  }
  return typeof value === 'object' ? 'a record' : String(value)
}

export const faultOf = (
  { at, expression }: { at: string; expression: Expression },
  bindings: Bindings,
  why: { offset: number | undefined; message: string },
): Fault => ({
  at,
  ...(why.offset === undefined ? {} : { character: why.offset + 1 }),
  message: why.message,
  values: valuesRead(expression, bindings),
})
