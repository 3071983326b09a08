/**
 * Text in lines of a width.
 * Decides where lines break; must not colour or print.
 */
import { width } from '../../src/cli/text.ts'

/** Lines of at most so many columns. A word that is longer than a line stands alone and sticks out. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || width(longer) <= columns) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** A paragraph whose first line begins with `head`, the others under what stands after it. */
export function paragraph(head: string, text: string, columns: number): string[] {
  const indent = width(head)
  return wrap(text, columns - indent).map((line, at) => `${at === 0 ? head : ' '.repeat(indent)}${line}`)
}
