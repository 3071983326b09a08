/**
 * A connection guide as lines of plain text.
 * Decides layout only; must not add a word of its own or know a terminal.
 */
import type { Block, Guide, Step } from './shape.ts'

/** Breaks a line between words, so that with `indent` columns before it, it fits. */
export type Wrap = (text: string, indent: number) => readonly string[]

export interface PlainPart {
  readonly title: string
  readonly lines: readonly string[]
}

/** The parts of a guide. What is to be pasted is never broken. */
export const plainOf = (guide: Guide, wrap: Wrap): readonly PlainPart[] =>
  guide.parts.map(({ title, blocks }) => ({
    title,
    lines: blocks.flatMap((block, at) => [...(at === 0 ? [] : ['']), ...blockOf(block, wrap)]),
  }))

/** Emphasis goes; the marks of code stay, since they say where a value begins and ends. */
const bare = (line: string): string => line.replaceAll(/\*([^*`\n]+)\*/g, '$1')

function blockOf(block: Block, wrap: Wrap): readonly string[] {
  switch (block.kind) {
    case 'text':
      return wrap(bare(block.text), 0)
    case 'list':
      return block.items.flatMap((item) => hanging('- ', item, wrap))
    case 'table':
      return tableOf(block.rows, wrap)
    case 'steps':
      return block.steps.flatMap((step, at) => stepOf(step, { at, wrap }))
  }
}

function stepOf({ say, fields = [], paste }: Step, { at, wrap }: { at: number; wrap: Wrap }): readonly string[] {
  const wide = Math.max(0, ...fields.map(([field]) => bare(field).length))
  const short = wide <= 36
  return [
    ...hanging(`${at + 1}. `, say, wrap),
    ...fields.flatMap(([field, value]) =>
      short
        ? hanging(`     ${bare(field).padEnd(wide)}  `, value, wrap)
        : [`     ${bare(field)}`, ...hanging('       ', value, wrap)],
    ),
    ...(paste === undefined ? [] : ['', ...paste.split('\n').map((line) => `     ${line}`), '']),
  ]
}

function hanging(mark: string, text: string, wrap: Wrap): readonly string[] {
  return wrap(bare(text), mark.length).map((line, at) => `${at === 0 ? mark : ' '.repeat(mark.length)}${line}`)
}

/** A row is its first cell, and below it the others: in columns, cells as long as these would fit no terminal. */
function tableOf(rows: readonly (readonly string[])[], wrap: Wrap): readonly string[] {
  return rows.flatMap(([first = '', ...others]) => [
    ...hanging('- ', first, wrap),
    ...others.flatMap((cell) => hanging('    ', cell, wrap)),
  ])
}
