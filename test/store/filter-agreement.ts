/**
 * People and filters made at random, in a user type with an attribute of every kind.
 * Must not know SQL: what is right is what evaluate says in memory.
 */
import fc from 'fast-check'
import type { CompareOperator, Filter, Literal } from '../../src/scim/filter/ast.ts'
import { attribute, plural } from '../../src/scim/schema/attribute.ts'
import { resolveAttribute, resourceType, USER, type AttributePath } from '../../src/scim/schema/resource-type.ts'

export const EXTRA = 'urn:example:rich:2.0:User'

/** A User with an extension that has what RFC 7643's own schemas lack. */
export const RICH_USER = resourceType({
  ...USER,
  extensions: [
    ...USER.extensions,
    {
      urn: EXTRA,
      name: 'Extra',
      description: 'One attribute of every kind.',
      misnomers: /^$/,
      attributes: [
        attribute({ name: 'badge', caseExact: true, description: 'Text with regard to case.' }),
        attribute({ name: 'floor', type: 'integer', description: 'A whole number.' }),
        attribute({ name: 'share', type: 'decimal', description: 'A number.' }),
        attribute({ name: 'remote', type: 'boolean', description: 'True or false.' }),
        attribute({ name: 'since', type: 'dateTime', description: 'An instant.' }),
        attribute({ name: 'key', type: 'binary', caseExact: true, description: 'Bytes.' }),
        attribute({ name: 'nick', multiValued: true, description: 'Texts.' }),
        attribute({
          name: 'desks',
          type: 'complex',
          multiValued: true,
          subAttributes: plural('desk', []),
          description: 'Desks.',
        }),
      ],
    },
  ],
})

/** Few enough to meet, odd enough to differ: case, composition, length, quotes, beyond the basic plane. */
const TEXTS = [
  'mia', 'Mia', 'MIA', 'mi', 'ia', 'm', 'a', 'zoe', 'Zoë', 'Zoe\u0308', 'ZOË', 'straße', 'STRASSE', 'İx', 'ix', 'ıx', 'ΣΑΣ', 'σας', 'ǅ', 'ǆ',
  'a"b', 'a\\b', "o'neil", '😀', '\uFF21', '%', '_', ' ', 'work', 'home', 'Work', '10', '9', 'true', 'x'.repeat(300),
] // prettier-ignore
const DATES = [
  '2026-11-23T10:00:00Z', '2026-11-23T11:00:00+01:00', '2026-11-23T10:00:00.0009Z', '2026-11-23T10:00:00.5', '2024-02-29T23:59:59-14:00',
  '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '1969-12-31T23:59:59.999z',
] // prettier-ignore
const NUMBERS = [0, -1, 1, 2, 10, 9, 2.5, -0.1, 1e21, 1e-7, 9_007_199_254_740_991, -2.5e-300]

const text = fc.constantFrom(...TEXTS)
const date = fc.constantFrom(...DATES)
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const element = fc.record(
  { value: text, display: text, type: fc.constantFrom('work', 'home', 'WORK'), primary: fc.constant(false) },
  { requiredKeys: ['value'] },
)
const elements = maybe(fc.array(element, { maxLength: 3 }))

