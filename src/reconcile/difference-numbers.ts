/**
 * What a difference comes to in numbers, and what of it somebody has to see before they say yes.
 * Decides what is counted and what is a warning; must not know one person from another.
 */
import {
  DIFFERENCE_KINDS,
  isNothing,
  type DifferenceKind,
  type Held,
  type Move,
  type PersonOutcome,
} from './difference.ts'

/** People, unless it says otherwise. */
export interface Numbers {
  readonly people: number
  /** Whose account is as wanted. */
  readonly unchanged: number
  readonly kinds: Readonly<Record<DifferenceKind, number>>
  /** By attribute that is updated. */
  readonly attributes: Readonly<Record<string, number>>
  readonly gives: readonly (Omit<Held, 'level'> & { readonly people: number })[]
  readonly takes: readonly (Omit<Held, 'level'> & { readonly people: number })[]
  /** Why nothing is done for somebody for whom something is wanted. */
  readonly reasons: readonly { readonly kind: DifferenceKind; readonly reason: string; readonly people: number }[]
  /** Into teams that the app charges more features for, or others. */
  readonly moves: readonly (Move & { readonly people: number })[]
  readonly costlier: number
  readonly mails: number
  readonly administrators: number
  /** Of accounts that were there before Rollcall. */
  readonly adoptedRoles: readonly {
    readonly from: string | null
    readonly to: string | null
    readonly people: number
  }[]
}

export const NO_NUMBERS: Numbers = {
  people: 0,
  unchanged: 0,
  kinds: Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, 0])) as Record<DifferenceKind, number>,
  attributes: {},
  gives: [],
  takes: [],
  reasons: [],
  moves: [],
  costlier: 0,
  mails: 0,
  administrators: 0,
  adoptedRoles: [],
}

/** The numbers with more people. Lists are in the order of their numbers, largest first. */
export function add(numbers: Numbers, outcomes: readonly PersonOutcome[]): Numbers {
  const noted = (note: PersonOutcome['notes'][number]): number =>
    outcomes.filter(({ notes }) => notes.includes(note)).length
  const held = ({ of, id, name }: Held) => ({ of, id, name })
  return {
    people: numbers.people + outcomes.length,
    unchanged: numbers.unchanged + outcomes.filter(isNothing).length,
    kinds: counted(
      numbers.kinds,
      outcomes.flatMap(({ kinds }) => kinds),
    ),
    attributes: counted(
      numbers.attributes,
      outcomes.flatMap((outcome) => (outcome.kinds.includes('update') ? updatedOf(outcome) : [])),
    ),
    gives: listed(
      numbers.gives,
      outcomes.flatMap(({ gives }) => gives.map(held)),
    ),
    takes: listed(
      numbers.takes,
      outcomes.flatMap(({ takes }) => takes.map(held)),
    ),
    reasons: listed(
      numbers.reasons,
      outcomes.flatMap(({ kinds: [kind], reason }) =>
        kind === undefined || reason === null ? [] : [{ kind, reason }],
      ),
    ),
    moves: listed(
      numbers.moves,
      outcomes.flatMap(({ move }) => (move === null || move.adds.length + move.drops.length === 0 ? [] : [move])),
    ),
    costlier: numbers.costlier + noted('charges'),
    mails: numbers.mails + noted('mail'),
    administrators: numbers.administrators + noted('administrator'),
    adoptedRoles: listed(
      numbers.adoptedRoles,
      outcomes.flatMap(({ role }) => (role === null ? [] : [role])),
    ),
  }
}

/** A rename is counted as one. */
const updatedOf = ({ after }: PersonOutcome): string[] => Object.keys(after).filter((name) => name !== 'userName')

function counted<K extends string>(
  before: Readonly<Record<K, number>>,
  keys: readonly K[],
): Readonly<Record<K, number>> {
  const counts: Record<K, number> = { ...before }
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

/** Entries that are alike are one. */
function listed<T extends object>(
  before: readonly (T & { readonly people: number })[],
  more: readonly T[],
): (T & { readonly people: number })[] {
  const all = new Map(before.map((entry) => [keyOf(entry), entry]))
  for (const entry of more) {
    const key = keyOf(entry)
    all.set(key, { ...entry, people: (all.get(key)?.people ?? 0) + 1 })
  }
  return [...all.values()].toSorted((a, b) => b.people - a.people || (keyOf(a) < keyOf(b) ? -1 : 1))
}

const keyOf = ({ people: _people, ...entry }: object & { readonly people?: number }): string =>
  JSON.stringify(Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1)))

export interface Warning {
  readonly code:
    | 'mails'
    | 'charges'
    | 'adopted-roles'
    | 'administrators'
    | 'deactivations'
    | 'unseen'
    | 'held'
    | 'refused'
  readonly people: number
  readonly text: string
}

/** Accounts that are disabled are a warning from this share on, or where they are all there are. */
const MANY = 0.05

/** What somebody has to see before they say yes, the worst first. */
export function warningsOf(numbers: Numbers): Warning[] {
  const { kinds, people } = numbers
  const warnings: Warning[] = []
  const warn = (code: Warning['code'], many: number, text: string): void => {
    if (many > 0) warnings.push({ code, people: many, text })
  }
  const move = numbers.moves.find(({ adds }) => adds.length > 0)
  const [role] = numbers.adoptedRoles
  warn('mails', numbers.mails, `${count(numbers.mails, 'e-mail')} would be sent: this many people are asked in.`)
  if (move !== undefined)
    warn(
      'charges',
      numbers.costlier,
      `${count(numbers.costlier, 'account')} would be charged for more than before, most of them in the team ${move.to}: ${move.adds.join(', ')}.`,
    )
  if (role !== undefined)
    warn(
      'adopted-roles',
      numbers.adoptedRoles.reduce((sum, one) => sum + one.people, 0),
      `Accounts that were there before Rollcall would change their role, most of them from ${role.from ?? 'none'} to ${role.to ?? 'none'}.`,
    )
  warn('administrators', numbers.administrators, `${count(numbers.administrators, 'administrator')} would be changed.`)
  if (kinds.deactivate > people * MANY)
    warn('deactivations', kinds.deactivate, `${kinds.deactivate} of ${people} people would lose their account.`)
  warn(
    'unseen',
    kinds.unseen,
    `Nothing is known of ${count(kinds.unseen, 'person', 'people')}: the app did not show all its accounts.`,
  )
  warn('held', kinds.held, `${count(kinds.held, 'person', 'people')} would be held by the policy until somebody looks.`)
  warn(
    'refused',
    kinds.refused,
    `For ${count(kinds.refused, 'person', 'people')} something is wanted that the app does not know.`,
  )
  return warnings
}

const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`
