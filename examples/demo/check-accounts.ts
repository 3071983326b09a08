/**
 * Checks of single accounts in CXone: who is there, with what, and who was left alone.
 * Decides what counts as right; must not read, wait or print anything.
 */
import type { Person } from '../../sim/idp/people.ts'
import {
  accountsOf,
  beliefOf,
  changedFields,
  counted,
  each,
  seconds,
  shown,
  toldOf,
  type Around,
  type Check,
} from './check.ts'
import { DEFAULTS } from './parts.ts'
import type { CxoneUser } from './scene.ts'

export function onceEach({ after }: Around, people: readonly Person[]): Check {
  const row = { what: 'accounts in CXone', expected: `${people.length} people, each exactly once` }
  return each(row, people, ({ userName }) => {
    const { length } = accountsOf(after, userName)
    if (length === 1) return undefined
    return length === 0 ? `${userName} is not there` : `${userName} is there ${length} times`
  })
}

/** Names, address, telephone, role and team of accounts that Rollcall made. `moved`: to the other team, by hand. */
export function asPushed(
  { after, beliefs, cast }: Around,
  people: readonly Person[],
  moved: readonly Person[] = [],
): Check {
  const expected = `as pushed, as ${DEFAULTS.role} in ${DEFAULTS.team}`
  return each({ what: 'their records in CXone', expected }, people, (person) => {
    const { userName, givenName, familyName, email, mobilePhone } = toldOf(beliefs, person)
    const [account] = accountsOf(after, userName)
    const team = after.cxone.teams.find(({ id }) => id === account?.['teamId'])?.name
    const pairs: readonly (readonly [field: string, wanted: unknown, found: unknown])[] = [
      ['firstName', givenName, account?.['firstName']],
      ['lastName', familyName, account?.['lastName']],
      ['emailAddress', email, account?.['emailAddress']],
      ['mobileNumber', mobilePhone ?? null, account?.['mobileNumber'] ?? null],
      ['role', DEFAULTS.role, account?.['role']],
      ['team', moved.includes(person) ? cast.team.name : DEFAULTS.team, team],
    ]
    const odd = pairs.find(([, wanted, found]) => wanted !== found)
    return odd === undefined ? undefined : `${userName}: ${odd[0]} is ${shown(odd[2])}, not ${shown(odd[1])}`
  })
}

/** Linked to the account that was there, in which nothing has changed. */
export function adopted({ before, after, beliefs }: Around, people: readonly Person[]): Check {
  const row = { what: 'who was an agent before', expected: `${people.length} adopted, byte for byte as before` }
  return each(row, people, (person) => {
    const { userName } = person
    const [account] = accountsOf(after, userName)
    const changed = changedFields(accountsOf(before, userName)[0], account)
    if (changed[0] !== undefined) return `${userName}: ${changed.join(', ')} changed`
    const id = beliefOf(beliefs, person)?.id
    const delivery = after.rollcall.deliveries.find(({ identity }) => identity === id)
    return delivery?.subject === `account:${account?.id}`
      ? undefined
      : `${userName} points to ${delivery?.subject ?? 'nothing'}`
  })
}

/** In the team somebody moved them to, with what their provider changed meanwhile, and nothing else. */
export function leftInTeam({ before, after, beliefs, cast }: Around, people: readonly Person[]): Check {
  const { name, id } = cast.team
  const row = { what: 'who was moved by hand', expected: `still in ${name}; only the telephone is new` }
  return each(row, people, (person) => {
    const { userName, mobilePhone } = toldOf(beliefs, person)
    const [account] = accountsOf(after, userName)
    if (account?.['teamId'] !== id)
      return `${userName} is in ${after.cxone.teams.find((team) => team.id === account?.['teamId'])?.name ?? 'no team'}`
    if (account['mobileNumber'] !== mobilePhone)
      return `${userName} has the telephone ${shown(account['mobileNumber'])}`
    const others = changedFields(accountsOf(before, userName)[0], account).filter(
      (field) => field !== 'teamId' && field !== 'mobileNumber',
    )
    return others.length === 0 ? undefined : `${userName}: ${others.join(', ')} changed too`
  })
}

export function titlesKept({ after, beliefs }: Around, people: readonly Person[]): Check {
  return each({ what: 'titles in Rollcall', expected: `${people.length} new titles` }, people, (person) => {
    const { userName, title } = toldOf(beliefs, person)
    const id = beliefOf(beliefs, person)?.id
    const found = after.rollcall.users.find((user) => user.id === id)?.['title']
    return found === title ? undefined : `${userName}: ${shown(found)}, not ${shown(title)}`
  })
}

export function sameAccount({ before, after, beliefs }: Around, person: Person): Check {
  const told = toldOf(beliefs, person)
  const [was] = accountsOf(before, person.userName)
  const [is] = accountsOf(after, told.userName)
  const name = (user: CxoneUser | undefined): string =>
    user === undefined ? 'nobody' : `${String(user['firstName'])} ${String(user['lastName'])}`
  const wanted = `${told.givenName} ${told.familyName}`
  const kept = is !== undefined && is.id === was?.id
  return {
    what: 'the new name in CXone',
    expected: `${wanted}, the same account`,
    found: `${name(is)}, ${kept ? 'the same account' : 'another account'}`,
    ok: kept && name(is) === wanted,
  }
}

export function phonesIn({ after, beliefs }: Around, people: readonly Person[]): Check {
  return each({ what: 'telephone numbers in CXone', expected: `${people.length} new numbers` }, people, (person) => {
    const { userName, mobilePhone } = toldOf(beliefs, person)
    const found = accountsOf(after, userName)[0]?.['mobileNumber']
    return found === mobilePhone ? undefined : `${userName}: ${shown(found)}, not ${shown(mobilePhone)}`
  })
}

export function disabled({ after, backAt }: Around, people: readonly Person[]): Check {
  const row = { what: 'who has left', expected: `${counted(people.length, 'account')} DELETED in CXone` }
  const check = each(row, people, ({ userName }) => {
    const status = accountsOf(after, userName)[0]?.status ?? 'not there'
    return status === 'DELETED' ? undefined : `${userName} is ${status}`
  })
  const last = after.cxone.calls.findLast(({ path, status }) => path.endsWith('/deactivate') && status === 200)
  if (!check.ok || backAt === undefined || last === undefined) return check
  return { ...check, found: `${check.found}, the last ${seconds(Date.parse(last.at) - backAt)} after CXone was back` }
}

export function enabledAgain({ before, after }: Around, person: Person): Check {
  const [was] = accountsOf(before, person.userName)
  const [is] = accountsOf(after, person.userName)
  const kept = is !== undefined && is.id === was?.id
  const state = is?.status === 'DELETED' ? 'still DELETED' : `open again (${is?.status})`
  const found = is === undefined ? 'not there' : `${state}, ${kept ? 'the same account' : 'another account'}`
  const expected = 'open again, the same account'
  return { what: 'who has come back', expected, found, ok: kept && is.status !== 'DELETED' }
}

/** Nothing of the account has changed in this act. */
export function unchanged({ before, after }: Around, person: Person, what: string): Check {
  const [was] = accountsOf(before, person.userName)
  const [is] = accountsOf(after, person.userName)
  const changed = changedFields(was, is)
  const status = is === undefined ? 'not there' : `${is.status}, nothing changed`
  return {
    what,
    expected: `${was?.status ?? 'there'}, nothing changed`,
    found: changed.length === 0 ? status : `changed: ${changed.join(', ')}`,
    ok: was !== undefined && changed.length === 0,
  }
}
