// Decides whether JSON from outside has the shape a route needs, and says where it has not. Knows no CXone rules.
import { Refusal } from './refusal.ts'

export type Json = Record<string, unknown>

const DEEPEST = 64

export function toObject(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw wrong(where, 'an object', value)
}

export function toText(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  throw wrong(where, 'a string', value)
}

export function toFilledText(value: unknown, where: string): string {
  const text = toText(value, where)
  if (text.trim() === '') throw wrong(where, 'a string that is not empty', value)
  return text
}

export function toList(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value
  throw wrong(where, 'a list', value)
}

export function toTexts(value: unknown, where: string): string[] {
  return toList(value, where).map((item, index) => toText(item, `${where}[${index}]`))
}

/** Any value in letters, nothing as none: for comparing, never for storing. */
export function lettersOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

export function toFlag(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value
  throw wrong(where, 'true or false', value)
}

/** A whole number; digits in a string count too, since query parameters have no numbers. */
export function toWhole(value: unknown, where: string, most = Number.MAX_SAFE_INTEGER): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= most) return number
  throw wrong(where, `a whole number from 0 to ${most}`, value)
}

/** A positive number or null, for settings that can be switched off. */
export function toAmountOrNull(value: unknown, where: string): number | null {
  if (value === null) return null
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw wrong(where, 'a number that is not negative, or null', value)
}

export function onlyKeys(object: Json, allowed: readonly string[], where: string): void {
  for (const key of Object.keys(object)) {
    if (!allowed.includes(key)) {
      throw new Refusal('bad', 'UNKNOWN_KEY', `${where} has the unknown key "${key}"; allowed: ${allowed.join(', ')}`)
    }
  }
}

/** JSON of a request. Nothing is no value; nesting nobody means is refused, or copying it could exhaust the stack. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined
  if (depthOf(text) > DEEPEST) throw new Refusal('bad', 'TOO_DEEP', `the JSON is nested deeper than ${DEEPEST} levels`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Refusal(
      'bad',
      'MALFORMED_JSON',
      `the body is not JSON: ${cause instanceof Error ? cause.message : 'unreadable'}`,
    )
  }
}

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (inString) {
      if (char === 92) at++
      else if (char === 34) inString = false
    } else if (char === 34) inString = true
    else if (char === 91 || char === 123) deepest = Math.max(deepest, ++depth)
    else if (char === 93 || char === 125) depth--
  }
  return deepest
}

function wrong(where: string, wanted: string, value: unknown): Refusal {
  const found = value === undefined ? 'is missing' : `is ${describe(value)}`
  return new Refusal('bad', 'BAD_VALUE', `${where} ${found}; it must be ${wanted}`)
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return JSON.stringify(value)?.slice(0, 80) ?? typeof value
}
