/**
 * How the admin API hands out long lists.
 * Decides the frame of a page; must not know how a cursor is made.
 */
import { z } from 'zod'

export const LARGEST_PAGE = 200
export const PAGE = 50

/** The query of every list. */
export const pageQuery = z.object({
  limit: z.coerce.number<string>().int().min(1).max(LARGEST_PAGE).default(PAGE).describe('Most items in this page.'),
  cursor: z.string().min(1).max(500).optional().describe('`next` of the page before, as it was given.'),
})

/** A page of `item`; `id` names the schema in the OpenAPI document. */
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z
    .object({
      items: z.array(item),
      next: z.string().nullable().describe('Cursor of the next page; null when this is the last one.'),
    })
    .meta({ id })

/** An id as rollcall.yaml has it. */
export const idParam = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'an id of 1 to 63 lower-case letters, digits and hyphens')

/** An instant as the API writes it: RFC 3339 in UTC. */
export const instant = z.iso.datetime()
