/** Each attribute of a user with values of the wrong type. */
import { ENTERPRISE, patchOne, postUser, type BadInput } from './case.ts'

const WRONG_TEXTS: readonly unknown[] = [42, { a: 1 }]
const WRONG_NAMES: readonly unknown[] = [...WRONG_TEXTS, true, [1, 2], [[['x']]]]
const WRONG_BOOLEANS: readonly unknown[] = ['perhaps', 2, { a: 1 }, ['x']]
const WRONG_OBJECTS: readonly unknown[] = ['text', 42, true, [1, 2]]
/** A text in place of `{value}` is not among them: servers take it as a kindness (facts 10 T36). */
const WRONG_LISTS: readonly unknown[] = [42, true, [42], [true], [['x']]]

const TEXTS = [
  'externalId',
  'displayName',
  'nickName',
  'profileUrl',
  'title',
  'userType',
  'preferredLanguage',
  'locale',
  'timezone',
]
const LISTS = ['emails', 'phoneNumbers', 'addresses']
const NAME_PARTS = ['formatted', 'givenName', 'familyName', 'middleName', 'honorificPrefix', 'honorificSuffix']
const ENTERPRISE_PARTS = ['employeeNumber', 'costCenter', 'organization', 'division', 'department']

type Laid = Readonly<Record<string, unknown>>

/** Every attribute, how it is laid into a user, and what it cannot be. */
const ATTRIBUTES: readonly (readonly [attribute: string, lay: (value: unknown) => Laid, wrong: readonly unknown[]])[] =
  [
    ['userName', (userName) => ({ userName }), WRONG_NAMES],
    ...TEXTS.map((name) => [name, (value: unknown) => ({ [name]: value }), WRONG_TEXTS] as const),
    ...NAME_PARTS.map(
      (part) => [`name.${part}`, (value: unknown) => ({ name: { [part]: value } }), WRONG_TEXTS] as const,
    ),
    ...ENTERPRISE_PARTS.map(
      (part) => [part, (value: unknown) => ({ [ENTERPRISE]: { [part]: value } }), WRONG_TEXTS] as const,
    ),
    ...LISTS.map((name) => [name, (value: unknown) => ({ [name]: value }), WRONG_LISTS] as const),
    ['active', (value) => ({ active: value }), WRONG_BOOLEANS],
    ['name', (value) => ({ name: value }), WRONG_OBJECTS],
    ['the enterprise extension', (value) => ({ [ENTERPRISE]: value }), WRONG_OBJECTS],
    ['emails.value', (value) => ({ emails: [{ type: 'work', value }] }), WRONG_TEXTS],
    ['emails.type', (type) => ({ emails: [{ type, value: 'bad.input@acme.test' }] }), WRONG_TEXTS],
    [
      'emails.primary',
      (primary) => ({ emails: [{ type: 'work', value: 'bad.input@acme.test', primary }] }),
      WRONG_BOOLEANS,
    ],
  ]

const WHY = 'RFC 7644 3.12: a value that does not fit the type of its attribute is invalidValue'
const INVALID = { statuses: [400], scimType: 'invalidValue', why: WHY } as const

function shown(value: unknown): string {
  return JSON.stringify(value)
}

/** The same by PATCH with a path; extension attributes go by their full name. */
const PATCHED: readonly (readonly [path: string, value: unknown])[] = [
  ['userName', 42],
  ['displayName', true],
  ['active', 'perhaps'],
  ['name', 'text'],
  ['name.givenName', { a: 1 }],
  ['emails', 42],
  ['emails[type eq "work"].value', 42],
]

export const TYPE_CASES: readonly BadInput[] = [
  ...['userName', `${ENTERPRISE}:department`].map((path) => ({
    name: `a PATCH of ${path} to {"a":1}`,
    request: patchOne({ op: 'replace', path, value: { a: 1 } }),
    ...INVALID,
  })),
  ...ATTRIBUTES.flatMap(([attribute, lay, wrong]) =>
    wrong.map((value) => ({ name: `${attribute} as ${shown(value)}`, request: postUser(lay(value)), ...INVALID })),
  ),
  ...PATCHED.map(([path, value]) => ({
    name: `a PATCH of ${path} to ${shown(value)}`,
    request: patchOne({ op: 'replace', path, value }),
    ...INVALID,
  })),
  ...['', '   ', null].map((value) => ({
    name: `userName as ${shown(value)}`,
    request: postUser({ userName: value }),
    statuses: [400] as const,
    scimType: 'invalidValue',
    why: 'RFC 7643 4.1.1: userName is required and not empty',
  })),
]
