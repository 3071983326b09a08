/**
 * From what went wrong to the problem details the caller of the admin API hears.
 * Decides code and words; must not say more of a fault than its id.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { databaseUnavailable } from '../../store/db.ts'
import { requestFault } from '../errors.ts'
import { logFault } from '../fault-log.ts'
import { PROBLEMS, type ProblemCode, type ProblemDetails } from '../../contract/problem.ts'

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** Thrown by handlers and hooks: a refusal with words for the caller. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly errors: ProblemDetails['errors']

  constructor(code: ProblemCode, detail: string, errors?: ProblemDetails['errors']) {
    super(detail)
    this.code = code
    this.errors = errors
  }
}

/** What Fastify itself refuses, by its code. */
const FRAMEWORK: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large', 'The body is larger than this address accepts.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['wrong-media-type', 'Send content-type application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    'bad-request',
    'The content type says JSON but there is no body. Send one, or leave the content type out.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad-request', 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad-request', 'The content-length does not match the body.'],
  FST_ERR_BAD_URL: ['bad-request', 'The address holds an escape that is not valid.'],
}

/** Any error as a problem; `fault` when the cause is ours and belongs into the log. */
export function problemOf(error: unknown, requestId: string): { readonly problem: Problem; readonly fault: boolean } {
  if (error instanceof Problem) return { problem: error, fault: false }
  if (hasZodFastifySchemaValidationErrors(error)) return { problem: invalid(error), fault: false }
  const known = FRAMEWORK[errorCode(error)]
  if (known !== undefined) return { problem: new Problem(...known), fault: false }
  const refused = requestFault(error)
  if (refused !== undefined) return { problem: new Problem('bad-request', refused), fault: false }
  if (databaseUnavailable(error))
    return { problem: new Problem('unavailable', 'The database does not answer just now. Try again.'), fault: true }
  return { problem: new Problem('fault', `The log of the server has the cause under ${requestId}.`), fault: true }
}

function invalid(error: {
  validation: readonly { instancePath: string; message?: string | undefined }[]
  validationContext?: string | undefined
}): Problem {
  const context = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'request')
  const errors = error.validation.map(({ instancePath, message }) => ({
    path: [context, ...instancePath.split('/').filter((part) => part !== '')].join('.'),
    message: message ?? 'not possible',
  }))
  return new Problem('invalid', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors)
}

/** Answers with problem details; the body is written here, so that an error never fails in a second schema. */
export function answerProblem(cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem, fault } = problemOf(cause, request.id)
  if (fault) logFault(request, cause, 'a request to the admin API failed')
  const { status, title } = PROBLEMS[problem.code]
  const body: ProblemDetails = {
    type: `urn:rollcall:problem:${problem.code}`,
    title,
    status,
    detail: problem.message,
    instance: `urn:rollcall:request:${request.id}`,
    code: problem.code,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="rollcall"')
  if (status === 503) reply.header('retry-after', '5')
  return reply.code(status).serializer(JSON.stringify).type(PROBLEM_MEDIA_TYPE).send(body)
}

const isError = (error: unknown): error is FastifyError => error instanceof Error
const errorCode = (error: unknown): string => (isError(error) && typeof error.code === 'string' ? error.code : '')
