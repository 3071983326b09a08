/**
 * Lists longer than a page.
 * Decides how many pages are read; must not know what is listed.
 */

interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

const PAGE = 200

/** Reads pages until there are `limit` items or no more; `next` is the cursor to go on with. */
export async function readPages<T>(
  limit: number,
  read: (query: { limit: number; cursor: string | undefined }) => Promise<Page<T>>,
): Promise<{ items: T[]; next: string | null }> {
  const items: T[] = []
  let next: string | null = null
  do {
    const page = await read({ limit: Math.min(PAGE, limit - items.length), cursor: next ?? undefined })
    items.push(...page.items)
    next = page.next
  } while (next !== null && items.length < limit)
  return { items, next }
}
