/**
 * The table at the end: what was expected, what was found, act by act.
 * Decides widths and line breaks; must not judge.
 */
import { pad, printable, width } from '../../src/cli/text.ts'
import type { Check } from './check.ts'
import { wrap } from './paragraph.ts'
import type { PlayedAct } from './perform.ts'
import type { Terminal } from './progress.ts'

const GAP = '  '
const INDENT = '  '
const MARK = 2
/** No column is made narrower. */
const NARROWEST = 12

type Row = readonly [what: string, expected: string, found: string]

/** The whole table, with a line break at its end. */
export function table(acts: readonly PlayedAct[], { colours, columns }: Pick<Terminal, 'colours' | 'columns'>): string {
  const heading: Row = ['', 'expected', 'found']
  const rows = acts.flatMap(({ checks }) => checks.map(rowOf))
  const widths = widthsFor([heading, ...rows], columns - INDENT.length - MARK - 2 * GAP.length)
  const lines = (mark: string, row: Row, paint: (text: string, at: number) => string): string =>
    wrapped(row, widths)
      .map((cells, at) => {
        const texts = cells.map((cell, column) => paint(pad(cell, widths[column] ?? 0), column))
        return `${INDENT}${at === 0 ? mark : ' '} ${texts.join(GAP)}`.trimEnd()
      })
      .join('\n')
  const block = ({ title, checks }: PlayedAct, at: number): string[] => [
    '',
    `${INDENT}${colours.bold(`${at + 1}  ${title}`)}`,
    ...checks.map((check) =>
      lines(check.ok ? colours.green('✓') : colours.red('✗'), rowOf(check), (text, column) =>
        column === 2 && !check.ok ? colours.red(text) : column === 1 ? colours.dim(text) : text,
      ),
    ),
  ]
  return [lines(' ', heading, (text) => colours.dim(text)), ...acts.flatMap(block)].join('\n').concat('\n')
}

const rowOf = ({ what, expected, found }: Check): Row => [printable(what), printable(expected), printable(found)]

/** As wide as the widest cell, and where that is too much, taken from the widest column until it fits. */
function widthsFor(rows: readonly Row[], room: number): number[] {
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => width(row[at] ?? ''))))
  for (let excess = sum(widths) - room; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= NARROWEST) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** The lines of a row: each cell broken between words to its width. */
function wrapped(row: Row, widths: readonly number[]): string[][] {
  const cells = row.map((text, at) => wrap(text, widths[at] ?? NARROWEST))
  const height = Math.max(...cells.map(({ length }) => length))
  return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ''))
}
