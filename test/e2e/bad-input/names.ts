/** Names that mean something to JavaScript objects: in keys, paths, values, filters and addresses. */
import { filtered, get, patchOne, patchText, putBack, ROOT, send, USER, type BadInput } from './case.ts'

const HARMLESS =
  'RFC 7643 2.1 lets unknown attributes be ignored: refused or without effect, but never an object’s own machinery'
const NO_PATH = 'a path to no attribute of the schema: refused (RFC 7644 3.5.2) or without effect, as unknown keys are'

const KEYS: readonly string[] = [
  '"__proto__":{"polluted":true,"isAdmin":true,"active":false}',
  '"constructor":{"prototype":{"polluted":true}}',
  '"prototype":{"polluted":true}',
  '"toString":"x"',
  '"hasOwnProperty":1',
  '"valueOf":null',
  `"${USER}":{"__proto__":{"polluted":true}}`,
  '"__proto__.polluted":true',
  '"constructor.prototype.polluted":true',
]

const PATHS: readonly string[] = [
  '__proto__',
  '__proto__.polluted',
  'constructor',
  'constructor.prototype.polluted',
  'prototype.polluted',
  'toString',
  'hasOwnProperty',
  'name.__proto__',
  'name.__proto__.polluted',
  'name.constructor',
  'emails[__proto__ eq "x"].value',
  'emails[type eq "work"].__proto__',
  `${USER}:__proto__`,
  `${USER}:constructor.prototype`,
  'urn:x:__proto__:constructor',
]

const FILTERS: readonly string[] = [
  '__proto__ eq "x"',
  '__proto__ pr',
  'constructor pr',
  'constructor.prototype eq "x"',
  'toString eq "x"',
  'hasOwnProperty pr',
  'name.__proto__ eq "x"',
  'emails[__proto__ eq "x"]',
  'emails.constructor pr',
  `${USER}:__proto__ eq "x"`,
]

const IDS: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'undefined',
  'null',
  'NaN',
  'true',
]

export const NAME_CASES: readonly BadInput[] = [
  ...KEYS.map((key) => ({
    name: `PUT with the key ${key}`,
    request: putBack(key),
    statuses: [200, 400],
    why: HARMLESS,
  })),
  ...KEYS.map((key) => ({
    name: `a path-less PATCH with the key ${key}`,
    request: patchText(`[{"op":"replace","value":{${key}}}]`),
    statuses: [200, 204, 400],
    why: HARMLESS,
  })),
  ...PATHS.flatMap((path) =>
    (['add', 'replace', 'remove'] as const).map((op) => ({
      name: `${op} of the path ${path}`,
      request: patchOne({ op, path, ...(op === 'remove' ? {} : { value: { polluted: true } }) }),
      statuses: [200, 204, 400],
      why: NO_PATH,
    })),
  ),
  {
    name: 'a nested __proto__ in a known attribute',
    request: putBack('"addresses":[{"__proto__":{"type":"work"},"constructor":{"prototype":{"polluted":true}}}]'),
    statuses: [200, 400],
    why: 'an address of unknown parts alone is no value: refused or dropped, never stored as an empty one',
  },
  ...['"__proto__"', '"constructor"'].map((op) => ({
    name: `the op ${op}`,
    request: patchText(`[{"op":${op},"path":"title","value":"x"}]`),
    statuses: [400],
    why: 'ops are add, remove and replace, looked up in no object that has more',
  })),
  ...FILTERS.map((filter) => ({
    name: `the filter ${filter}`,
    request: filtered(filter),
    statuses: [200, 400],
    noHits: true as const,
    why: 'facts 11 E26: an unknown attribute is invalidFilter or matches nobody, never everybody',
  })),
  ...['__proto__', 'constructor'].map((value) => ({
    name: `a filter for the userName ${value}`,
    request: filtered(`userName eq "${value}"`),
    statuses: [200],
    noHits: true as const,
    why: 'as a value it is a name like any other, and nobody has it',
  })),
  ...IDS.flatMap((id) => [
    { name: `GET of the user ${id}`, request: get(`/Users/${id}`), statuses: [404], why: 'nobody has this id' },
    { name: `PUT of the user ${id}`, request: send('PUT', `/Users/${id}`), statuses: [404], why: 'nobody has this id' },
    { name: `GET of the endpoint ${id}`, request: get(`/${id}`), statuses: [404], why: 'there is no such endpoint' },
  ]),
  ...['attributes', 'excludedAttributes', 'sortBy'].map((parameter) => ({
    name: `${parameter}=__proto__,constructor`,
    request: get(`/Users?${parameter}=__proto__,constructor${parameter === 'attributes' ? ',meta' : ''}&count=1`),
    statuses: [200, 400],
    why: 'unknown names in these lists are ignored, or refused',
  })),
  {
    name: 'query parameters named like object parts',
    request: get('/Users?__proto__=1&constructor[prototype][x]=1&filter[__proto__]=1&count=1'),
    statuses: [200],
    why: 'facts 10 T21: unknown parameters are ignored',
  },
  {
    name: 'a header named __proto__',
    request: (watched) => ({
      method: 'GET',
      target: `${ROOT}/Users?count=1`,
      headers: [
        ['Authorization', `Bearer ${watched.token}`],
        ['__proto__', 'x'],
      ],
    }),
    statuses: [200],
    why: 'an unknown header is no concern of ours',
  },
]
