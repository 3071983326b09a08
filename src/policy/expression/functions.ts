/**
 * Everything that expressions may call and look at, by name.
 * Decides that there is nothing else; must not do what it names.
 *
 * Our own functions are total: an argument that is empty, or a text of which nothing can be made, gives an empty answer. Only
 * a value of the wrong kind is an error, since that is a mistake in the expression.
 */
import { LIST_FUNCTIONS } from './list-functions.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'
import type { HelperFunction } from './values.ts'

export const HELPER_FUNCTIONS: ReadonlyMap<string, HelperFunction> = new Map(
  [...TEXT_FUNCTIONS, ...LIST_FUNCTIONS].map((it) => [it.name, it]),
)

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
  [
    'person',
    'Their identities over all connections: `person.identities`, each with `connection`, `userName` and `active`.',
  ],
  ['app', 'The app: `app.id`.'],
])
