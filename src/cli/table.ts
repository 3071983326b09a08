/**
 * Tables a person likes to read.
 * Decides widths; must not know what is in a table.
 */
import type { Io } from './io.ts'
import { fit, pad, printable, width } from './text.ts'

export interface Column<R> {
  readonly title: string
  readonly value: (row: R) => string
  readonly colour?: (row: R) => ((text: string) => string) | undefined
  /** Columns that may be cut when the terminal is narrow, the widest first. */
  readonly flexible?: boolean
}

const GAP = 2
const NARROWEST = 8

/** The lines of a table, heading first. Fits the terminal; in a pipe nothing is cut. */
export function table<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  io: Pick<Io, 'columns' | 'colours'>,
): string[] {
  const cells = rows.map((row) => columns.map((column) => printable(column.value(row))))
  const widths = columns.map((column, at) =>
    Math.max(width(column.title), ...cells.map((line) => width(line[at] ?? ''))),
  )
  narrow(widths, columns, io.columns)
  const last = columns.length - 1
  const line = (texts: readonly string[], paint: (text: string, at: number) => string): string =>
    texts
      .map((text, at) =>
        paint(at === last ? fit(text, widths[at] ?? 0) : pad(fit(text, widths[at] ?? 0), widths[at] ?? 0), at),
      )
      .join(' '.repeat(GAP))
      .trimEnd()
  const heading = line(
    columns.map((column) => column.title),
    (text) => io.colours.dim(text),
  )
  const body = rows.map((row, index) =>
    line(cells[index] ?? [], (text, at) => columns[at]?.colour?.(row)?.(text) ?? text),
  )
  return [heading, ...body]
}

/** Takes columns away from the widest flexible column until the line fits. */
function narrow(widths: number[], columns: readonly { readonly flexible?: boolean }[], room: number | undefined): void {
  if (room === undefined) return
  let excess = widths.reduce((sum, columnWidth) => sum + columnWidth, GAP * (widths.length - 1)) - room
  while (excess > 0) {
    let widest = -1
    for (const [at, columnWidth] of widths.entries()) {
      if (columns[at]?.flexible === true && columnWidth > NARROWEST && columnWidth > (widths[widest] ?? 0)) widest = at
    }
    if (widest === -1) return
    widths[widest] = (widths[widest] ?? 0) - 1
    excess--
  }
}
