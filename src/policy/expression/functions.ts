/**
 * The functions that expressions may call, declared once: what they want, what they do, what is told of them.
 * Decides what each makes of its values; must not know a policy or a person.
 *
 * All are total: an argument that is empty, or a text of which nothing can be made, gives an empty answer. Only a value
 * of the wrong kind is an error, since that is a mistake in the expression.
 */
import { celType, isCelList, isCelMap, type CelInput, type CelValue } from '@bufbuild/cel'
import { charge } from './meter.ts'
import { WINDOWS_ZONES } from './windows-zones.ts'

export interface HelperFunction {
  readonly name: string
  readonly wants: readonly string[]
  readonly gives: 'text' | 'list of texts' | 'number' | 'yes or no' | 'anything'
  readonly does: string
  /** An expression and what it comes to; run by the tests. */
  readonly example: readonly [expression: string, result: string | boolean | number | readonly string[]]
  readonly run: (...args: readonly CelValue[]) => CelInput
}

const text = (value: CelValue | undefined): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw new TypeError(`a text is wanted here, not ${kindOf(value)}`)
}

const list = (value: CelValue | undefined): readonly CelValue[] => {
  if (value === null || value === undefined || value === '') return []
  if (!isCelList(value)) throw new TypeError(`a list is wanted here, not ${kindOf(value)}`)
  charge(value.size)
  return [...value]
}

const texts = (value: CelValue | undefined): readonly string[] => list(value).map(text)

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

const fold = (value: string): string => value.toLowerCase()

/** The member of a record, as text. */
const part = (value: CelValue, name: string): string => {
  if (typeof value === 'string') return name === 'value' ? value : ''
  return isCelMap(value) ? text(value.get(name)) : ''
}

const firstText = (all: readonly string[]): string => all.find((it) => it !== '') ?? ''

/** E.164: a plus sign and at most 15 digits (ITU-T E.164 section 6). Empty where that cannot be made. */
function e164(given: string, callingCode: string): string {
  const code = callingCode.replace(/\D/g, '')
  const bare = given.replace(/\(0\)/g, '').replace(/[\s()./-]/g, '')
  const international = /^(?:\+|00)(\d+)$/.exec(bare)?.[1]
  const national = /^0?(\d+)$/.exec(bare)?.[1]
  const digits = international ?? (national === undefined || code === '' ? '' : `${code}${national}`)
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : ''
}

/** An IANA zone as it is; the IANA zone of a Windows name; else empty. */
function timeZone(given: string): string {
  const trimmed = given.trim()
  const windows = WINDOWS_ZONES.get(fold(trimmed))
  if (windows !== undefined) return windows
  return /^(?:[A-Z][A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2}|UTC)$/.test(trimmed) ? trimmed : ''
}

const day = (given: string): string => /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?=$|T)/.exec(given)?.[0] ?? ''

const before = (whole: string, mark: string): string => {
  const at = mark === '' ? -1 : whole.indexOf(mark)
  return at === -1 ? whole : whole.slice(0, at)
}

const after = (whole: string, mark: string): string => {
  const at = mark === '' ? -1 : whole.indexOf(mark)
  return at === -1 ? '' : whole.slice(at + mark.length)
}

function pieces(whole: string, mark: string): string[] {
  const all = mark === '' ? [whole] : whole.split(mark)
  charge(all.length)
  return all.map((piece) => piece.trim()).filter((piece) => piece !== '')
}

const withPrefix = (all: readonly string[], prefix: string): string[] =>
  all
    .filter((it) => fold(it).startsWith(fold(prefix)) && it.length > prefix.length)
    .map((it) => it.slice(prefix.length))

