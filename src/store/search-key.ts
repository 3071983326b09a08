/**
 * What texts are searched by where an index holds them.
 * Decides how much of a text that is; must not know where it is kept.
 */
import { fold } from '../scim/text.ts'

/** Characters of a text in an index, which has no place for long ones. In SQL: `left(scim_fold(text), 200)`. */
const LONGEST_KEY = 200

/** The folded beginning of a text. */
export function searchKey(text: string): string {
  const folded = fold(text)
  return folded.length <= LONGEST_KEY ? folded : Array.from(folded).slice(0, LONGEST_KEY).join('')
}

/** Whether a text with this key is surely the one that is meant: nothing was cut off. */
export const isWhole = (key: string): boolean => Array.from(key).length < LONGEST_KEY
