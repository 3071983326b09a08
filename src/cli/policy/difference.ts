/**
 * Finding out what a policy would do to everybody, and showing it: numbers first, then names.
 * Decides layout and waiting; must not decide what is a warning.
 */
import {
  difference,
  differencePersonPage,
  differenceStarted,
  type Difference,
  type DifferenceNumbers,
  type DifferencePerson,
} from '../../contract/difference.ts'
import { runWithSteps } from '../../contract/run.ts'
import { path, type Client } from '../client.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { readPages } from '../pages.ts'
import { table } from '../table.ts'
import { printable } from '../text.ts'

const POLL_MS = 500
/** Names without --all. */
export const FIRST = 20
const MOST = 1_000_000

/** Starts it, and stays until it is done. `text`: a policy in place of the one in force. */
export async function findOut(
  client: Client,
  { app, text }: { readonly app: string; readonly text?: string | undefined },
  io: Io,
): Promise<Difference> {
  const body = text === undefined ? undefined : { text }
  const { run } = await client.post(path`/apps/${app}/differences`, differenceStarted, body)
  try {
    for (;;) {
      const now = await client.get(path`/runs/${run}`, runWithSteps)
      if (now.state === 'failed') throw new CommandError('other', now.why ?? 'The run failed.')
      if (now.state === 'done') return await client.get(path`/differences/${run}`, difference)
      // Nothing is there before the first step.
      if (now.steps.length > 0) {
        const { accounts, people } = await client.get(path`/differences/${run}`, difference)
        io.progress(`${accounts} accounts read, ${people} people compared …`)
      } else io.progress('the app is read …')
      await io.sleep(POLL_MS)
    }
  } finally {
    io.progress('')
  }
}

export interface Names {
  readonly items: readonly DifferencePerson[]
  /** More than these. */
  readonly more: boolean
}

export async function readNames(
  client: Client,
  { id, all, kind }: { readonly id: string; readonly all: boolean; readonly kind?: string | undefined },
): Promise<Names> {
  const { items, next } = await readPages(all ? MOST : FIRST, (query) =>
    client.get(path`/differences/${id}/people`, differencePersonPage, { ...query, kind }),
  )
  return { items, more: next !== null }
}

/** What would be done, in the words of a person. */
const WORDS: Readonly<Record<keyof DifferenceNumbers['kinds'], string>> = {
  create: 'accounts made',
  update: 'accounts changed',
  rename: 'accounts renamed',
  grant: 'given something',
  revoke: 'something taken away',
  invite: 'asked in, by e-mail',
  deactivate: 'accounts disabled',
  reactivate: 'accounts enabled again',
  adopt: 'existing accounts taken as theirs',
  disputed: 'left alone: disputed',
  unmatched: 'left alone: something is missing',
  deleted: 'left alone: the account is gone',
  waiting: 'waiting for their groups',
  held: 'held by the policy',
  refused: 'refused: not known in the app',
  unseen: 'not known: the app did not show them',
}

export function renderDifference(found: Difference, names: Names, io: Io): string {
  const { red, dim, bold } = io.colours
  const { numbers, inForce } = found
  const read = `${found.people} people compared with ${found.accounts} accounts`
  if (numbers === null || found.verdict === 'unreachable')
    return red(`The app could not be read: ${printable(found.why ?? '')} Nothing is known of what would be done.`)
  const lines = [
    found.verdict === 'whole' ? read : red(`${read}, which are not all: ${printable(found.why ?? '')}`),
    ...(inForce === null
      ? []
      : [`For ${found.differing} of them this policy does something else than the one in force.`]),
    '',
    ...found.warnings.map(({ text }) => red(`! ${printable(text)}`)),
    ...(found.warnings.length === 0 ? [] : ['']),
    ...countTable(numbers, inForce, io),
    ...details(numbers, io),
  ]
  if (names.items.length === 0) return [...lines, '', bold('Nothing would be done to anybody.')].join('\n')
  const more = names.more ? [dim(`… the first ${names.items.length}; --all shows everybody.`)] : []
  return [...lines, '', ...nameTable(names.items, io), ...more].join('\n')
}

