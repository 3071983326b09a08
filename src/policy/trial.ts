/**
 * Tries an expression on two made-up people before a policy is saved: one of whom nothing is known, and one of whom everything is.
 * Decides whether an expression gives the kind of value that is wanted; must not know a real person.
 */
import { celList, celMap, isCelList, type CelInput, type CelValue } from '@bufbuild/cel'
import { textList } from './expression/environment.ts'
import type { Bindings, Expression } from './expression/expression.ts'
import { kindOf } from './expression/values.ts'
import { refill } from './expression/meter.ts'
import { RECORDS, totalOf, type Shape } from './expression/shape.ts'
import { LIMITS } from './limits.ts'

export type Wanted = 'yes or no' | 'text' | 'text or list of texts'

interface Found {
  readonly offset: number | undefined
  readonly message: string
  readonly fix: string
}

const FIXES: Readonly<Record<Wanted, string>> = {
  'yes or no': 'Write a comparison, such as user.department == "Sales" or "Agents" in groups.',
  text: 'Write something that gives a text; first(…) or join(…, " ") make one of a list.',
  'text or list of texts': 'Write something that gives a text or a list of texts.',
}

/** What goes wrong, at most one thing. */
export function trial(expression: Expression, wanted: Wanted): readonly Found[] {
  for (const filled of [false, true]) {
    refill(LIMITS.steps)
    const result = expression.evaluate(sample(expression, filled))
    if (!result.ok) {
      const fix = 'Mend it; number(…) makes a number of a text, string(…) a text of a number.'
      return [{ offset: result.offset, message: result.message, fix }]
    }
    if (!fits(result.value, wanted)) {
      return [{ offset: 0, message: `this gives ${kindOf(result.value)}; ${wanted} is wanted`, fix: FIXES[wanted] }]
    }
  }
  return []
}

const isText = (value: CelValue): boolean => ['string', 'number', 'bigint'].includes(typeof value)

function fits(value: CelValue, wanted: Wanted): boolean {
  if (wanted === 'yes or no') return typeof value === 'boolean'
  if (isText(value)) return true
  return wanted === 'text or list of texts' && isCelList(value) && [...value].every(isText)
}

function sample({ reads }: Expression, filled: boolean): Bindings {
  const bindings = Object.create(null) as Record<string, CelInput>
  for (const [name, { shape }] of reads.places) bindings[name] = filled ? filledIn(shape) : totalOf(shape, undefined)
  const texts = textList(filled ? ['Example'] : [])
  const user: Shape = { kind: 'record', fields: new Map() }
  for (const name of ['groups', 'groupIds', 'groupExternalIds']) bindings[name] = texts
  return Object.assign(bindings, {
    user: totalOf(user, undefined),
    person: filled ? filledIn(RECORDS.person) : totalOf(RECORDS.person, undefined),
    app: filledIn(RECORDS.app),
  })
}

function filledIn(shape: Shape): CelInput {
  if (shape.kind === 'list') return celList([filledIn(shape.element)])
  if (shape.kind === 'record')
    return celMap(new Map([...shape.fields].map(([name, field]) => [name, filledIn(field.shape)])))
  return shape.empty === '' ? 'Example' : shape.empty === 0 ? 1 : true
}
