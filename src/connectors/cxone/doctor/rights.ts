/**
 * What the role of the key's user may do, read from the roles themselves (facts, sections 2.6, 4.5 and 5.4).
 * Decides which words stand for a right; must not try anything out, since that would write.
 *
 * The facts name the fields and not the words in them. A right counts as missing only where the same role has words about
 * the same thing, so that we know how it speaks; else nobody can tell.
 */
import type { Finding } from '../../doctor.ts'
import type { CheckName } from './checks.ts'
import { cannotTell, isNot, isWell } from './findings.ts'
import { rowsOf, textOf, type Probe, type Row } from './probe.ts'

interface Wanted {
  readonly check: CheckName
  readonly thing: RegExp
  readonly act: RegExp
  readonly name: string
}

/** Those of the key's user, and all that they say of what they may. */
export type OwnRoles = { readonly ids: readonly string[]; readonly words: readonly string[] } | { readonly why: string }

const CREATE = /create|add\b|full|manage|\ball\b/i
const EDIT = /edit|update|modify|full|manage|\ball\b/i
const ANY_ACT = /view|read|create|edit|update|delete|manage/i

const WANTED: readonly Wanted[] = [
  { check: 'employees-create', thing: /employee|\busers?\b/i, act: CREATE, name: 'to create employees' },
  { check: 'employees-edit', thing: /employee|\busers?\b/i, act: EDIT, name: 'to edit employees' },
  { check: 'acd-users-edit', thing: /agents?\b|acd.?users?/i, act: EDIT, name: 'to edit ACD users' },
  { check: 'skills-edit', thing: /skill/i, act: EDIT, name: 'to edit skills' },
  { check: 'groups-edit', thing: /groups?\b/i, act: EDIT, name: 'to edit groups' },
  {
    check: 'login-authenticator-edit',
    thing: /login.?authenticator/i,
    act: EDIT,
    name: 'to edit login authenticators',
  },
]

export const rights = (own: OwnRoles): Finding[] =>
  WANTED.map((wanted) => ('why' in own ? cannotTell(wanted.check, own.why) : judge(wanted, own.words)))

/** They say what they may in words that are known here. */
export const speak = (words: readonly string[]): boolean =>
  words.some((word) => EMPLOYEES.test(word) && ANY_ACT.test(word))

function judge({ check, thing, act, name }: Wanted, words: readonly string[]): Finding {
  const about = words.filter((word) => thing.test(word))
  const granting = about.find((word) => act.test(word))
  if (granting !== undefined) return isWell(check, `The role of the key may ${name.slice(3)} ("${granting}").`)
  // A role that speaks of employees this way would speak so of anything else too.
  if (!speak(words))
    return cannotTell(
      check,
      `The role of the key does not say in words that are known here whether it may ${name.slice(3)}.`,
    )
  const has =
    about.length === 0
      ? ''
      : `, only ${about
          .slice(0, 5)
          .map((word) => `"${word}"`)
          .join(', ')}`
  return isNot(check, 'missing', { found: `The role of the key has no right ${name}${has}.` })
}

const EMPLOYEES = /employee/i

/** Everything a role says of what it may, one text each: `employees.edit`. */
export function wordsOfRole(role: Row): string[] {
  const said: string[] = []
  for (const { permission } of recordsIn(role['permissions'])) if (typeof permission === 'string') said.push(permission)
  for (const application of recordsIn(role['applications'])) {
    const features = recordsIn(application['features'])
    for (const privilege of [application, ...features].flatMap((part) => recordsIn(part['privileges'])))
      for (const action of textsIn(privilege['actions'])) said.push(`${String(privilege['privilegeId'])}.${action}`)
  }
  return said
}

const recordsIn = (value: unknown): Row[] =>
  Array.isArray(value) ? value.filter((item): item is Row => typeof item === 'object' && item !== null) : []

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []

/** The ACD keeps a security profile for each role, with permissions of its own wording (section 5.4). */
export async function withProfiles(own: OwnRoles, read: (path: string) => ReturnType<Probe>): Promise<OwnRoles> {
  if ('why' in own || speak(own.words)) return own
  const answer = await read('/security-profiles?skip=0&top=100')
  if (!answer.ok) return own
  const profiles = rowsOf(answer.body, 'profiles').filter((row) => own.ids.includes(textOf(row, 'roleId') ?? ''))
  const words = profiles.flatMap((profile) =>
    recordsIn(profile['permissions']).flatMap(({ permissionKey, optionKeys }) =>
      textsIn(optionKeys).map((option) => `${String(permissionKey)}.${option}`),
    ),
  )
  return { ids: own.ids, words: [...own.words, ...words] }
}
