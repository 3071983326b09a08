/**
 * From CEL as it was written to CEL that cannot fail for want of a value, with every name looked up beforehand.
 * Decides which names there are and what missing ones come to; must not evaluate anything.
 */
import { suggestion } from '../../config/nearest.ts'
import { LIMITS } from '../limits.ts'
import { CEL_FUNCTIONS, HELPER_FUNCTIONS, VARIABLES } from './functions.ts'
import { checkPattern, mistake, unknownFunction, wrongNumber, type Surroundings } from './mistakes.ts'
import { RECORDS, type Field, type Shape } from './shape.ts'
import {
  call,
  ident,
  intConstant,
  isNull,
  listOf,
  loopOf,
  methodCall,
  nameOf,
  SO_FAR,
  sizeOf,
  structOf,
  textConstant,
  textOf,
  type Call,
  type Comprehension,
  type Constant,
  type Expr,
  type Struct,
} from './tree.ts'

/** A part of an expression: rewritten, or still a place of the user of which more may be named. */
interface Part {
  readonly shape?: Shape | undefined
  /** As it is told of. */
  readonly called?: string
  readonly place?: { readonly name: string; readonly shape: Shape; readonly at: readonly string[] }
  readonly expr: Expr
}

/** Variables of macros that are in force, and how many macros are around. */
interface Scope {
  readonly names: ReadonlyMap<string, Shape | undefined>
  readonly loops: number
}

/** Rewrites a whole expression. Mistakes go to `spots`; with any, the result is not to be used. */
export function rewrite(expr: Expr, around: Surroundings): Expr {
  return used(partOf(expr, { names: new Map(), loops: 0 }, around), around)
}

function partOf(expr: Expr, scope: Scope, around: Surroundings): Part {
  const { id, exprKind } = expr
  const inner = (each: Expr): Expr => used(partOf(each, scope, around), around)
  switch (exprKind.case) {
    case 'identExpr':
      return variable(expr, exprKind.value.name, { scope, around })
    case 'constExpr':
      return constant(expr, exprKind.value, around)
    case 'selectExpr': {
      const { operand, field, testOnly } = exprKind.value
      if (operand === undefined) return { expr }
      const selected = select(expr, { part: partOf(operand, scope, around), field }, around)
      return testOnly ? { expr: call(id, '@has', [used(selected, around)]) } : selected
    }
    case 'callExpr':
      return calling(expr, exprKind.value, { scope, around })
    case 'listExpr':
      return { expr: listOf(id, exprKind.value.elements.map(inner)) }
    case 'structExpr':
      return { expr: struct(expr, exprKind.value, { inner, around }) }
    case 'comprehensionExpr':
      return loop(expr, exprKind.value, { scope, around })
    default:
      return { expr }
  }
}

/** A place of the user becomes a variable of its own, filled in once a person: `user.name.givenName`. */
function used({ place, expr }: Part, { reads }: Surroundings): Expr {
  if (place === undefined) return expr
  if (place.at.length === 0) {
    reads.variables.add('user')
    return ident(expr.id, 'user')
  }
  reads.places.set(place.name, { shape: place.shape, at: place.at })
  return ident(expr.id, place.name)
}

interface In {
  readonly scope: Scope
  readonly around: Surroundings
}

function variable(expr: Expr, name: string, { scope, around }: In): Part {
  if (name === SO_FAR) return { expr }
  if (scope.names.has(name)) return { expr, shape: scope.names.get(name) }
  if (name === 'user') return { expr, shape: around.user, place: { name: 'user', shape: around.user, at: [] } }
  if (VARIABLES.has(name)) {
    around.reads.variables.add(name)
    if (Object.hasOwn(RECORDS, name)) return { expr, called: name, shape: RECORDS[name as keyof typeof RECORDS] }
  } else {
    const fix = suggestion(name, [...scope.names.keys(), ...VARIABLES.keys()], 'Remove it.')
    mistake(around, expr, { message: `there is no variable "${name}"`, fix })
  }
  return { expr }
}

