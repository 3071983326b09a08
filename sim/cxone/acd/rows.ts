// Decides how the results of a batch come back: a row each, failed ones inside an answer that looks fine (facts 7).
import type { FastifyReply } from 'fastify'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'

export interface RowResult {
  readonly success: boolean
  readonly error: string | null
  readonly [id: string]: unknown
}

/** Does one row; what it cannot do becomes the row's error and stops nobody else. */
export function row(
  id: Readonly<Record<string, unknown>>,
  act: () => Readonly<Record<string, unknown>> | undefined,
): RowResult {
  try {
    return { ...id, ...act(), success: true, error: null }
  } catch (cause) {
    if (cause instanceof Refusal) return { ...id, success: false, error: cause.message }
    throw cause
  }
}

export interface Dress {
  /** `agentResults`, `skillResults` or `results`. */
  readonly key: string
  /** Whether the facts put it inside `resultSet`. */
  readonly wrapped: boolean
}

export function sendRows(
  reply: FastifyReply,
  results: readonly RowResult[],
  dress: Dress & { world: World },
): FastifyReply {
  const { switches } = dress.world
  const errorCount = results.filter(({ success }) => !success).length
  const body = { errorCount, [dress.key]: results }
  const wrapped = switches.rowWrapping === 'always' || (switches.rowWrapping === 'documented' && dress.wrapped)
  const failed = results.length > 0 && errorCount === results.length
  return reply.code(failed ? switches.allRowsFailed : 200).send(wrapped ? { resultSet: body } : body)
}
