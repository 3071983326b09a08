/**
 * Holds every answer of the admin API to what its route declares.
 * Decides which problems every route may answer with; must not change an answer in production.
 */
import type { FastifyInstance } from 'fastify'
import { problem, PROBLEMS, type ProblemCode } from '../../contract/problem.ts'
import { PROBLEM_MEDIA_TYPE } from './problems.ts'

const EVERYWHERE = [
  'bad-request',
  'not-signed-in',
  'not-allowed',
  'too-large',
  'wrong-media-type',
  'invalid',
  'fault',
  'unavailable',
] as const

type ProblemResponse = {
  readonly description: string
  readonly content: { readonly [PROBLEM_MEDIA_TYPE]: { readonly schema: typeof problem } }
}

/** The response schemas of the problems a route may answer with, those of every route included. */
export function problems<const C extends ProblemCode>(
  ...codes: C[]
): Record<(typeof PROBLEMS)[C]['status'], ProblemResponse> {
  const responses = [...EVERYWHERE, ...codes].map((code): [number, ProblemResponse] => [
    PROBLEMS[code].status,
    { description: PROBLEMS[code].title, content: { [PROBLEM_MEDIA_TYPE]: { schema: problem } } },
  ])
  return Object.fromEntries(responses) as Record<(typeof PROBLEMS)[C]['status'], ProblemResponse>
}

/** An answer with another status is a mistake of ours: it fails loudly wherever developers are, and is logged where customers are. */
export function requireDeclaredStatuses(scope: FastifyInstance, production: boolean): void {
  scope.addHook('onSend', async (request, reply, payload) => {
    const declared = request.routeOptions.schema?.response
    if (request.is404 || (typeof declared === 'object' && declared !== null && reply.statusCode in declared))
      return payload
    const message = `${request.method} ${request.routeOptions.url ?? request.url} answered ${reply.statusCode}, which it does not declare`
    request.log.error(message)
    if (production) return payload
    throw new Error(message)
  })
}