function constant(expr: Expr, { constantKind }: Constant, around: Surroundings): Part {
  const refused = { bytesValue: 'bytes', uint64Value: 'unsigned numbers' } as const
  if (constantKind.case === 'bytesValue' || constantKind.case === 'uint64Value') {
    const message = `${refused[constantKind.case]} are not used in policies`
    mistake(around, expr, { message, fix: 'Write it without the letter.' })
  }
  return { expr }
}

function select(expr: Expr, { part, field }: { part: Part; field: string }, around: Surroundings): Part {
  const { shape } = part
  if (shape?.kind === 'record') {
    const found = shape.fields.get(field)
    if (found === undefined) return unknownField(expr, { shape, field, part }, around)
    if (part.place !== undefined) return { expr, ...furtherIn(part.place, { field, found }) }
    return { expr: reach(expr, { part, field }, around), shape: found.shape }
  }
  if (shape?.kind === 'list') {
    mistake(around, expr, {
      message: `.${field} is asked of a list`,
      fix: `Write list.exists(x, x.${field} == "…"), list.map(x, x.${field}), primary(list) or values(list).`,
    })
  } else if (shape?.kind === 'value') {
    mistake(around, expr, { message: `.${field} is asked of a single value`, fix: `Remove ".${field}".` })
  }
  return { expr: reach(expr, { part, field }, around) }
}

const reach = ({ id }: Expr, { part, field }: { part: Part; field: string }, around: Surroundings): Expr =>
  call(id, '@get', [used(part, around), textConstant(id, field)])

const furtherIn = (place: NonNullable<Part['place']>, { field, found }: { field: string; found: Field }) => ({
  shape: found.shape,
  place: { name: `${place.name}.${field}`, shape: found.shape, at: [...place.at, ...found.at] },
})

function unknownField(
  expr: Expr,
  { shape, field, part }: { shape: Extract<Shape, { kind: 'record' }>; field: string; part: Part },
  around: Surroundings,
): Part {
  const holder = part.place?.name ?? part.called ?? 'this'
  const elsewhere = holder === 'user' && field === 'groups'
  const message = `${holder} has no attribute "${field}"`
  const known = [...shape.fields.keys()].filter((name) => !name.startsWith('urn:'))
  const fix = elsewhere ? 'Write groups.' : suggestion(field, known, 'Remove it.')
  mistake(around, expr, { message, fix })
  return { expr }
}

/** Operators of CEL, as the parser calls them. */
const OPERATORS = new Set([
  '_&&_', '_||_', '!_', '_?_:_', '_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_', '_+_', '_-_', '_*_', '_/_', '_%_', '-_', '@in',
  '@not_strictly_false',
]) // prettier-ignore

function calling(expr: Expr, value: Call, { scope, around }: In): Part {
  const { id } = expr
  const inner = (each: Expr): Expr => used(partOf(each, scope, around), around)
  if (value.function === '_[_]') return indexed(expr, value, { scope, around })
  if (OPERATORS.has(value.function)) {
    const [left, right] = value.args
    if (value.function === '_==_' || value.function === '_!=_') {
      const other = isNull(right) ? left : isNull(left) ? right : undefined
      if (other !== undefined) {
        const has = call(id, '@has', [inner(other)])
        return { expr: value.function === '_!=_' ? has : call(id, '!_', [has]) }
      }
    }
    if (value.function === '_+_' && nameOf(left) === SO_FAR && right?.exprKind.case === 'listExpr') {
      const [added] = right.exprKind.value.elements
      if (left !== undefined && added !== undefined) return { expr: call(id, '@append', [left, inner(added)]) }
    }
    return { expr: call(id, value.function, value.args.map(inner)) }
  }
  return { expr: named(expr, value, { scope, around }) }
}

