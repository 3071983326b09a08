/**
 * What an unhappy answer of a SCIM server means: RFC 7644 section 3.12, RFC 6585 section 4.
 * Decides code and retry class from status and body; must not call anything, nor repeat what was sent.
 */
import { ConnectorError, type HttpResponse, type Refusal } from '../contract.ts'
import { retryAfter } from '../http.ts'
import { field, isRecord, parseRecord, textOf, type ScimRecord } from './record.ts'

/** The server answered, and the answer was no. */
export class ScimRefused extends ConnectorError {
  readonly status: number
  /** Such as `uniqueness`; empty where it gave none. */
  readonly scimType: string
  /** What it said, in its own words; empty if nothing. */
  readonly said: string
  constructor(refusal: Omit<Refusal, 'ok'>, answer: Pick<ScimRefused, 'status' | 'scimType' | 'said'>) {
    super(refusal)
    this.name = 'ScimRefused'
    this.status = answer.status
    this.scimType = answer.scimType
    this.said = answer.said
  }
}

/** The request was understood and is not possible as it stands; it has changed nothing. */
export const isRefusedAsAsked = (error: unknown): error is ScimRefused =>
  error instanceof ScimRefused && error.refusal.code === 'value-invalid'

/** There is nothing at this address. */
export const isNotThere = (error: unknown): error is ScimRefused =>
  error instanceof ScimRefused && (error.status === 404 || error.status === 410)

/** Somebody else has changed it since it was read (RFC 7644 section 3.14). */
export const isOutOfDate = (error: unknown): error is ScimRefused =>
  error instanceof ScimRefused && error.status === 412

/** RFC 7644 section 3.12: another resource has a value that must be unique. */
export const isDuplicate = (error: unknown): error is ScimRefused =>
  error instanceof ScimRefused && (error.status === 409 || error.scimType === 'uniqueness')

/** The server does not do this at all, whatever it is asked for. */
export const isUnsupported = (error: unknown): error is ScimRefused =>
  error instanceof ScimRefused && (error.status === 405 || error.status === 501)

/** What was asked, by whom: `who` names the server to people, `what` the call, `now` dates a Retry-After in seconds. */
export interface Asked {
  readonly who: string
  readonly what: string
  readonly now: Date
}

/** Reads a refusal out of an answer that was not a success. */
export function refused(response: HttpResponse, { who, what, now }: Asked): ScimRefused {
  const body = parseRecord(response.text)
  const said = body === undefined ? plainWords(response.text) : sayings(body)
  const scimType = (body && textOf(field(body, 'scimType'))) ?? ''
  const after = retryAfter(response.headers['retry-after'], now)
  const words = [scimType, said].filter((part) => part !== '').join(': ')
  const detail = `${who} answered ${response.status} to ${what}${words === '' ? '' : ` (${words})`}.${hintFor(response.status)}`
  return new ScimRefused(
    { ...classify(response.status), detail, ...(after === undefined ? {} : { after }) },
    { status: response.status, scimType, said },
  )
}

function classify(status: number): Pick<Refusal, 'code' | 'retry'> {
  if (status === 401) return { code: 'credentials-refused', retry: 'later' }
  if (status === 403) return { code: 'right-missing', retry: 'later' }
  if (status === 429) return { code: 'throttled', retry: 'soon' }
  if (status === 502 || status === 503 || status === 504) return { code: 'unreachable', retry: 'soon' }
  if (status === 501) return { code: 'answer-unexpected', retry: 'later' }
  if (status >= 500) return { code: 'answer-unexpected', retry: 'soon' }
  if (status === 400 || status === 409 || status === 413 || status === 422)
    return { code: 'value-invalid', retry: 'never' }
  if (status === 412) return { code: 'answer-unexpected', retry: 'soon' }
  return { code: 'answer-unexpected', retry: 'later' }
}

function hintFor(status: number): string {
  if (status === 401) return ' Check the credentials under auth of this app.'
  if (status === 403) return ' Give these credentials the right to read and write users and groups.'
  if (status >= 300 && status < 400) return ' Put the address that it leads to under url of this app.'
  return status === 404 ? ' Check the url of this app.' : ''
}

/** Where servers speak to people, most telling first: SCIM, OAuth, and the usual envelopes. */
const SPEAKING = [
  'detail',
  'details',
  'error_description',
  'message',
  'error',
  'title',
  'description',
  'errors',
  'Errors',
]

function sayings(body: ScimRecord): string {
  const said = new Set<string>()
  const collect = (value: unknown): void => {
    const text = textOf(value)
    if (text !== null) said.add(text)
    else if (Array.isArray(value)) value.slice(0, 5).forEach(collect)
    else if (isRecord(value)) for (const name of SPEAKING) collect(value[name])
  }
  collect(body)
  return clip([...said].join('; '))
}

const plainWords = (text: string): string => clip(/<html|<!doctype/i.test(text) ? 'a web page instead of JSON' : text)

function clip(said: string): string {
  const line = said.replaceAll(/\s+/g, ' ').trim().replace(/[.]$/, '')
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