function countTable(numbers: DifferenceNumbers, inForce: DifferenceNumbers | null, io: Io): string[] {
  const kinds = Object.keys(WORDS) as (keyof typeof WORDS)[]
  const rows = [
    ...kinds
      .filter((kind) => numbers.kinds[kind] + (inForce?.kinds[kind] ?? 0) > 0)
      .map((kind) => ({ what: WORDS[kind], now: inForce?.kinds[kind], given: numbers.kinds[kind] })),
    { what: 'as wanted already', now: inForce?.unchanged, given: numbers.unchanged },
  ]
  const columns = [
    { title: 'WHAT', value: (row: (typeof rows)[number]) => row.what },
    ...(inForce === null ? [] : [{ title: 'IN FORCE', value: (row: (typeof rows)[number]) => String(row.now ?? 0) }]),
    { title: inForce === null ? 'PEOPLE' : 'THIS POLICY', value: (row: (typeof rows)[number]) => String(row.given) },
  ]
  return table(rows, columns, io)
}

/** Lines of a list that are shown; the rest is in --json. */
const LINES = 10

function details(numbers: DifferenceNumbers, io: Io): string[] {
  const section = (title: string, all: readonly string[]): string[] =>
    all.length === 0
      ? []
      : [
          '',
          io.colours.bold(title),
          ...all.slice(0, LINES).map((line) => `  ${printable(line)}`),
          ...(all.length > LINES ? [`  … and ${all.length - LINES} more`] : []),
        ]
  const { attributes, gives, takes, moves, reasons, adoptedRoles } = numbers
  return [
    ...section(
      'Attributes that change',
      Object.entries(attributes)
        .toSorted(([, a], [, b]) => b - a)
        .map(([name, people]) => `${people}  ${name}`),
    ),
    ...section(
      'Given',
      gives.map(({ of, name, people }) => `${people}  ${of} ${name}`),
    ),
    ...section(
      'Taken away',
      takes.map(({ of, name, people }) => `${people}  ${of} ${name}`),
    ),
    ...section(
      'Teams that are charged for otherwise',
      moves.map(
        ({ from, to, adds, drops, people }) =>
          `${people}  ${from ?? 'no team'} → ${to}${adds.length > 0 ? `, more: ${adds.join(', ')}` : ''}${drops.length > 0 ? `, less: ${drops.join(', ')}` : ''}`,
      ),
    ),
    ...section(
      'Roles of accounts that were there before',
      adoptedRoles.map(({ from, to, people }) => `${people}  ${from ?? 'none'} → ${to ?? 'none'}`),
    ),
    ...section(
      'Why nothing is done',
      reasons.map(({ reason, people }) => `${people}  ${reason}`),
    ),
  ]
}

const nameTable = (people: readonly DifferencePerson[], io: Io): string[] =>
  table(
    people,
    [
      { title: 'USER', value: (person) => person.userName, flexible: true },
      { title: 'WHAT', value: (person) => person.kinds.join(', ') || 'nothing' },
      {
        title: 'LOOK',
        value: (person) => person.notes.join(', '),
        colour: () => io.colours.red,
      },
      { title: 'BEFORE AND AFTER', value: changesOf, flexible: true },
    ],
    io,
  )

function changesOf(person: DifferencePerson): string {
  if (person.why !== null) return person.why
  const text = (value: string | null | undefined): string => value ?? '-'
  const made = person.kinds.includes('create')
  return [
    ...Object.entries(person.after).map(([name, value]) =>
      made ? `${name} ${text(value)}` : `${name} ${text(person.before[name])} → ${text(value)}`,
    ),
    ...person.gives.map(({ of, name, level }) => `+${of} ${name}${level === undefined ? '' : ` (${level})`}`),
    ...person.takes.map(({ of, name }) => `-${of} ${name}`),
  ].join(', ')
}