function indexed(expr: Expr, { args }: Call, { scope, around }: In): Part {
  const [holder, key] = args
  if (holder === undefined || key === undefined) return { expr }
  const part = partOf(holder, scope, around)
  const field = textOf(key)
  if (part.shape?.kind === 'record' && field !== undefined) return select(expr, { part, field }, around)
  const shape = part.shape?.kind === 'list' ? part.shape.element : undefined
  const found = call(expr.id, '@get', [used(part, around), used(partOf(key, scope, around), around)])
  // An element that is not there is an empty text, so nothing is known of its parts for certain.
  return { expr: found, shape: shape?.kind === 'record' ? shape : undefined }
}

function named(expr: Expr, value: Call, { scope, around }: In): Expr {
  const { function: name, target } = value
  const known = HELPER_FUNCTIONS.get(name)?.wants.length ?? CEL_FUNCTIONS.get(name)?.wants
  if (known === undefined) {
    unknownFunction(expr, value, around)
    return expr
  }
  const given = target === undefined ? value.args : [target, ...value.args]
  if (given.length !== known) {
    wrongNumber(expr, { name, known, given: given.length }, around)
    return expr
  }
  if (name === 'matches') checkPattern(given[1], expr, around)
  const args = given.map((each) => used(partOf(each, scope, around), around))
  const [first, ...rest] = args
  if (HELPER_FUNCTIONS.has(name) || first === undefined || name === 'size' || name === 'string')
    return call(expr.id, name, args)
  return methodCall(expr.id, name, [first, ...rest])
}

function struct(
  expr: Expr,
  value: Struct,
  { inner, around }: { inner: (each: Expr) => Expr; around: Surroundings },
): Expr {
  if (value.messageName !== '') {
    const message = `"${value.messageName}" cannot be made here`
    mistake(around, expr, { message, fix: 'Write a table {"key": "value"}, or quotes around a text.' })
    return expr
  }
  const entries = value.entries.map((entry) => ({
    ...entry,
    keyKind: entry.keyKind.case === 'mapKey' ? { ...entry.keyKind, value: inner(entry.keyKind.value) } : entry.keyKind,
    ...(entry.value === undefined ? {} : { value: inner(entry.value) }),
  }))
  return structOf(expr.id, { ...value, entries })
}

function loop(expr: Expr, value: Comprehension, { scope, around }: In): Part {
  const { iterRange, iterVar, loopStep, loopCondition } = value
  if (iterRange === undefined || loopStep === undefined || loopCondition === undefined) return { expr }
  if (scope.loops >= LIMITS.macros) {
    const message = `more than ${LIMITS.macros} of all, exists, existsOne, filter and map are inside one another`
    mistake(around, expr, { message, fix: 'Write it as several rules.' })
    return { expr }
  }
  const range = partOf(iterRange, scope, around)
  const element = range.shape?.kind === 'list' ? range.shape.element : undefined
  const within = { names: new Map([...scope.names, [iterVar, element]]), loops: scope.loops + 1 }
  const inner = (each: Expr): Expr => used(partOf(each, within, around), around)
  const step = inner(loopStep)
  const condition = inner(loopCondition)
  const cost = intConstant(expr.id, BigInt(sizeOf(step) + sizeOf(condition)))
  const rewritten = loopOf(expr.id, {
    ...value,
    iterRange: call(expr.id, '@range', [used(range, around)]),
    loopStep: step,
    loopCondition: call(expr.id, '@step', [condition, cost]),
  })
  // `filter` keeps the elements as they are; what `map` makes of them is not looked into.
  const keeps = loopStep.exprKind.case === 'callExpr' && loopStep.exprKind.value.function === '_?_:_'
  return { expr: rewritten, shape: keeps && isFilter(value) ? range.shape : undefined }
}

const isFilter = ({ accuInit, loopStep, iterVar }: Comprehension): boolean => {
  const kept = loopStep?.exprKind.case === 'callExpr' ? loopStep.exprKind.value.args[1] : undefined
  const added = kept?.exprKind.case === 'callExpr' ? kept.exprKind.value.args[1] : undefined
  const element = added?.exprKind.case === 'listExpr' ? added.exprKind.value.elements[0] : undefined
  return accuInit?.exprKind.case === 'listExpr' && nameOf(element) === iterVar
}
