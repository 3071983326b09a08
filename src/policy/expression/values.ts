/**
 * Values as the functions of policies take them.
 * Decides what counts as a text, as a list and as nothing, and how a wrong kind is told; must not know any function.
 */
import { celType, isCelList, isCelMap, type CelInput, type CelValue } from '@bufbuild/cel'
import { charge } from './meter.ts'

export interface HelperFunction {
  readonly name: string
  readonly wants: readonly string[]
  readonly gives: 'text' | 'list of texts' | 'number' | 'yes or no' | 'anything'
  readonly does: string
  /** An expression and what it comes to; run by the tests. */
  readonly example: readonly [expression: string, result: string | boolean | number | readonly string[]]
  readonly run: (...args: readonly CelValue[]) => CelInput
}

export const text = (value: CelValue | undefined): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw new TypeError(`a text is wanted here, not ${kindOf(value)}`)
}

export const list = (value: CelValue | undefined): readonly CelValue[] => {
  if (value === null || value === undefined || value === '') return []
  if (!isCelList(value)) throw new TypeError(`a list is wanted here, not ${kindOf(value)}`)
  charge(value.size)
  return [...value]
}

export const texts = (value: CelValue | undefined): readonly string[] => list(value).map(text)

/** A value's kind in words for people. */
export function kindOf(value: CelValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text'
  if (typeof value === 'boolean') return 'true or false'
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number'
  if (isCelList(value)) return 'a list'
  return isCelMap(value) ? 'a record' : `a value of type ${celType(value).name}`
}

/** Nothing to see: what `has` and `default` go by. A record is empty if everything in it is. */
export function isEmpty(value: CelValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return true
  if (isCelList(value)) return value.size === 0
  if (!isCelMap(value)) return false
  charge(value.size)
  for (const member of value.values()) if (!isEmpty(member) && member !== false) return false
  return true
}

export const fold = (value: string): string => value.toLowerCase()
