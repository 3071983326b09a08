/**
 * Signed calls to the tenant's API.
 * Decides what a success is, when a call is made again and how long a begun attempt waits; must not know users.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { ConnectorError, type ConnectorIo, type HttpRequest, type HttpResponse } from '../contract.ts'
import { isSuccess } from './discovery.ts'
import { CxoneRefused, parse, refused } from './refusal.ts'
import { fromBetween } from './session-refusal.ts'
import type { Session, Sessions } from './session.ts'

export interface Call {
  readonly method: HttpRequest['method']
  /** Below the API endpoint, beginning with a slash. */
  readonly path: string
  readonly body?: unknown
  /** It changes something in CXone. */
  readonly writes?: true
  readonly maxBytes?: number
  readonly totalMs?: number
}

/** Makes one call of an attempt. Throws {@link CxoneRefused} where CXone said no, also in a 200. */
export type Ask = <T>(call: Call, schema: z.ZodType<T>) => Promise<T>

export interface Client {
  /**
   * Begins an attempt: the calls that together make one read or one change. Until something was written a 429 is passed
   * on at once, so that somebody's deactivation never stands behind a throttled change of theirs; later calls wait, within
   * the patience, so that what has begun is finished.
   */
  begin(attempt: { readonly patienceMs: number; readonly correlation?: string }): Ask
}

export function openClient(sessions: Sessions, io: ConnectorIo): Client {
  const send = (session: Session, call: Call, correlation: string | undefined): Promise<HttpResponse> =>
    io.fetch({
      method: call.method,
      url: session.apiEndpoint + call.path,
      headers: {
        // Without it CXone answers with a text that is no JSON (section 5).
        accept: 'application/json',
        authorization: `Bearer ${session.token}`,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(correlation === undefined ? {} : { correlation }),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.maxBytes === undefined ? {} : { maxBytes: call.maxBytes }),
      ...(call.totalMs === undefined ? {} : { totalMs: call.totalMs }),
    })

  /** A 401 means that the session has ended, once; a second one is about the key. */
  const sendSigned = async (call: Call, correlation: string | undefined): Promise<HttpResponse> => {
    const session = await sessions.current()
    const response = await send(session, call, correlation)
    return response.status === 401 ? send(await sessions.after(session), call, correlation) : response
  }

  return {
    begin: ({ patienceMs, correlation }) => {
      let begun = false
      let patience = patienceMs
      return async (call, schema) => {
        for (let delay = 500; ; delay *= 2) {
          try {
            const answer = readAnswer(await sendSigned(call, correlation), { call, schema, now: io.now() })
            begun ||= call.writes === true
            return answer
          } catch (error) {
            const pause = begun ? pauseFor(error, delay, io.now()) : undefined
            if (pause === undefined || pause > patience) throw error
            patience -= pause
            await wait(pause)
          }
        }
      }
    },
  }
}

function pauseFor(error: unknown, delay: number, now: Date): number | undefined {
  if (!(error instanceof CxoneRefused) || error.refusal.code !== 'throttled') return undefined
  return error.refusal.after === undefined ? delay : Math.max(0, error.refusal.after.getTime() - now.getTime())
}

/** Where a page of HTML is that of a proxy; CXone itself may have one for what it does not have or cannot do. */
const DOORS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308, 401, 403, 407])

interface Reading<T> {
  readonly call: Call
  readonly schema: z.ZodType<T>
  readonly now: Date
}

function readAnswer<T>(response: HttpResponse, { call, schema, now }: Reading<T>): T {
  const what = `${call.method} ${call.path.split('?')[0]}`
  const between = DOORS.has(response.status) || isSuccess(response) ? fromBetween(response, what) : undefined
  if (between !== undefined) throw between
  if (!isSuccess(response)) throw refused(response, what, now)
  const body = response.text.trim() === '' ? {} : parse(response.text)
  // A 200 may hide a failure (section 7).
  if (isFailure(body)) throw refused(response, what, now)
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const why = body === undefined ? 'it is not JSON' : (z.prettifyError(parsed.error).split('\n')[0] ?? '')
  const detail = `The answer of CXone to ${what} is not what it documents: ${why}.`
  throw new ConnectorError({ code: 'answer-unexpected', retry: 'soon', detail })
}

const isFailure = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  'success' in body &&
  (body.success === false || String(body.success).toLowerCase() === 'false')
