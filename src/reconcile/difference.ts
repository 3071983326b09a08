/**
 * What would become of one person's account, as numbers can be made of it and people can read it.
 * Decides what of a plan is worth telling beforehand; must not plan, add up (difference-numbers.ts) or read anything.
 */
import type { Account, AccountAttributes, AttributeName, GrantKind } from '../identity/account.ts'
import { isChange, type Change, type PlanStep } from './change.ts'
import { isAdministrator, rolesOf, type RoleEntry } from './protection.ts'

/** What can happen to somebody: the changes there are, and why there are none. */
export const DIFFERENCE_KINDS = [
  'create',
  'update',
  'rename',
  'grant',
  'revoke',
  'invite',
  'deactivate',
  'reactivate',
  'adopt',
  'disputed',
  'unmatched',
  'deleted',
  'waiting',
  'held',
  'refused',
  'unseen',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/**
 * What somebody has to look at before. `mail`: an e-mail is sent. `administrator`: an administrator is changed.
 * `adopted-role`: the role of an account that was there before Rollcall is changed. `charges`: the app charges for more than
 * before. `differs`: the policy in force does something else.
 */
export const DIFFERENCE_NOTES = ['mail', 'administrator', 'adopted-role', 'charges', 'differs'] as const
export type DifferenceNote = (typeof DIFFERENCE_NOTES)[number]

/** An entry of the app's catalogue, as far as it is told of. */
export interface NamedEntry {
  readonly id: string
  readonly name: string
  readonly charges?: readonly string[]
}

/** By kind and id; `role`, `team`, `skill` and so on. */
export interface EntryNames {
  of(kind: string, id: string): NamedEntry | undefined
  /** All roles, for who is an administrator. */
  readonly roles: readonly RoleEntry[]
}

/** What was found out about somebody. */
export type Found =
  | { readonly kind: 'planned'; readonly steps: readonly PlanStep[]; readonly reason?: string }
  /** Nothing is planned. `waiting`: for groups. `held`: by the policy. `refused`: what is wanted is not known in the app. */
  | { readonly kind: 'waiting' | 'held' | 'refused'; readonly why: string; readonly reason: string }
  /** The app did not show everybody, and nobody knows whether they are among those it did not show. */
  | { readonly kind: 'unseen' }

export interface Subject {
  readonly account: Account | 'absent'
  /** It was there before Rollcall, and was made somebody's. */
  readonly adopted: boolean
  readonly names: EntryNames
}

export interface Held {
  readonly of: GrantKind
  readonly id: string
  readonly name: string
  readonly level?: number
}

export interface Move {
  /** The team; null where there was no account that is charged for. */
  readonly from: string | null
  readonly to: string
  /** What is charged for from then on and was not before, in the app's words; and the other way round. */
  readonly adds: readonly string[]
  readonly drops: readonly string[]
}

/** One person's part of a difference. Roles, teams and the like by their names. */
export interface PersonOutcome {
  readonly kinds: readonly DifferenceKind[]
  readonly notes: readonly DifferenceNote[]
  readonly account: string | null
  /** Why nothing is done; null where something is. */
  readonly why: string | null
  /** The same for many, to be counted: `other-owner`, `unknown-role Supervisor`. */
  readonly reason: string | null
  /** Of attributes that change. */
  readonly before: AccountAttributes
  readonly after: AccountAttributes
  readonly gives: readonly Held[]
  readonly takes: readonly Held[]
  readonly move: Move | null
  /** Of an account that was there before. */
  readonly role: { readonly from: string | null; readonly to: string | null } | null
}

const NOTHING: PersonOutcome = {
  kinds: [],
  notes: [],
  account: null,
  why: null,
  reason: null,
  before: {},
  after: {},
  gives: [],
  takes: [],
  move: null,
  role: null,
}

/** True where there is nothing to tell: the account is as wanted, or there is none and none is wanted. */
export const isNothing = ({ kinds }: PersonOutcome): boolean => kinds.length === 0

export function outcomeOf(found: Found, subject: Subject): PersonOutcome {
  const account = subject.account === 'absent' ? null : subject.account.id
  if (found.kind === 'unseen') return { ...NOTHING, kinds: ['unseen'], why: 'the app did not show everybody' }
  if (found.kind !== 'planned')
    return { ...NOTHING, account, kinds: [found.kind], why: found.why, reason: found.reason }
  const conflict = found.steps.find((step) => step.kind === 'conflict')
  if (conflict !== undefined) {
    const { state, why } = conflict
    return { ...NOTHING, account: conflict.account ?? account, kinds: [state], why, reason: found.reason ?? state }
  }
  const changes = found.steps.filter(isChange)
  const adopts = found.steps.some((step) => step.kind === 'adopt' && step.origin === 'adopted')
  if (changes.length === 0 && !adopts) return { ...NOTHING, account }
  return changed({ changes, adopts, account }, { ...subject, adopted: subject.adopted || adopts })
}

interface Changed {
  readonly changes: readonly Change[]
  readonly adopts: boolean
  readonly account: string | null
}

function changed({ changes, adopts, account }: Changed, subject: Subject): PersonOutcome {
  const all = [...(adopts ? ['adopt' as const] : []), ...changes.map(({ kind }) => kind)]
  // An account that is made gets its attributes in several calls, which is nobody's business.
  const kinds = new Set<DifferenceKind>(
    all.includes('create') ? all.filter((kind) => kind !== 'update' && kind !== 'rename') : all,
  )
  const set = wanted(changes)
  const seen = subject.account === 'absent' ? {} : subject.account.attributes
  const move = moveOf(changes, set, subject)
  const role = roleChange(changes, set, subject)
  return {
    ...NOTHING,
    kinds: [...kinds],
    notes: notesOf(changes, { move, role }, subject),
    account,
    before: named(pick(seen, Object.keys(set) as AttributeName[]), subject.names),
    after: named(set, subject.names),
    gives: changes.flatMap((change) =>
      change.kind === 'grant' ? change.grants.map((grant) => heldOf(change.of, grant, subject.names)) : [],
    ),
    takes: changes.flatMap((change) =>
      change.kind === 'revoke' ? change.ids.map((id) => heldOf(change.of, { id }, subject.names)) : [],
    ),
    move,
    role,
  }
}

/** All attributes that the changes set. */
const wanted = (changes: readonly Change[]): AccountAttributes =>
  Object.assign(
    {},
    ...changes.map((change): AccountAttributes => {
      if (change.kind === 'create') return change.want
      if (change.kind === 'update') return change.set
      return change.kind === 'rename' ? { userName: change.userName } : {}
    }),
  ) as AccountAttributes

function notesOf(
  changes: readonly Change[],
  { move, role }: Pick<PersonOutcome, 'move' | 'role'>,
  { account, names }: Subject,
): DifferenceNote[] {
  const notes: DifferenceNote[] = []
  if (changes.some(({ kind }) => kind === 'invite')) notes.push('mail')
  if (changes.length > 0 && account !== 'absent' && isAdministrator(account, names.roles)) notes.push('administrator')
  if (role !== null) notes.push('adopted-role')
  if (move !== null && move.adds.length > 0) notes.push('charges')
  return notes
}

/** Into which team, and what that is charged for. Nothing is charged for an account that is not there or not active. */
function moveOf(changes: readonly Change[], set: AccountAttributes, { account, names }: Subject): Move | null {
  const seen = account === 'absent' ? null : (account.attributes.team ?? null)
  const charged = account !== 'absent' && account.state !== 'inactive'
  const begins = changes.some(({ kind }) => kind === 'create' || kind === 'reactivate')
  const to = set.team === undefined ? seen : set.team
  if (to === null || (set.team === undefined && !begins) || (charged && to === seen)) return null
  const before = charged && seen !== null ? (names.of('team', seen)?.charges ?? []) : []
  const after = names.of('team', to)?.charges ?? []
  return {
    from: charged && seen !== null ? (names.of('team', seen)?.name ?? seen) : null,
    to: names.of('team', to)?.name ?? to,
    adds: after.filter((one) => !before.includes(one)),
    drops: before.filter((one) => !after.includes(one)),
  }
}

/** Of an account that was there before: its role, or one of its roles, is another afterwards. */
function roleChange(
  changes: readonly Change[],
  { role }: AccountAttributes,
  { account, adopted, names }: Subject,
): PersonOutcome['role'] {
  if (!adopted || account === 'absent') return null
  const taken = changes.some((change) => change.kind === 'revoke' && change.of === 'role')
  if (role === undefined && !taken) return null
  const name = (id: string): string => names.of('role', id)?.name ?? id
  const held = rolesOf(account)
  const lost = changes.flatMap((change) => (change.kind === 'revoke' && change.of === 'role' ? change.ids : []))
  const from = role === undefined ? lost : held.filter((id) => id !== role)
  const to = role === undefined ? held.filter((id) => !lost.includes(id)) : role === null ? [] : [role]
  return { from: from.map(name).join(', ') || null, to: to.map(name).join(', ') || null }
}

const heldOf = (of: GrantKind, { id, level }: { id: string; level?: number }, names: EntryNames): Held => ({
  of,
  id,
  name: names.of(of, id)?.name ?? id,
  ...(level === undefined ? {} : { level }),
})

/** Attributes whose values are ids of the catalogue. */
const ENTRY_OF = { role: 'role', team: 'team', loginAuthenticator: 'authenticator' } as const

const named = (attributes: AccountAttributes, names: EntryNames): AccountAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([attribute, value]) => {
      const kind = (ENTRY_OF as Partial<Record<string, string>>)[attribute]
      return [attribute, kind === undefined || value === null ? value : (names.of(kind, String(value))?.name ?? value)]
    }),
  )

const pick = (attributes: AccountAttributes, keys: readonly AttributeName[]): AccountAttributes =>
  Object.fromEntries(keys.map((key) => [key, attributes[key] ?? null]))
