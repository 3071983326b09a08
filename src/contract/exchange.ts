/**
 * The SCIM log: the last exchanges of a connection.
 * Decides fields and their meaning; must not decide what is redacted.
 */
import { z } from 'zod'
import { instant, pageOf, pageQuery } from './paging.ts'

export const exchange = z
  .object({
    id: z.int().describe('Grows with time; `after` takes it.'),
    time: instant,
    method: z.string(),
    path: z.string().describe('With its query.'),
    status: z.int().describe('What was answered.'),
    durationMs: z.number(),
    requestId: z.string(),
    userAgent: z
      .string()
      .nullable()
      .describe('What the client called itself; empty where the header was there and empty, null without it.'),
    understood: z
      .array(z.object({ code: z.string(), detail: z.string() }))
      .describe('What was read otherwise than it was written, or forgiven; empty when nothing was.'),
    why: z.string().nullable().describe('Why it was refused; null when it was not.'),
    body: z.unknown().describe('What was sent, redacted and shortened; null when nothing was.'),
  })
  .meta({ id: 'Exchange' })

export const exchangeQuery = pageQuery.extend({
  after: z.coerce
    .number<string>()
    .int()
    .min(0)
    .optional()
    .describe('Only exchanges later than the one with this id, oldest first; for following the log.'),
})

export const exchangePage = pageOf(exchange, 'ExchangePage')

export type Exchange = z.output<typeof exchange>
