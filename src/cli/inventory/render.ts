/**
 * An inventory on a terminal.
 * Decides layout and what comes first; must not decide what is worth a look.
 */
import type { Inventory, InventoryAccount, InventoryTotals } from '../../contract/inventory.ts'
import type { Io } from '../io.ts'
import { stateColour } from '../states.ts'
import { table } from '../table.ts'
import { printable } from '../text.ts'
import { relative } from '../time.ts'
import { FINDING_WORDS, KEY_WORDS, SEEN_NOTE, STATE_WORDS } from './words.ts'

/** Roles and teams that are listed. */
const MOST_COUNTED = 10

export interface Listed {
  readonly accounts: readonly InventoryAccount[]
  readonly most: number
  /** Only these were asked for. */
  readonly finding: string | undefined
}

export function renderInventory(found: Inventory, listed: Listed, io: Io): string {
  const { red, dim } = io.colours
  const { totals } = found
  if (totals === null || found.verdict === 'unreachable')
    return red(`${found.app} could not be read: ${printable(found.why ?? '')}`)
  const read = `${totals.accounts} accounts, ${totals.inUse} of them in use`
  return [
    found.verdict === 'whole' ? read : red(`${read}; these are not all: ${printable(found.why ?? '')}`),
    ...found.gaps.map((gap) => red(printable(gap))),
    '',
    ...counts(totals, io),
    ...keys(found, io),
    ...accounts(listed, io),
    '',
    dim(SEEN_NOTE),
  ].join('\n')
}

interface Count {
  readonly what: string
  readonly accounts: number
  readonly inUse?: number
}

function counts(totals: InventoryTotals, io: Io): string[] {
  const section = (title: string, rows: readonly Count[]): string[] => {
    const counted = rows.filter((row) => row.accounts > 0)
    if (counted.length === 0) return []
    const most = counted.slice(0, MOST_COUNTED)
    const columns = [
      { title, value: (row: Count) => printable(row.what), flexible: true },
      { title: 'ACCOUNTS', value: (row: Count) => String(row.accounts) },
      ...(rows.some(({ inUse }) => inUse !== undefined)
        ? [{ title: 'IN USE', value: (row: Count) => String(row.inUse ?? '') }]
        : []),
    ]
    const others = counted.length - most.length
    return [...table(most, columns, io), ...(others > 0 ? [io.colours.dim(`… and ${others} more`)] : []), '']
  }
  const named = (rows: InventoryTotals['roles']): Count[] =>
    rows.map(({ name, accounts: all, inUse }) => ({ what: name, accounts: all, inUse }))
  const worded = <K extends string>(
    words: Readonly<Record<K, string>>,
    numbers: Readonly<Record<K, number>>,
  ): Count[] => (Object.keys(words) as K[]).map((key) => ({ what: words[key], accounts: numbers[key] }))
  return [
    ...section('WORTH A LOOK', worded(FINDING_WORDS, totals.findings)),
    ...section('STATE', worded(STATE_WORDS, totals.states)),
    ...section(
      'LAST SEEN',
      Object.entries(totals.seen).map(([what, accounts]) => ({ what, accounts })),
    ),
    ...section('ROLE', named(totals.roles)),
    ...section('TEAM', named(totals.teams)),
  ]
}

function keys({ keys: all }: Inventory, io: Io): string[] {
  if (all === null || all.length === 0) return []
  const rows = all.slice(0, MOST_COUNTED)
  const lines = table(
    rows,
    [
      { title: 'KEY', value: (key) => printable(key.id), flexible: true },
      { title: 'OWNER', value: (key) => printable(key.owner ?? '?'), flexible: true },
      { title: 'STATE', value: (key) => (key.active ? 'active' : 'disabled') },
      { title: 'LAST USED', value: (key) => since(key.lastUsed, io) },
      { title: 'WORTH A LOOK', value: (key) => key.findings.map((finding) => KEY_WORDS[finding]).join('; ') || '-' },
    ],
    io,
  )
  const others = all.length - rows.length
  return [...lines, ...(others > 0 ? [io.colours.dim(`… and ${others} more`)] : []), '']
}

function accounts({ accounts: all, most, finding }: Listed, io: Io): string[] {
  const wanted = finding === undefined && most < all.length ? all.filter(({ findings }) => findings.length > 0) : all
  const rows = wanted.slice(0, most)
  if (rows.length === 0) return []
  const lines = table(
    rows,
    [
      { title: 'USER NAME', value: (row) => printable(row.userName), flexible: true },
      { title: 'STATE', value: (row) => row.state, colour: (row) => stateColour(row.state, io.colours) },
      { title: 'ROLE', value: (row) => printable(row.role ?? '-'), flexible: true },
      { title: 'TEAM', value: (row) => printable(row.team ?? '-'), flexible: true },
      { title: 'LAST SEEN', value: (row) => since(row.lastSignIn, io) },
      {
        title: 'WORTH A LOOK',
        value: (row) => row.findings.map((found) => FINDING_WORDS[found]).join('; ') || '-',
        flexible: true,
      },
    ],
    io,
  )
  return rows.length < wanted.length ? [...lines, io.colours.dim('There are more; --all shows everybody.')] : lines
}

/** An instant that nobody can read is shown as it is. */
const since = (instant: string | null, io: Io): string => {
  if (instant === null) return '-'
  return Number.isNaN(Date.parse(instant)) ? printable(instant) : relative(instant, io.now())
}
