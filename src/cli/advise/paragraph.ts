/**
 * Prose on a terminal: lines that are broken between words.
 * Decides where a line ends; must not know what it says.
 */
import type { Io } from '../io.ts'
import { width } from '../text.ts'

/** Longer lines are hard to read, however wide the screen. */
const WIDEST = 96
const NARROWEST = 30
/** What the section around it indents. */
const MARGIN = 2

/** Lines of a paragraph. A word that is longer than a line stands alone. */
export function wrapped(text: string, { columns }: Pick<Io, 'columns'>, indent = 0): string[] {
  const room = Math.max(NARROWEST, Math.min(WIDEST, (columns ?? WIDEST) - MARGIN) - indent)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && width(longer) > room) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

/** The same as a point of a list; `depth` 1 is a point below a point. */
export const indented = (text: string, io: Pick<Io, 'columns'>, depth = 0): string[] => {
  const indent = '  '.repeat(depth)
  return wrapped(text, io, indent.length + 2).map((line, at) => `${indent}${at === 0 ? '- ' : '  '}${line}`)
}
