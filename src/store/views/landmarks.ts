/**
 * Where pages of a list began, so that a later page need not pass over all rows before it.
 * Decides how many are remembered and when they are forgotten; must not read a list.
 */

/** So many resources stand before and at this position of the list. */
export interface Landmark {
  readonly rank: number
  readonly seq: number
}

export interface Landmarks {
  /** The last one at or before so many resources; undefined where there is none. */
  before(rank: number): Landmark | undefined
  /** How often the list had shifted when its landmarks were seen. */
  readonly shifts: number | undefined
  /** Landmarks of an older state of the list are forgotten; those of a newer one stay. */
  shifted(shifts: number): void
  /** As {@link shifted}; then this is one, unless it is of an older state itself. */
  add(landmark: Landmark, shifts: number): void
}

/** Of one list. Twice as many as this are never held. */
const MOST = 2_000
/** Lists of which landmarks are held. */
const MOST_LISTS = 500

export function landmarks(): Landmarks {
  let held: Landmark[] = []
  let at: number | undefined
  const shifted = (shifts: number): void => {
    if (at === undefined || shifts > at) [held, at] = [[], shifts]
  }
  return {
    get shifts() {
      return at
    },
    before: (rank) => held[firstAfter(held, rank) - 1],
    shifted,
    add: (landmark, shifts) => {
      shifted(shifts)
      if (at !== shifts) return
      const place = firstAfter(held, landmark.rank)
      if (held[place - 1]?.rank === landmark.rank) held[place - 1] = landmark
      else held.splice(place, 0, landmark)
      if (held.length >= 2 * MOST) held = held.filter((_, index) => index % 2 === 0)
    },
  }
}

/** Of all lists of a database; those that nobody has asked for in a long time go first. */
export function landmarksOfLists(): (key: string) => Landmarks {
  const lists = new Map<string, Landmarks>()
  return (key) => {
    const known = lists.get(key) ?? landmarks()
    lists.delete(key)
    lists.set(key, known)
    for (const oldest of lists.keys()) {
      if (lists.size <= MOST_LISTS) break
      lists.delete(oldest)
    }
    return known
  }
}

/** Where the first one with a greater rank stands, or would stand. */
function firstAfter(held: readonly Landmark[], rank: number): number {
  let [low, high] = [0, held.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((held[middle]?.rank ?? Infinity) > rank) high = middle
    else low = middle + 1
  }
  return low
}
