/**
 * CEL as policies know it: the library's evaluator, with every call paid for and nothing that reaches outside.
 * Decides what built-in operations do where CEL would stop with an error; must not know a policy.
 */
import {
  celEnv,
  celFunc,
  celList,
  celMethod,
  CelScalar,
  isCelList,
  isCelMap,
  listType,
  type CelEnv,
  type CelFunc,
  type CelInput,
  type CelList,
  type CelValue,
} from '@bufbuild/cel'
import { LIMITS } from '../limits.ts'
import { HELPER_FUNCTIONS } from './functions.ts'
import { charge } from './meter.ts'
import type { Pattern } from './pattern.ts'
import { isEmpty, kindOf, type HelperFunction } from './values.ts'

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar
const LIST = listType(DYN)

type Group = NonNullable<ReturnType<CelEnv['funcs']['find']>>

/** Patterns by their text: compiled when the expression was, never while one runs. */
export function environment(patterns: ReadonlyMap<string, Pattern>): CelEnv {
  const base = celEnv({ funcs: [...BUILT_IN, ...[...HELPER_FUNCTIONS.values()].map(callable), matcher(patterns)] })
  const groups = new Map<string, Group | undefined>()
  const find = (name: string): Group | undefined => {
    if (!groups.has(name)) groups.set(name, metered(base.funcs.find(name)))
    return groups.get(name)
  }
  const funcs = Object.create(base.funcs, { find: { value: find } }) as CelEnv['funcs']
  return Object.create(base, { funcs: { value: funcs } }) as CelEnv
}

/** Every call costs a step and what it looks at; what it makes has a limit. */
function metered(group: Group | undefined): Group | undefined {
  if (group === undefined) return undefined
  return {
    name: group.name,
    [Symbol.iterator]: () => group[Symbol.iterator](),
    call(id, target, args) {
      let cost = 1 + weight(target)
      for (const arg of args) cost += weight(arg)
      charge(cost)
      const result = group.call(id, target, args)
      if (typeof result === 'string') {
        charge(weight(result))
        if (result.length > LIMITS.text)
          throw new RangeError(`this makes a text of more than ${LIMITS.text} characters`)
      }
      if (isCelList(result) && result.size > LIMITS.list)
        throw new RangeError(`this makes a list of more than ${LIMITS.list} elements`)
      return result
    },
  }
}

const weight = (value: CelValue | undefined): number => (typeof value === 'string' ? value.length >> 4 : 0)

/** Texts of a list that many expressions look into, for a look that does not read it all. */
const sets = new WeakMap<CelList, ReadonlySet<string>>()

export function textList(texts: readonly string[]): CelList {
  const list = celList(texts)
  sets.set(list, new Set(texts))
  return list
}

/** Lists under construction by `map` and `filter`. Nobody but their loop has them, so they grow in place. */
const growing = new WeakMap<CelList, CelInput[]>()

function append(list: CelList, value: CelValue): CelList {
  const held = growing.get(list)
  if (held !== undefined) {
    held.push(value)
    return list
  }
  const fresh: CelInput[] = [...list, value]
  const grown = celList(fresh)
  growing.set(grown, fresh)
  return grown
}

/** What is there, else the empty text. */
function member(holder: CelValue, key: CelValue): CelInput {
  if (isCelMap(holder)) return isKey(key) ? (holder.get(key) ?? '') : ''
  if (isCelList(holder))
    return typeof key === 'bigint' || typeof key === 'number' ? (holder.get(Number(key)) ?? '') : ''
  return ''
}

const isKey = (key: CelValue): key is string | bigint | boolean | number =>
  typeof key === 'string' || typeof key === 'bigint' || typeof key === 'boolean' || typeof key === 'number'

function range(value: CelValue): CelInput {
  if (value === '' || value === null) return []
  if (isCelList(value) || isCelMap(value)) return value
  throw new TypeError(`a list is wanted here, not ${kindOf(value)}`)
}

function within(value: CelValue, list: CelList): boolean {
  const set = sets.get(list)
  if (set !== undefined) return typeof value === 'string' && set.has(value)
  charge(list.size)
  return [...list].some((each) => equal(each, value))
}

function nowhere(whole: CelValue): boolean {
  if (whole !== '') throw new TypeError('"in" wants a list after it, not a text; write text.contains("…")')
  return false
}

function concatenated(left: CelList, right: CelList): CelInput {
  charge(left.size + right.size)
  return [...left, ...right]
}

/** Equality over kinds: values of different kinds are different, numbers are one kind. */
function equal(left: CelValue, right: CelValue): boolean {
  if (isCelMap(left) || isCelMap(right)) throw new TypeError('records cannot be compared; compare what is in them')
  if (isCelList(left) && isCelList(right)) {
    charge(left.size + right.size)
    const others = [...right]
    return left.size === right.size && [...left].every((each, at) => equal(each, others[at] ?? ''))
  }
  if (typeof left === 'bigint' && typeof right === 'number') return Number(left) === right
  if (typeof left === 'number' && typeof right === 'bigint') return left === Number(right)
  return left === right
}

/** Numbers are one kind here: what comes from a user, a size and a constant can be reckoned with as it is. */
const RECKONING: Readonly<Record<string, (left: number, right: number) => number>> = {
  '_+_': (left, right) => left + right,
  '_-_': (left, right) => left - right,
  '_*_': (left, right) => left * right,
  '_/_': (left, right) => left / right,
}

const mixed = Object.entries(RECKONING).flatMap(([name, reckon]) => [
  celFunc(name, [INT, DOUBLE], DOUBLE, (left, right) => reckon(Number(left), right)),
  celFunc(name, [DOUBLE, INT], DOUBLE, (left, right) => reckon(left, Number(right))),
])

const BUILT_IN: CelFunc[] = [
  ...mixed,
  celFunc('@get', [DYN, DYN], DYN, member),
  celFunc('@has', [DYN], BOOL, (value) => !isEmpty(value)),
  celFunc('@range', [DYN], DYN, range),
  celFunc('@append', [LIST, DYN], LIST, append),
  celFunc('@step', [DYN, INT], DYN, (value, weightOfBody) => {
    charge(Number(weightOfBody))
    return value
  }),
  celFunc('@in', [DYN, LIST], BOOL, within),
  celFunc('@in', [DYN, STRING], BOOL, (_value, whole) => nowhere(whole)),
  celFunc('_+_', [LIST, LIST], LIST, concatenated),
  celFunc('_==_', [DYN, DYN], BOOL, equal),
  celFunc('_!=_', [DYN, DYN], BOOL, (left, right) => !equal(left, right)),
]

const callable = ({ name, wants, run }: HelperFunction): CelFunc =>
  celFunc(
    name,
    wants.map(() => DYN),
    DYN,
    (...args: readonly CelValue[]) => run(...args),
  )

const matcher = (patterns: ReadonlyMap<string, Pattern>): CelFunc =>
  celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
    const compiled = patterns.get(pattern)
    if (compiled === undefined) throw new TypeError('a regular expression must be written out as a text')
    // Measured: it covers what the worst patterns do to the automaton, and is far more than usual ones cost.
    charge(Math.ceil((this.length * compiled.size) / 4))
    return compiled.test(this)
  })
