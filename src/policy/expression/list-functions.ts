/**
 * Functions that make something of a list, a table, or whatever there is.
 * Decides what each makes of it; must not know a policy or a person.
 */
import { isCelMap, type CelValue } from '@bufbuild/cel'
import { charge } from './meter.ts'
import { fold, isEmpty, kindOf, list, text, texts, type HelperFunction } from './values.ts'

/** The member of a record, as text. */
const part = (value: CelValue, name: string): string => {
  if (typeof value === 'string') return name === 'value' ? value : ''
  return isCelMap(value) ? text(value.get(name)) : ''
}

const firstText = (all: readonly string[]): string => all.find((it) => it !== '') ?? ''

const withPrefix = (all: readonly string[], prefix: string): string[] =>
  all
    .filter((it) => fold(it).startsWith(fold(prefix)) && it.length > prefix.length)
    .map((it) => it.slice(prefix.length))

export const LIST_FUNCTIONS: readonly HelperFunction[] = [
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
]