const HELPERS: readonly HelperFunction[] = [
  {
    name: 'lower',
    wants: ['text'],
    gives: 'text',
    does: 'The text in small letters.',
    example: ['lower("ACME")', 'acme'],
    run: (it) => text(it).toLowerCase(),
  },
  {
    name: 'upper',
    wants: ['text'],
    gives: 'text',
    does: 'The text in capital letters.',
    example: ['upper("de")', 'DE'],
    run: (it) => text(it).toUpperCase(),
  },
  {
    name: 'trim',
    wants: ['text'],
    gives: 'text',
    does: 'The text without blanks at its ends.',
    example: ['trim("  Sales ")', 'Sales'],
    run: (it) => text(it).trim(),
  },
  {
    name: 'replace',
    wants: ['text', 'what', 'with'],
    gives: 'text',
    does: 'The text with every `what` replaced.',
    example: ['replace("a.b.c", ".", "-")', 'a-b-c'],
    run: (it, what, by) => (text(what) === '' ? text(it) : text(it).replaceAll(text(what), () => text(by))),
  },
  {
    name: 'before',
    wants: ['text', 'mark'],
    gives: 'text',
    does: 'What stands before the first mark; the whole text if it has none.',
    example: ['before("ada@example.com", "@")', 'ada'],
    run: (it, mark) => before(text(it), text(mark)),
  },
  {
    name: 'after',
    wants: ['text', 'mark'],
    gives: 'text',
    does: 'What stands after the first mark; empty if there is none.',
    example: ['after("ada@example.com", "@")', 'example.com'],
    run: (it, mark) => after(text(it), text(mark)),
  },
  {
    name: 'split',
    wants: ['text', 'separator'],
    gives: 'list of texts',
    does: 'The pieces between separators, without blanks at their ends and without empty ones.',
    example: ['split("Billing; Sales;", ";")', ['Billing', 'Sales']],
    run: (it, mark) => pieces(text(it), text(mark)),
  },
  {
    name: 'join',
    wants: ['list', 'separator'],
    gives: 'text',
    does: 'The texts of a list as one, without empty ones.',
    example: ['join(["Ada", "", "Lovelace"], " ")', 'Ada Lovelace'],
    run: (it, mark) =>
      texts(it)
        .filter((piece) => piece !== '')
        .join(text(mark)),
  },
  {
    name: 'default',
    wants: ['value', 'instead'],
    gives: 'anything',
    does: 'The value, or the other one where it is empty.',
    example: ['default("", "Europe/Berlin")', 'Europe/Berlin'],
    run: (it, other) => (isEmpty(it) ? (other ?? '') : (it ?? '')),
  },
  {
    name: 'first',
    wants: ['list'],
    gives: 'text',
    does: 'The first text of a list that is not empty; empty if there is none.',
    example: ['first(["", "Sales", "Billing"])', 'Sales'],
    run: (it) => firstText(texts(it)),
  },
  {
    name: 'distinct',
    wants: ['list'],
    gives: 'list of texts',
    does: 'The texts of a list, each once, sorted.',
    example: ['distinct(["b", "a", "b"])', ['a', 'b']],
    run: (it) => [...new Set(texts(it))].toSorted(),
  },
  {
    name: 'includes',
    wants: ['list', 'text'],
    gives: 'yes or no',
    does: 'Whether a text is in a list, without regard to case (`in` goes by case).',
    example: ['includes(["CXone Agents"], "cxone agents")', true],
    run: (it, sought) => texts(it).some((each) => fold(each) === fold(text(sought))),
  },
  {
    name: 'withPrefix',
    wants: ['list', 'prefix'],
    gives: 'list of texts',
    does: 'What follows the prefix in those texts that begin with it, without regard to case.',
    example: ['withPrefix(["CXone-Team-Sales", "Staff"], "CXone-Team-")', ['Sales']],
    run: (it, prefix) => withPrefix(texts(it), text(prefix)),
  },
  {
    name: 'values',
    wants: ['list'],
    gives: 'list of texts',
    does: 'The `value` of every element, such as of `user.roles` and `user.entitlements`; its `display` where it has no value.',
    example: ['values([{"value": "agent"}, {"display": "Coach"}])', ['agent', 'Coach']],
    run: (it) =>
      list(it)
        .map((each) => firstText([part(each, 'value'), part(each, 'display')]))
        .filter((each) => each !== ''),
  },
  {
    name: 'ofType',
    wants: ['list', 'type'],
    gives: 'text',
    does: 'The value of the first element of that type, such as "work" or "mobile".',
    example: ['ofType([{"type": "home", "value": "1"}, {"type": "mobile", "value": "2"}], "mobile")', '2'],
    run: (it, type) => firstText(list(it).filter((each) => fold(part(each, 'type')) === fold(text(type))).map((each) => part(each, 'value'))), // prettier-ignore
  },
  {
    name: 'primary',
    wants: ['list'],
    gives: 'text',
    does: 'The value of the primary element, else of the first.',
    example: ['primary([{"value": "a@x.org"}, {"value": "b@x.org", "primary": true}])', 'b@x.org'],
    run: (it) => {
      const all = list(it)
      const chosen = all.find((each) => isCelMap(each) && each.get('primary') === true)
      return firstText([chosen, ...all].map((each) => (each === undefined ? '' : part(each, 'value'))))
    },
  },
  {
    name: 'lookup',
    wants: ['table', 'key', 'instead'],
    gives: 'text',
    does: 'What the table has for the key, without regard to case; else the last value.',
    example: ['lookup({"Munich": "DE", "Paris": "FR"}, "munich", "US")', 'DE'],
    run: (table, key, other) => {
      if (table === undefined || !isCelMap(table))
        throw new TypeError(`a table {…} is wanted here, not ${kindOf(table ?? null)}`)
      charge(table.size)
      const row = [...table].find(([name]) => typeof name === 'string' && fold(name) === fold(text(key)))
      return row === undefined ? (other ?? '') : row[1]
    },
  },
  {
    name: 'e164',
    wants: ['number', 'calling code'],
    gives: 'text',
    does: 'A telephone number as `+` and digits; a national one gets the calling code. Empty where it is none.',
    example: ['e164("(089) 1234-567", "+49")', '+49891234567'],
    run: (it, code) => e164(text(it), text(code)),
  },
  {
    name: 'timeZone',
    wants: ['text'],
    gives: 'text',
    does: 'The IANA name of a time zone, also from its Windows name. Empty where it is neither.',
    example: ['timeZone("W. Europe Standard Time")', 'Europe/Berlin'],
    run: (it) => timeZone(text(it)),
  },
  {
    name: 'day',
    wants: ['text'],
    gives: 'text',
    does: 'The day of a date or an instant, as 2027-01-31. Empty where it is none.',
    example: ['day("2027-01-31T08:00:00Z")', '2027-01-31'],
    run: (it) => day(text(it)),
  },
  {
    name: 'number',
    wants: ['text'],
    gives: 'number',
    does: 'The number that a text is; 0 where it is none.',
    example: ['number("42") > 7', true],
    run: (it) => (/^-?\d{1,15}(?:\.\d{1,9})?$/.test(text(it)) ? Number(text(it)) : 0),
  },
]

