/**
 * Turns what a schema found into problems a person can mend.
 * Decides the words; must not decide what is valid, and must not print a value (it may be a secret).
 */
import { z } from 'zod'
import { suggestion } from './nearest.ts'
import { renderPath, type Path, type Problem } from './problem.ts'
import type { Json, Source } from './source.ts'

type Issue = z.core.$ZodIssue
type Words = Pick<Problem, 'message' | 'fix'>

interface Where {
  readonly source: Source
  /** Where the value that was parsed stands in the file. */
  readonly base: Path
  readonly schema: z.ZodType
}

/** Every issue of one failed parse, with its line. Key names and choices are compared with what the schema knows. */
export function problemsOf(error: z.ZodError, where: Where): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, where))
}

function problemsOfIssue(issue: Issue, where: Where): Problem[] {
  const inner = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
  const path = [...where.base, ...inner]
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(where.schema, inner)
    return issue.keys.map((key) =>
      problemAt(where.source, [...path, key], {
        part: 'key',
        message: `there is no key "${key}" here`,
        fix: suggestion(key, known, 'Remove it.'),
      }),
    )
  }
  const value = valueAt(where.source.data, path)
  return [problemAt(where.source, path, issueWords(issue, value))]
}

/** A problem with the value at a place, or with its key. */
export function problemAt(source: Source, path: Path, words: Words & { readonly part?: 'key' | 'value' }): Problem {
  const { part = 'value', message, fix } = words
  return { ...source.locate(path, part), path: renderPath(path), message, fix }
}

function issueWords(issue: Issue, value: Json | undefined): Words {
  if (value === undefined && issue.code !== 'custom')
    return { message: 'this is missing', fix: `Write ${wanted(issue)} here.` }
  if (value === null) return { message: 'this is empty', fix: `Write ${wanted(issue)} here, or remove the key.` }
  switch (issue.code) {
    case 'invalid_type':
      return { message: `this is ${kindOf(value)}`, fix: `Write ${wanted(issue)}.` }
    case 'invalid_value': {
      const choices = issue.values.map(String)
      return {
        message:
          typeof value === 'string' ? `"${value.slice(0, 60)}" is not possible here` : `this is ${kindOf(value)}`,
        fix: suggestion(typeof value === 'string' ? value : '', choices, `Write ${wanted(issue)}.`),
      }
    }
    case 'too_small':
    case 'too_big':
      return { message: `this is too ${tooWords(issue)}`, fix: `Write ${bound(issue)}.` }
    case 'invalid_format':
      return {
        message: 'this has the wrong form',
        fix: ownWords(issue) ?? `Write ${formats[issue.format] ?? `a valid ${issue.format}`}.`,
      }
    case 'invalid_union':
      return { message: 'this has none of the possible forms', fix: `Write ${wanted(issue)}.` }
    default:
      return {
        message: 'this is not possible as it stands',
        fix: ownWords(issue) ?? 'See docs/guide/configuration.md.',
      }
  }
}

const formats: Readonly<Record<string, string>> = {
  url: 'a whole address such as https://example.com',
  email: 'an e-mail address',
}

function wanted(issue: Issue): string {
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value')
    return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`
  if (issue.code === 'invalid_union') return [...new Set(issue.errors.flat().map(wanted))].join(' or ')
  if (issue.code === 'too_small' || issue.code === 'too_big') return bound(issue)
  return 'a valid value'
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
}

function bound(issue: Issue & { code: 'too_small' | 'too_big' }): string {
  const [word, limit] = issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum]
  const unit =
    issue.origin === 'array'
      ? limit === 1
        ? ' entry'
        : ' entries'
      : issue.origin === 'string'
        ? limit === 1
          ? ' character'
          : ' characters'
        : ''
  return `${word} ${limit}${unit}`
}

function tooWords(issue: Issue & { code: 'too_small' | 'too_big' }): string {
  if (issue.origin !== 'string' && issue.origin !== 'array') return issue.code === 'too_small' ? 'small' : 'large'
  return issue.code === 'too_small' ? 'short' : 'long'
}

function kindOf(value: Json | undefined): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  return typeof value === 'string'
    ? 'text'
    : typeof value === 'boolean'
      ? 'true or false'
      : Number.isInteger(value)
        ? 'a whole number'
        : 'a number'
}

/** What a schema's author wrote for the person; undefined for the words zod makes itself, which are for programmers. */
const ownWords = ({ message }: Issue): string | undefined =>
  /^(Invalid|Too (small|big)|Unrecognized)\b/.test(message) ? undefined : message.replace(/\.?\s*$/, '.')

function valueAt(data: Json, path: Path): Json | undefined {
  let at: unknown = data
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Record<string | number, unknown>)[part]
  }
  return at as Json
}

/** The keys a schema knows at a place, read from its JSON Schema: the one description of a schema that is public and whole. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  const top = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  let nodes: JsonSchema[] = [top]
  for (const part of path)
    nodes = nodes
      .flatMap(variants)
      .flatMap((node) => (typeof part === 'number' ? itemsOf(node) : propertyOf(node, part)))
  return [...new Set(nodes.flatMap(variants).flatMap((node) => Object.keys(node.properties ?? {})))]
}

type JsonSchema = z.core.JSONSchema.JSONSchema

const onlySchemas = (nodes: readonly unknown[]): JsonSchema[] =>
  nodes.filter((node): node is JsonSchema => typeof node === 'object' && node !== null)
const variants = (node: JsonSchema): JsonSchema[] => [
  node,
  ...onlySchemas([...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])]).flatMap(variants),
]
const itemsOf = (node: JsonSchema): JsonSchema[] => onlySchemas([node.items])
const propertyOf = (node: JsonSchema, key: string): JsonSchema[] =>
  onlySchemas([node.properties?.[key] ?? node.additionalProperties])
