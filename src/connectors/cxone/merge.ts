/**
 * One user out of what several reads say of it.
 * Decides which read is believed field by field; must not call CXone.
 */
import type { RawUser, User } from './schema.ts'

/**
 * The earlier read is believed, except where it says nothing and a later one does: versions of the API differ in what
 * they return (facts, section 4.1), so empty may mean "not told". Fields of `firstOnly` are never taken from a later
 * read: it may be older than what was just emptied. Nothing for no reads.
 */
export function mergeReads(reads: readonly User[], firstOnly: readonly string[] = []): User | undefined {
  const [first, ...others] = reads
  if (first === undefined) return undefined
  const raw: Record<string, unknown> = { ...first.raw }
  for (const other of others) {
    fill(raw, Object.fromEntries(Object.entries(other.raw).filter(([name]) => !firstOnly.includes(name))))
  }
  const status = reads.find((read) => read.status !== 'UNKNOWN')?.status ?? 'UNKNOWN'
  return {
    id: first.id,
    userName: first.userName || (others.find((read) => read.userName)?.userName ?? ''),
    status,
    raw,
  }
}

function fill(raw: Record<string, unknown>, other: RawUser): void {
  for (const [name, value] of Object.entries(other)) {
    if (!(name in raw) || (isEmpty(raw[name]) && !isEmpty(value))) raw[name] = value
  }
}

export const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value).length === 0)
