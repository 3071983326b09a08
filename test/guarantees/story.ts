/**
 * What a provider pushes, drawn from a seed.
 * Decides the next push about a person; must not send it. A name that was used is never created again.
 */
import type { Random } from '../../sim/idp/random.ts'
import { patchOf, USER_SCHEMA } from '../support/scim.ts'
import { isState, type Person, type State } from './person.ts'

export interface Push {
  readonly kind: 'create' | 'change' | 'rename' | 'deactivate' | 'reactivate' | 'delete'
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: object
  /** What holds once it is accepted. */
  readonly after: State | 'deleted'
}

const GIVEN = ['Mia', 'Noor', 'Jón', 'Aiko', 'Zoë', 'Ravi', 'Lena', 'Tomás', 'Ines', 'Oleg']
const FAMILY = ['Roth', 'Okafor', 'Søren', 'Tanaka', 'Dvořák', 'Iyer', 'Meyer', 'Silva', 'Costa', 'Petrov']
const ZONES = ['Europe/Berlin', 'America/Denver', 'Asia/Tokyo', 'Africa/Lagos', 'UTC']

/** Of a hundred pushes about somebody who is there. */
const SHARES = { delete: 4, rename: 16, activity: 30 } as const

/** The next push about somebody who was not deleted. `serial` is new for every push of a story. */
export function nextPush(person: Person, random: Random, serial: number): Push {
  const { committed } = person
  if (!isState(committed)) return creation(person, random, serial)
  const dice = random.below(100)
  if (dice < SHARES.delete) return { kind: 'delete', method: 'DELETE', after: 'deleted' }
  const { kind, set } = change(committed, { random, serial, dice })
  return written(person, { ...committed, ...set }, { kind, set, random })
}

function creation(person: Person, random: Random, serial: number): Push {
  const after: State = {
    userName: nameOf(person, serial),
    givenName: random.pick(GIVEN),
    familyName: random.pick(FAMILY),
    timezone: random.pick(ZONES),
    active: random.below(12) > 0,
  }
  return { kind: 'create', method: 'POST', body: documentOf(person, after), after }
}

const nameOf = (person: Person, serial: number): string => person.email.replace('@', `.${serial}@`)

interface Draw {
  readonly random: Random
  readonly serial: number
  readonly dice: number
}

function change(state: State, { random, serial, dice }: Draw): { kind: Push['kind']; set: Partial<State> } {
  if (dice < SHARES.delete + SHARES.rename) {
    const name = random.below(2) === 0 ? { givenName: random.pick(GIVEN) } : {}
    return { kind: 'rename', set: { userName: state.userName.replace(/(\.\d+)?@/, `.${serial}@`), ...name } }
  }
  if (dice < SHARES.delete + SHARES.rename + SHARES.activity) {
    return { kind: state.active ? 'deactivate' : 'reactivate', set: { active: !state.active } }
  }
  // Who comes back with both names changed counts as somebody else and is disputed, so one of them stays.
  const sets: Partial<State>[] = [
    { givenName: random.pick(GIVEN) },
    { timezone: random.pick(ZONES) },
    { givenName: random.pick(GIVEN), timezone: random.pick(ZONES) },
  ]
  return { kind: 'change', set: random.pick(sets) }
}

/** As PUT, or as PATCH in one of the forms that providers use. */
function written(
  person: Person,
  after: State,
  { kind, set, random }: { kind: Push['kind']; set: Partial<State>; random: Random },
): Push {
  const form = random.below(3)
  if (form === 0) return { kind, method: 'PUT', body: documentOf(person, after), after }
  const values = Object.entries(set).map(([name, value]) => [PATHS[name as keyof State], value] as const)
  const body =
    form === 1
      ? patchOf(...values.map(([path, value]) => ({ op: 'replace', path, value })))
      : patchOf({ op: 'Replace', value: Object.fromEntries(values) })
  return { kind, method: 'PATCH', body, after }
}

const PATHS: Readonly<Record<keyof State, string>> = {
  userName: 'userName',
  givenName: 'name.givenName',
  familyName: 'name.familyName',
  timezone: 'timezone',
  active: 'active',
}

function documentOf(person: Person, state: State): object {
  return {
    schemas: [USER_SCHEMA],
    externalId: person.email,
    userName: state.userName,
    name: { givenName: state.givenName, familyName: state.familyName },
    emails: [{ value: person.email, type: 'work', primary: true }],
    timezone: state.timezone,
    active: state.active,
  }
}
