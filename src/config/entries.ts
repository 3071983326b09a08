/**
 * Reads lists of rollcall.yaml entry by entry, so that one bad entry does not hide what is wrong with the others.
 * Decides that an id stands in a list once; must not know what an entry means.
 */
import type { z } from 'zod'
import { problemAt, problemsOf } from './issues.ts'
import type { Path } from './problem.ts'
import type { Reading } from './reading.ts'

/** One entry, and where it stands. It may be anything: its lists are read even when the entry itself is wrong. */
export interface Entry {
  readonly value: unknown
  readonly path: Path
}

/** The entries of a list, whatever they are; an id that stands there twice is reported. What is no list is the schema's business. */
export function entries(reading: Reading, { value, path }: Entry, key: string): Entry[] {
  const list: readonly unknown[] = isRecord(value) && Array.isArray(value[key]) ? value[key] : []
  const found = list.map((item, index) => ({ value: item, path: [...path, key, index] }))
  const first = new Map<string, Path>()
  for (const entry of found) {
    const id = idOf(entry.value)
    if (id === undefined) continue
    const at = typeof entry.value === 'string' ? entry.path : [...entry.path, 'id']
    const before = first.get(id)
    if (before === undefined) {
      first.set(id, at)
      continue
    }
    const { line } = reading.source.locate(before)
    const fix = `It is already in line ${line}: take another id, or remove one.`
    reading.problems.push(problemAt(reading.source, at, { message: `"${id}" is here twice`, fix }))
  }
  return found
}

export async function each<T>(list: readonly Entry[], read: (entry: Entry) => Promise<T | undefined>): Promise<T[]> {
  const done: T[] = []
  for (const entry of list) {
    const value = await read(entry)
    if (value !== undefined) done.push(value)
  }
  return done
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The id of an entry, or the entry itself where the list is one of ids. */
export function idOf(value: unknown): string | undefined {
  const id = isRecord(value) ? value['id'] : value
  return typeof id === 'string' ? id : undefined
}

/** Parses one entry; `whole` is the schema that knows the names of all its keys. */
export function parse<S extends z.ZodType>(
  reading: Reading,
  entry: Entry,
  by: { schema: S; whole: z.ZodType },
): z.output<S> | undefined {
  const parsed = by.schema.safeParse(entry.value)
  if (parsed.success) return parsed.data
  reading.problems.push(...problemsOf(parsed.error, { source: reading.source, base: entry.path, schema: by.whole }))
  return undefined
}
