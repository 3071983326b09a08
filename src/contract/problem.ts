/**
 * How the admin API says no: problem details (RFC 9457) with a closed list of codes.
 * Decides codes, titles and statuses; must not know which part of the server found the problem.
 */
import { z } from 'zod'

/** One row a code. `title` never changes for a code (RFC 9457 section 3.1.3); what happened this time is in `detail`. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request cannot be read' },
  'policy-invalid': { status: 400, title: 'The policy cannot be used' },
  'not-signed-in': { status: 401, title: 'No valid API key' },
  'not-allowed': { status: 403, title: 'The role of this API key may not do this' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, title: 'This address does not know the method' },
  conflict: { status: 409, title: 'This cannot be done in the present state' },
  'too-large': { status: 413, title: 'The request is too large' },
  'wrong-media-type': { status: 415, title: 'The content type is not JSON' },
  invalid: { status: 422, title: 'A value is not possible' },
  'too-many': { status: 429, title: 'Too many requests' },
  fault: { status: 500, title: 'Something went wrong on this server' },
  unavailable: { status: 503, title: 'The server cannot answer just now' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]

export const problem = z
  .object({
    type: z.string().describe('`urn:rollcall:problem:` and the code.'),
    title: z.string().describe('What kind of problem; the same text for the same code.'),
    status: z.int().describe('The HTTP status, once more.'),
    detail: z.string().describe('What was wrong this time, and what would be right.'),
    instance: z.string().describe('`urn:rollcall:request:` and the id under which the server logged this request.'),
    code: z.enum(codes).describe('What programs switch on.'),
    errors: z
      .array(
        z.object({
          path: z.string().describe('Where: `query.limit`, `params.app`, `body.name`.'),
          message: z.string().describe('What would be right there; with `policy-invalid`, what is wrong.'),
          fix: z.string().optional().describe('With `policy-invalid`: what would be right.'),
          line: z.int().optional().describe('Line of the text that was sent, from 1.'),
          column: z.int().optional().describe('Column in this line, from 1.'),
          character: z.int().optional().describe('Which character of an expression, from 1.'),
        }),
      )
      .optional()
      .describe('Every value that is not possible, with `invalid` and `policy-invalid` only.'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' })

export type ProblemDetails = z.output<typeof problem>
