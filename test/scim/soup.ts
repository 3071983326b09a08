/**
 * Texts and documents as no client should send them: pieces of the grammar in any order, and anything else.
 * Must not know what is right; tests say what has to hold of the answer.
 */
import fc from 'fast-check'

const WORDS = [
  'userName', 'emails', 'emails.value', 'name.givenName', 'members', 'members.value', 'active', 'meta.lastModified', 'schemas', 'id', 'password', 'nothing', '$ref',
  'urn:ietf:params:scim:schemas:core:2.0:User', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager', 'urn:', '__proto__', 'constructor',
  'eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr', 'and', 'or', 'not', 'true', 'false', 'null', 'AND', 'Eq',
  '(', ')', '[', ']', '.', ' ', '  ', '"', '""', '"x"', '"\\u0041"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\u0000"', '\\', "'", '1', '-1.5e3', '1e999', '0x1',
  '"2026-11-23T10:00:00Z"', 'é', '😀', '\u0000', '\ud800', '\n', '%', '+', ',', ';', '*',
] // prettier-ignore

/** Pieces of filters and paths, mostly nonsense. */
export const grammarSoup: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...WORDS), { maxLength: 24 }).map((words) => words.join(' ')) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...WORDS), { maxLength: 24 }).map((words) => words.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.nat(5_000).map((times) => '('.repeat(times)) },
  { weight: 1, arbitrary: fc.nat(3_000).map((times) => `${'not ('.repeat(times)}id pr${')'.repeat(times)}`) },
  { weight: 1, arbitrary: fc.nat(2_000).map((times) => `id pr${' and id pr'.repeat(times)}`) },
  { weight: 1, arbitrary: fc.nat(20_000).map((times) => `title eq "${'\\"'.repeat(times)}`) },
)

const names = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('schemas', 'userName', 'displayName', 'active', 'emails', 'value', 'type', 'primary', 'members', 'name', 'op', 'path', 'Operations', 'id', 'password', 'filter', 'count', 'cursor', 'method', 'bulkId', 'data') },
  { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
) // prettier-ignore

/** Any JSON, with names that mean something here. */
export const documentSoup: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(grammarSoup, fc.jsonValue({ maxDepth: 1 }), fc.boolean(), fc.constant(null), fc.maxSafeInteger()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value

const operation = fc.record(
  { op: fc.oneof(fc.constantFrom('add', 'Replace', 'REMOVE', 'move'), documentSoup), path: fc.oneof(grammarSoup, fc.constantFrom(...WORDS)), value: documentSoup },
  { requiredKeys: [], noNullPrototype: true },
) // prettier-ignore

export const patchSoup: fc.Arbitrary<unknown> = fc.record({ Operations: fc.array(operation, { maxLength: 5 }) })
