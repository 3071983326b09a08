/**
 * Finds what somebody probably meant to write.
 * Decides when a guess is near enough to be offered; must not decide anything else.
 */

/** The candidate nearest to `word` without regard to case, if it is near enough to be a slip of the hand. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3))
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > most) continue
    const distance = edits(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= most && (best === undefined || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate
}

/** A sentence that helps: the nearest candidate, else all of them when they are few. */
export function suggestion(word: string, candidates: readonly string[], none: string): string {
  const guess = nearest(word, candidates)
  if (guess !== undefined) return `Did you mean "${guess}"?`
  if (candidates.length === 0) return none
  return `Possible here: ${candidates.slice(0, 12).join(', ')}${candidates.length > 12 ? ', …' : ''}.`
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment). */
function edits(from: string, to: string): number {
  let before: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let cost = Math.min(cell(above, j) + 1, cell(row, j - 1) + 1, cell(above, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        cost = Math.min(cost, cell(before, j - 2) + 1)
      row.push(cost)
    }
    before = above
    above = row
  }
  return cell(above, to.length)
}

const cell = (row: readonly number[], at: number): number => row[at] ?? 0
