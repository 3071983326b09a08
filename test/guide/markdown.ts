/**
 * A connection guide as a page of docs/guide.
 * Decides layout only; must not add a word of its own.
 */
import type { Block, Guide, Step } from '../../src/contract/guide/shape.ts'

/** The page, ending in a line break. */
export function markdownOf(guide: Guide): string {
  return [
    `# ${guide.title}`,
    guide.intro,
    ...guide.parts.flatMap(({ title, blocks }) => [`## ${title}`, ...blocks.map(blockOf)]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'text':
      return block.text
    case 'list':
      return block.items.map((item) => `- ${item}`).join('\n')
    case 'table':
      return tableOf(block.heading, block.rows)
    case 'steps':
      return block.steps.map(stepOf).join(block.steps.some(hasMore) ? '\n\n' : '\n')
  }
}

const hasMore = ({ fields, paste }: Step): boolean => fields !== undefined || paste !== undefined

function stepOf({ say, fields, paste }: Step, at: number): string {
  const inside = [
    ...(fields === undefined ? [] : [tableOf(['field', 'value'], fields)]),
    ...(paste === undefined ? [] : [`\`\`\`${paste.startsWith('{') ? 'json' : 'sh'}\n${paste}\n\`\`\``]),
  ]
  return [`${at + 1}. ${say}`, ...inside.map((block) => `\n${indent(block)}`)].join('\n')
}

const indent = (block: string): string => block.replaceAll(/^/gm, '   ')

function tableOf(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')
}
