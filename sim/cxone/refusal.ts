// Decides how a refusal looks on the wire: the error bodies of facts 7. Does not decide when to refuse.
import type { Switches } from './switches.ts'

/**
 * - `bad`: the request cannot be understood (400)
 * - `invalid`: a write with bad data (400, or 200 with success:false)
 * - `duplicate`: a userName that is taken (the same two ways)
 * - `unknownUser`, `unknown`: no such thing
 * - `forbidden`: the tenant does not allow it (403)
 * - `limit`: the business unit is full (400, 403, or 200 with success:false)
 */
export type RefusalKind = 'bad' | 'invalid' | 'duplicate' | 'unknownUser' | 'unknown' | 'forbidden' | 'limit'

/** Thrown by whatever cannot do what was asked; turned into an answer in one place. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  readonly code: string
  constructor(kind: RefusalKind, code: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.kind = kind
    this.code = code
  }
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export function answerTo(refusal: Refusal, switches: Switches): Answer {
  if (refusal.kind === 'unknownUser')
    return { status: switches.unknownUser, body: envelope(refusal.code, refusal.message) }
  if (refusal.kind === 'unknown') return { status: 404, body: envelope(refusal.code, refusal.message) }
  if (refusal.kind === 'forbidden' || (refusal.kind === 'limit' && switches.userLimit === 'forbidden'))
    return { status: 403, body: envelope(refusal.code, refusal.message) }
  const hidden =
    (refusal.kind === 'limit' && switches.userLimit === 'successFalse') ||
    (refusal.kind === 'duplicate' && switches.duplicateUserName === 'successFalse') ||
    (refusal.kind === 'invalid' && switches.invalidWrite === 'successFalse')
  if (!hidden) return { status: 400, body: envelope(refusal.code, refusal.message) }
  return { status: 200, body: { success: false, message: refusal.message, error: refusal.code, msg: refusal.message } }
}

/** Facts 7, UserHub 400. */
export function envelope(code: string, details: string): Record<string, unknown> {
  return { code, details, hostName: 'userhub-sim', entityType: 'USER', errors: [details] }
}

/** Facts 7, UserHub 401; used for every answer the facts give no body for. */
export function springBody(status: number, message: string, path: string): Record<string, unknown> {
  return { timestamp: new Date().toISOString(), status, error: REASONS[status] ?? 'Error', message, path }
}

/** Facts 7, authentication. */
export function authError(error: string, errorDescription: string): Record<string, unknown> {
  return { error, errorDescription }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}
