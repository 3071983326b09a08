/**
 * Cursors of the admin API: the key of the last item, not readable at a glance.
 * Decides their form; must not trust what comes back.
 */
import type { z } from 'zod'
import { Problem } from './problems.ts'

export const encodeCursor = (key: unknown): string | null =>
  key === undefined ? null : Buffer.from(JSON.stringify(key)).toString('base64url')

/** The key in a cursor we gave; 422 for anything else. */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined
  const parsed = schema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (parsed.success) return parsed.data
  const message = 'Use `next` of the page before, as it was given.'
  throw new Problem('invalid', `query.cursor: ${message}`, [{ path: 'query.cursor', message }])
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
