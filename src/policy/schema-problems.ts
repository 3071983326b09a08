/**
 * Turns what the schema found into problems a person can mend.
 * Decides the words; must not decide what is valid.
 */
import { z } from 'zod'
import { suggestion } from '../config/nearest.ts'
import { renderPolicyPath, type PolicyPath, type PolicyProblem } from './problem.ts'
import { policySchema } from './schema.ts'

type Issue = z.core.$ZodIssue

export function problemsOfSchema(error: z.ZodError, document: unknown): PolicyProblem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, { base: [], document }))
}

interface Where {
  readonly base: PolicyPath
  readonly document: unknown
}

function problemsOf(issue: Issue, { base, document }: Where): PolicyProblem[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))]
  if (issue.code === 'invalid_union') return ofUnion(issue, path, document)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      at: renderPolicyPath([...path, key]),
      part: 'key',
      message: `there is no key "${key}" here`,
      fix: suggestion(key, keysAt(path), 'Remove it.'),
    }))
  }
  return [{ path, at: renderPolicyPath(path), ...wordsOf(issue, valueAt(document, path)) }]
}

/** Of several possible forms, the one that the value begins like. */
function ofUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: PolicyPath,
  document: unknown,
): PolicyProblem[] {
  const isWrongKind = (each: Issue): boolean => each.path.length === 0 && each.code === 'invalid_type'
  const best = issue.errors.find((each) => !each.some(isWrongKind))
  if (best !== undefined) return best.flatMap((each) => problemsOf(each, { base: path, document }))
  const value = valueAt(document, path)
  const fix = ['number', 'boolean'].includes(typeof value) ? 'Put it into quotes.' : `Write ${wantedAt(path)}.`
  return [{ path, at: renderPolicyPath(path), message: `this is ${kindOf(value)}`, fix }]
}

type Words = Pick<PolicyProblem, 'message' | 'fix'>

function wordsOf(issue: Issue, value: unknown): Words {
  if (value === undefined && issue.code !== 'custom') return { message: 'this is missing', fix: 'Write it here.' }
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = WANTED[issue.expected] ?? issue.expected
      const quoted = issue.expected === 'string' && ['number', 'boolean'].includes(typeof value)
      return { message: `this is ${kindOf(value)}`, fix: quoted ? 'Put it into quotes.' : `Write ${wanted}.` }
    }
    case 'invalid_value': {
      const choices = issue.values.map(String)
      const shown = typeof value === 'string' ? `"${value.slice(0, 60)}"` : kindOf(value)
      return {
        message: `${shown} is not possible here`,
        fix: suggestion(typeof value === 'string' ? value : '', choices, 'Remove it.'),
      }
    }
    case 'too_small':
      return {
        message: 'this is too short or too small',
        fix: `Write at least ${String(issue.minimum)}${unit(issue.origin)}.`,
      }
    case 'too_big':
      return {
        message: 'this is too long or too large',
        fix: `Write at most ${String(issue.maximum)}${unit(issue.origin)}.`,
      }
    default:
      return { message: 'this is not possible as it stands', fix: 'See docs/guide/policy.md.' }
  }
}

const unit = (origin: string): string => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '')

const WANTED: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'keys and values',
  record: 'keys and values',
  array: 'a list',
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'string' ? 'a text' : typeof value === 'object' ? 'a block of keys' : `a ${typeof value}`
}

function valueAt(document: unknown, path: PolicyPath): unknown {
  let found = document
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = (found as Record<string | number, unknown>)[part]
  }
  return found
}

/** The schema as data: where the keys that are possible somewhere can be read off. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly propertyNames?: { readonly enum?: readonly string[] }
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly anyOf?: readonly Node[]
}

const ROOT = z.toJSONSchema(policySchema, { io: 'input', unrepresentable: 'any' }) as Node

function nodesAt(path: PolicyPath): readonly Node[] {
  let nodes: readonly Node[] = [ROOT]
  for (const part of path) {
    nodes = nodes.flatMap(forms).flatMap(({ properties, additionalProperties, items }) => {
      if (typeof part === 'number') return items === undefined ? [] : [items]
      if (properties !== undefined && Object.hasOwn(properties, part)) return [properties[part] ?? {}]
      return typeof additionalProperties === 'object' ? [additionalProperties] : []
    })
  }
  return nodes.flatMap(forms)
}

const forms = (node: Node): readonly Node[] => (node.anyOf === undefined ? [node] : node.anyOf.flatMap(forms))

const keysAt = (path: PolicyPath): readonly string[] =>
  nodesAt(path).flatMap(({ properties, propertyNames }) => [
    ...Object.keys(properties ?? {}),
    ...(propertyNames?.enum ?? []),
  ])

function wantedAt(path: PolicyPath): string {
  const keys = keysAt(path)
  return keys.length === 0 ? 'a text' : `a text, or keys and values (${keys.slice(0, 6).join(', ')})`
}