/** The body of a POST, but for the userName. Members that are undefined are left out. */
export const person = fc.record({
  externalId: maybe(text),
  displayName: maybe(text),
  title: maybe(text),
  profileUrl: maybe(text),
  active: fc.boolean(),
  name: maybe(fc.record({ givenName: text, familyName: text }, { requiredKeys: [] })),
  emails: elements,
  roles: elements,
  addresses: maybe(fc.array(fc.record({ locality: text, type: text }, { requiredKeys: [] }), { maxLength: 2 })),
  [USER.extensions[0]?.urn ?? '']: maybe(fc.record({ department: text, manager: fc.record({ value: text }) }, { requiredKeys: [] })),
  [EXTRA]: maybe(
    fc.record(
      {
        badge: text,
        floor: fc.constantFrom(...NUMBERS.filter(Number.isSafeInteger)),
        share: fc.constantFrom(...NUMBERS),
        remote: fc.boolean(),
        since: date,
        key: fc.constantFrom('AAEC', 'aaec', 'AA=='),
        nick: fc.array(text, { maxLength: 3 }),
        desks: fc.array(element, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  ),
}) // prettier-ignore

const places = RICH_USER.order.filter(
  ({ attribute: row, sub }) => row.returned !== 'never' && !['groups'].includes(row.name) && sub?.name !== '$ref',
)
const isComplex = ({ attribute: row, sub }: AttributePath): boolean => sub === undefined && row.type === 'complex'

/** What a value at a place is compared with; the ids of people who are there, too. */
function literal(place: AttributePath, ids: readonly string[]): fc.Arbitrary<Literal> {
  const row = place.sub ?? place.attribute
  if (row.name === 'id') return fc.constantFrom(...ids.slice(0, 5), ...ids.slice(0, 5).map((id) => id.toUpperCase()), 'nobody', '')
  if (row.name === 'schemas') return fc.constantFrom(...RICH_USER.extensions.map(({ urn }) => urn.toUpperCase()), USER.schema.urn, 'urn:x', 'urn')
  if (row.name === 'resourceType') return fc.constantFrom('User', 'user', 'Group')
  if (row.name === 'version') return fc.constantFrom('W/"1"', 'W/"2"', '1')
  if (row.type === 'boolean') return fc.boolean()
  if (row.type === 'integer' || row.type === 'decimal') return fc.constantFrom(...NUMBERS)
  if (row.type === 'dateTime') return fc.oneof(date, fc.constant(new Date().toISOString()))
  return text
} // prettier-ignore

function operators(place: AttributePath): readonly CompareOperator[] {
  const { type } = place.sub ?? place.attribute
  if (type === 'boolean' || type === 'binary') return ['eq', 'ne']
  const ordered: CompareOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le']
  return type === 'string' || type === 'reference' ? [...ordered, 'co', 'sw', 'ew'] : ordered
}

function comparison(place: AttributePath, ids: readonly string[]): fc.Arbitrary<Filter> {
  const present = fc.constant<Filter>({ kind: 'present', path: place })
  if (isComplex(place)) return present
  const compare = fc
    .tuple(fc.constantFrom(...operators(place)), literal(place, ids))
    .map(([operator, value]): Filter => ({ kind: 'compare', path: place, operator, value }))
  const withNull = fc
    .constantFrom<CompareOperator>('eq', 'ne')
    .map((operator): Filter => ({ kind: 'compare', path: place, operator, value: null }))
  return fc.oneof({ weight: 6, arbitrary: compare }, { weight: 1, arbitrary: present }, { weight: 1, arbitrary: withNull })
} // prettier-ignore

function composed(leaf: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> {
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      tie('filter').map((filter): Filter => ({ kind: 'not', filter })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { minLength: 2, maxLength: 3 }))
        .map(([kind, terms]): Filter => ({ kind, terms })),
    ),
  })).filter
}

/** Any filter over {@link RICH_USER}. */
export function anyFilter(ids: readonly string[]): fc.Arbitrary<Filter> {
  const lists = places.filter((place) => isComplex(place) && place.attribute.multiValued)
  const inBrackets = fc.constantFrom(...lists).chain((path) => {
    const parts = places.filter((place) => place.attribute === path.attribute && place.sub !== undefined)
    const inner = composed(fc.constantFrom(...parts).chain((part) => comparison(part, ids)))
    return inner.map((filter): Filter => ({ kind: 'element', path, filter }))
  })
  const plain = fc.constantFrom(...places).chain((place) => comparison(place, ids))
  return composed(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: inBrackets }))
}

export const sortable: readonly AttributePath[] = places.filter(
  (place) => !isComplex(place) && place.attribute.name !== 'schemas',
)

export function place(name: string): AttributePath {
  const found = resolveAttribute(name, RICH_USER)
  if (found === undefined) throw new TypeError(`there is no ${name}`)
  return found
}
