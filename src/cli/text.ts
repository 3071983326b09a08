/**
 * Text on a terminal: how wide it is, and what may not be printed.
 * Decides nothing about layout.
 */

/** Names come from strangers: whatever would move the cursor, colour the screen or turn the writing direction is shown, not done. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    character === '\u200d' ? character : escaped(character),
  )

const escaped = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns a text takes: two for East Asian wide characters and emoji, none for marks. */
export function width(text: string): number {
  // Most of what is printed is ASCII, which needs no segmenting.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let columns = 0
  for (const { segment } of graphemes.segment(text))
    columns += /^\p{M}+$/u.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1
  return columns
}

const WIDE =
  /^[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\uff01-\uff60\uffe0-\uffe6]/u

/** The text in at most `columns`, with … where something is missing. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const wide = width(segment)
    if (used + wide > columns - 1) break
    kept += segment
    used += wide
  }
  return `${kept}…`
}

/** Filled up with blanks on the right. */
export const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - width(text)))
