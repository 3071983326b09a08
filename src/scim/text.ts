/**
 * When two texts are the same text, and which comes first.
 * Decides folding and order for filters and sorting; must not change what is stored or shown.
 */

const ASCII = /^[\u0000-\u007f]*$/

/**
 * The form in which texts are compared without regard to case (caseExact false): canonical composition, then every
 * character in lower case by itself, which is what PostgreSQL's `lower(normalize(x))` does under `pg_c_utf8`.
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  let folded = ''
  for (const character of text.normalize('NFC')) folded += character === 'İ' ? 'i' : character.toLowerCase()
  return folded
}

/** Order by code point, as PostgreSQL's C collation sorts UTF-8; `<` on strings would put U+1F600 before U+FF21. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a === b) continue
    // Surrogates stand for the code points above everything else a single unit can be.
    const astral = Number(isSurrogate(a)) - Number(isSurrogate(b))
    return astral === 0 ? a - b : astral
  }
  return left.length - right.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
