/**
 * Which parsed JSON is taken in at all.
 * Decides bounds on depth, size and text; must not know any attribute.
 */
import { refusal } from './errors.ts'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** An object under construction. Keys come from the schema table only, never from a request. */
export interface JsonDraft {
  [name: string]: JsonValue
}

/** Far beyond every real request, far below what could hurt: a group of 200,000 members is below a million nodes. */
export const JSON_LIMITS = { depth: 32, nodes: 1_000_000, textLength: 262_144 } as const

/**
 * Refuses what cannot be worked on or stored: too deep or too large (invalidSyntax), or holding text that PostgreSQL
 * has no place for, NUL and lone surrogates (invalidValue, naming the attribute).
 */
export function checkJson(value: unknown): asserts value is JsonValue {
  checkNode(value, { path: [], nodes: 0 })
}

interface Walk {
  readonly path: (string | number)[]
  nodes: number
}

function checkNode(value: unknown, walk: Walk): void {
  walk.nodes += 1
  if (walk.nodes > JSON_LIMITS.nodes) {
    throw refusal('invalidSyntax', `The body holds more than ${JSON_LIMITS.nodes} values; send it in several requests`)
  }
  if (typeof value === 'string') return checkText(value, walk.path)
  if (typeof value !== 'object' || value === null) return
  if (walk.path.length >= JSON_LIMITS.depth) {
    throw refusal('invalidSyntax', `The body is nested deeper than ${JSON_LIMITS.depth} levels`)
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) checkChild(value[index], index, walk)
    return
  }
  for (const [name, child] of Object.entries(value)) {
    checkText(name, walk.path)
    checkChild(child, name, walk)
  }
}

function checkChild(value: unknown, key: string | number, walk: Walk): void {
  walk.path.push(key)
  checkNode(value, walk)
  walk.path.pop()
}

function checkText(text: string, path: readonly (string | number)[]): void {
  const fault = textFault(text)
  if (fault !== undefined) throw refusal('invalidValue', `${pathText(path)} ${fault}`)
}

/** Why a text cannot be kept, as the rest of a sentence; undefined when it can. */
export function textFault(text: string): string | undefined {
  if (text.length > JSON_LIMITS.textLength) return `is longer than ${JSON_LIMITS.textLength} characters`
  if (text.includes('\u0000')) return 'holds a NUL character (U+0000), which cannot be stored; leave it out'
  if (!text.isWellFormed()) return 'holds half of a surrogate pair, which is no character; send whole characters'
  return undefined
}

function pathText(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'The body'
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += (text === '' ? '' : '.') + (/^[\w$:.-]{1,100}$/.test(part) ? part : shown(part))
  }
  return text
}

/** A value in at most some 60 characters, safe to print, log and store: control characters and half pairs escaped. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value)
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** The member `name` of an object if it is the object's own; what a prototype offers is never seen. */
export function member(value: unknown, name: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** Deep equality. The order of names does not count, the order of lists does. */
export function sameJson(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((item, index) => sameJson(item, right[index]))
  }
  if (!isObject(left) || !isObject(right)) return false
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
}
