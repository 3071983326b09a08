/**
 * Keyset pages.
 * Decides how one more row than asked for tells that there is a next page; must not know any table.
 */

/** Part of a list, and the last key of it when there is more. */
export interface Part<T, K> {
  readonly items: readonly T[]
  readonly next: K | undefined
}

/** `rows` were read with a limit of `limit + 1`. */
export function partOf<R, T, K>(
  rows: readonly R[],
  limit: number,
  by: { item: (row: R) => T; key: (row: R) => K },
): Part<T, K> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(by.item), next: rows.length > limit && last !== undefined ? by.key(last) : undefined }
}

export const iso = (time: Date): string => time.toISOString()
export const isoOrNull = (time: Date | null): string | null => time?.toISOString() ?? null