export const HELPER_FUNCTIONS: ReadonlyMap<string, HelperFunction> = new Map(HELPERS.map((it) => [it.name, it]))

/** Functions of CEL itself that are allowed, with the number of their arguments (the text or list before the dot counts). */
export const CEL_FUNCTIONS: ReadonlyMap<string, { readonly wants: number; readonly does: string }> = new Map([
  ['contains', { wants: 2, does: '`text.contains("…")`: whether the text is in it.' }],
  ['startsWith', { wants: 2, does: '`text.startsWith("…")`' }],
  ['endsWith', { wants: 2, does: '`text.endsWith("…")`' }],
  ['matches', { wants: 2, does: '`text.matches("…")`: whether a regular expression (RE2) is found in it.' }],
  ['size', { wants: 1, does: '`size(list)`, `size(text)`: how many.' }],
  ['string', { wants: 1, does: '`string(number)`: the number as text.' }],
])

export const MACROS: ReadonlyMap<string, string> = new Map([
  ['all', 'list.all(x, test)'],
  ['exists', 'list.exists(x, test)'],
  ['existsOne', 'list.existsOne(x, test)'],
  ['exists_one', 'list.existsOne(x, test)'],
  ['filter', 'list.filter(x, test)'],
  ['map', 'list.map(x, value)'],
  ['has', 'has(user.department)'],
])

/** What an expression can look at. */
export const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['user', 'The SCIM user: `user.userName`, `user.name.givenName`, `user.emails`, `user.department`, …'],
  ['groups', 'The names of all groups they are in, themselves or through another group; sorted.'],
  ['groupIds', 'The ids of these groups.'],
  ['groupExternalIds', "The provider's own ids of these groups, where it gave any."],
  ['person', 'What is known of the person over all connections.'],
  ['app', 'The app: `app.id`.'],
])
