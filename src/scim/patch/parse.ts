/**
 * The body of a PATCH as a row of plain operations: RFC 7644 section 3.5.2.
 * Decides what each operation means, whatever dialect it came in; must not look at the resource it will change.
 */
import { refusal, ScimError } from '../errors.ts'
import type { Filter } from '../filter/ast.ts'
import { checkJson, isList, isObject, shown, type JsonObject, type JsonValue } from '../json.ts'
import { readingOf, type Reading, type ReadingOptions } from '../quirks.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import type { Op, PatchOperation } from './operation.ts'
import { unfold, unfoldPathless } from './unfold.ts'

const MAX_OPERATIONS = 1_000
const MAX_TERMS = 2_000

/**
 * Reads a PATCH body. Throws ScimError: invalidSyntax (no object, no list, unknown op), noTarget (remove without
 * path), invalidPath, invalidValue, mutability (a path to a readOnly attribute), 413 beyond 1,000 operations.
 */
export function parsePatch(body: unknown, type: ResourceType, options: ReadingOptions = {}): PatchOperation[] {
  checkJson(body)
  const reading = readingOf(options)
  const list = operationsOf(body, reading)
  if (list.length > MAX_OPERATIONS) {
    throw new ScimError(413, `A PATCH may hold ${MAX_OPERATIONS} operations, this one has ${list.length}; send several`)
  }
  const operations = list.flatMap((item, index) => readOperation(item, `Operations[${index}]`, { type, reading }))
  checkTerms(operations)
  return operations
}

/** Each comparison of a path may meet each element, so their number is what a PATCH costs. */
function checkTerms(operations: readonly PatchOperation[]): void {
  let terms = 0
  for (const { target } of operations) terms += target.kind === 'attribute' ? countTerms(target.filter) : 0
  if (terms <= MAX_TERMS) return
  throw new ScimError(413, `The paths of a PATCH may hold ${MAX_TERMS} comparisons, these have ${terms}; send several`)
}

function countTerms(filter: Filter | undefined): number {
  if (filter === undefined) return 0
  if (filter.kind === 'and' || filter.kind === 'or')
    return filter.terms.reduce((sum, term) => sum + countTerms(term), 0)
  return filter.kind === 'not' || filter.kind === 'element' ? countTerms(filter.filter) : 1
}

interface Dialect {
  readonly type: ResourceType
  readonly reading: Reading
}

/** A member by name in any case; the canonical spelling wins. */
function anyCase(object: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  const lower = name.toLowerCase()
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower)
  return key === undefined ? undefined : object[key]
}

function operationsOf(body: JsonValue, { note }: Reading): readonly JsonValue[] {
  if (!isObject(body)) throw refusal('invalidSyntax', `The body must be a JSON object, not ${shown(body)}`)
  const list = anyCase(body, 'Operations')
  if (list === undefined) throw refusal('invalidSyntax', 'Operations is missing: a PATCH holds a list of operations')
  if (!isList(list)) throw refusal('invalidSyntax', `Operations must be a list, not ${shown(list)}`)
  if (!Object.hasOwn(body, 'Operations')) note('T33', 'Operations was written in another case')
  if (list.length === 0) note('T20', 'Operations is empty: nothing changes')
  return list
}

function readOperation(item: JsonValue, where: string, dialect: Dialect): readonly PatchOperation[] {
  if (!isObject(item)) throw refusal('invalidSyntax', `${where} must be an object, not ${shown(item)}`)
  const op = readOp(anyCase(item, 'op'), where, dialect.reading)
  const path = anyCase(item, 'path') ?? ''
  const value = anyCase(item, 'value')
  if (typeof path !== 'string') throw refusal('invalidPath', `${where}.path must be text, not ${shown(path)}`)
  const step = { ...dialect, op, where }
  return path.trim() === '' ? unfoldPathless(value, step) : unfold(path, value, step)
}

function readOp(op: JsonValue | undefined, where: string, { note }: Reading): Op {
  const verb = typeof op === 'string' ? op.toLowerCase() : undefined
  if (verb !== 'add' && verb !== 'replace' && verb !== 'remove') {
    const what = op === undefined ? 'is missing' : `is ${shown(op)}`
    throw refusal('invalidSyntax', `${where}.op ${what}; it must be add, replace or remove`)
  }
  if (verb !== op) note('T1', `${where}: ${shown(op)} read as ${verb}`)
  return verb
}
