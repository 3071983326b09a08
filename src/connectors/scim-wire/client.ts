/**
 * Signed calls to a SCIM server.
 * Decides what a success is, when a call is made again and how long a begun attempt waits; must not know what is asked.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { ConnectorError, type ConnectorIo, type HttpRequest, type HttpResponse } from '../contract.ts'
import { parseRecord, type ScimRecord } from './record.ts'
import { refused, ScimRefused } from './refusal.ts'

export interface Call {
  readonly method: HttpRequest['method']
  /** Below the base, beginning with a slash; ids in it are encoded already. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The entity tag of what was read (RFC 7644 section 3.14). */
  readonly ifMatch?: string | undefined
  /** It changes something. */
  readonly writes?: true
  readonly maxBytes?: number
}

export interface Answer {
  /** Empty where the answer had no body. */
  readonly body: ScimRecord
  readonly etag?: string
  readonly location?: string
}

/** Makes one call of an attempt. Throws {@link ScimRefused} where the server said no. */
export type Ask = (call: Call) => Promise<Answer>

/** What opens the server, and where it is. */
export interface Pass {
  readonly authorization: string
  /** Without a slash at its end. */
  readonly base: string
}

export interface Door {
  /** One that is good for now. */
  pass(): Promise<Pass>
  /** One that is newer than the one that was refused with 401; the same where there is no other. */
  after(refusedOne: Pass): Promise<Pass>
}

export interface Client {
  /**
   * Begins an attempt: the calls that together make one read or one change. Until something was written a 429 is passed on
   * at once, so that somebody's deactivation never stands behind a throttled change of theirs; later calls wait, within
   * the patience, so that what has begun is finished.
   */
  begin(attempt: { readonly patienceMs: number; readonly correlation?: string }): Ask
}

interface Site {
  /** How people know the server. */
  readonly who: string
  readonly door: Door
  readonly io: ConnectorIo
}

const SCIM = 'application/scim+json'

export function openClient({ who, door, io }: Site): Client {
  // RFC 7644 section 3.1; some servers read plain JSON only.
  let contentType = SCIM

  const send = (pass: Pass, call: Call, correlation: string | undefined): Promise<HttpResponse> => {
    const query = new URLSearchParams(call.query).toString()
    return io.fetch({
      method: call.method,
      url: `${pass.base}${call.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        accept: `${SCIM}, application/json`,
        authorization: pass.authorization,
        ...(call.body === undefined ? {} : { 'content-type': contentType }),
        ...(call.ifMatch === undefined ? {} : { 'if-match': call.ifMatch }),
      },
      ...(correlation === undefined ? {} : { correlation }),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.maxBytes === undefined ? {} : { maxBytes: call.maxBytes }),
    })
  }

  /** A 401 means that the pass has ended, once; a second one is about the credentials. */
  const sendSigned = async (call: Call, correlation: string | undefined): Promise<HttpResponse> => {
    const pass = await door.pass()
    const response = await send(pass, call, correlation)
    if (response.status === 401) {
      const next = await door.after(pass)
      return next.authorization === pass.authorization ? response : send(next, call, correlation)
    }
    if (response.status !== 415 || call.body === undefined || contentType !== SCIM) return response
    contentType = 'application/json'
    return send(pass, call, correlation)
  }

  return {
    begin: ({ patienceMs, correlation }) => {
      let begun = false
      let patience = patienceMs
      return async (call) => {
        for (let delay = 500; ; delay *= 2) {
          try {
            const what = `${call.method} ${call.path}`
            const answer = readAnswer(await sendSigned(call, correlation), { who, what, now: io.now() })
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
  if (!(error instanceof ScimRefused) || error.refusal.code !== 'throttled') return undefined
  return error.refusal.after === undefined ? delay : Math.max(0, error.refusal.after.getTime() - now.getTime())
}

function readAnswer(response: HttpResponse, asked: { who: string; what: string; now: Date }): Answer {
  if (response.status < 200 || response.status > 299) throw refused(response, asked)
  const body = response.text.trim() === '' ? {} : parseRecord(response.text)
  if (body === undefined) {
    const detail = `The answer of ${asked.who} to ${asked.what} is no JSON object. Check the url of this app.`
    throw new ConnectorError({ code: 'answer-unexpected', retry: 'soon', detail })
  }
  const { etag, location } = response.headers
  return { body, ...(etag === undefined ? {} : { etag }), ...(location === undefined ? {} : { location }) }
}
