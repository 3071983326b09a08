/**
 * How faults of ours are logged.
 * Decides that an outage of the database is one short line now and then, however many requests and however much work in the
 * background meet it; must not decide what is a fault.
 */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { databaseUnavailable } from '../store/db.ts'

/** Between two lines about one outage. */
const AGAIN_MS = 10_000

type Log = Pick<FastifyBaseLogger, 'error' | 'warn'>
export type LogFault = (error: unknown, message: string, log?: Log) => void

/** Anything but an outage of the database is logged whole, with its stack. */
export function openFaultLog(log: Log, now: () => number = () => performance.now()): LogFault {
  let told = -Infinity
  let untold = 0
  return (error, message, own = log) => {
    if (!databaseUnavailable(asError(error))) return own.error({ err: error }, message)
    untold += 1
    if (now() - told < AGAIN_MS) return
    told = now()
    own.warn({ why: reasonOf(error), times: untold }, `the database does not answer: ${message}`)
    untold = 0
  }
}

/** pg-boss tells of errors in objects that are none: the code is in the words. */
function asError(error: unknown): unknown {
  if (error instanceof Error || typeof error !== 'object' || error === null || !('message' in error)) return error
  const message = String(error.message)
  return Object.assign(new Error(message), { code: /\bE[A-Z]{4,}\b/.exec(message)?.[0] })
}

function reasonOf(error: unknown): string {
  const known = asError(error)
  return (known instanceof Error ? known.message : String(known)).split('\n', 1)[0]?.slice(0, 200) ?? ''
}

/** One a server. */
const logs = new WeakMap<object, LogFault>()

/** Of a request, under its id. */
export function logFault(request: FastifyRequest, error: unknown, message: string): void {
  const { server } = request.server
  let log = logs.get(server)
  if (log === undefined) logs.set(server, (log = openFaultLog(request.log)))
  log(error, message, request.log)
}
