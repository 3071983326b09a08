/**
 * Where in a YAML file a character of a text stands.
 * Decides how a text and the way it is written run in step; must not know what the text means.
 */
import type { Scalar } from 'yaml'

/** A text as the package has read it, with its place in the file. */
export type WrittenText = Pick<Scalar, 'type' | 'range' | 'value'>

/** Offset in the file of the `character`-th character (from 1) of a text; undefined where it is written in a way that cannot be followed. */
export function offsetOfCharacter(file: string, written: WrittenText, character: number): number | undefined {
  const { type, range, value } = written
  if (typeof value !== 'string' || range == null) return undefined
  const raw = file.slice(0, range[1])
  const quoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE'
  const block = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED'
  let at = block ? raw.indexOf('\n', range[0]) + 1 : range[0] + (quoted ? 1 : 0)
  for (let index = 0; ; index++) {
    // What stands at the beginning of a line to set it in is no part of the text.
    at = skipped(raw, at, value[index])
    if (index === character - 1) return at
    const wide = index < value.length ? widthOf(raw, at, { value: value[index] ?? '', type }) : undefined
    if (wide === undefined) return undefined
    at += wide
  }
}

const isBlank = (text: string | undefined): boolean => text === ' ' || text === '\t' || text === '\n' || text === '\r'

function skipped(raw: string, from: number, wanted: string | undefined): number {
  if (wanted === undefined || isBlank(wanted)) return from
  let at = from
  while (isBlank(raw[at])) at++
  return at
}

/** How many characters of the file stand for one of the text; undefined if they are others. */
function widthOf(
  raw: string,
  at: number,
  { value, type }: { readonly value: string; readonly type: WrittenText['type'] },
): number | undefined {
  const here = raw[at]
  if (type === 'QUOTE_DOUBLE' && here === '\\') return escapeWidth(raw[at + 1])
  if (type === 'QUOTE_SINGLE' && here === "'") return value === "'" ? 2 : undefined
  if (here === value) return 1
  // A line break that is folded counts as a blank.
  return isBlank(here) && isBlank(value) ? 1 : undefined
}

const escapeWidth = (letter: string | undefined): number => ({ x: 4, u: 6, U: 10 })[letter ?? ''] ?? 2
