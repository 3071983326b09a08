/**
 * What an unhappy answer of CXone means (facts, section 7).
 * Decides code and retry class from status and body; must not call anything, nor repeat what was sent.
 */
import { ConnectorError, type HttpResponse, type Refusal } from '../contract.ts'
import { retryAfter } from '../http.ts'

/** CXone answered, and the answer was no. */
export class CxoneRefused extends ConnectorError {
  readonly status: number
  /** What it said, in its own words; empty if nothing. */
  readonly said: string
  constructor(refusal: Omit<Refusal, 'ok'>, status: number, said: string) {
    super(refusal)
    this.name = 'CxoneRefused'
    this.status = status
    this.said = said
  }
}

/** The request was understood and is not possible as it stands; it has changed nothing. */
export const isRefusedAsAsked = (error: unknown): error is CxoneRefused =>
  error instanceof CxoneRefused && error.refusal.code === 'value-invalid'

/** For one record: it is not there, as far as this source knows. */
export const isNotThere = (error: unknown): boolean =>
  error instanceof CxoneRefused && (error.status === 404 || error.status === 410 || isRefusedAsAsked(error))

/** Reads a refusal out of an answer that was not a success. `what` names the call, `now` dates a Retry-After in seconds. */
export function refused(response: HttpResponse, what: string, now: Date): CxoneRefused {
  const said = sayings(response.text)
  const detail = `CXone answered ${response.status} to ${what}${said === '' ? '' : `: ${said}`}${ending(said)}`
  const after = retryAfter(response.headers['retry-after'], now)
  const kind = classify(response.status, said)
  const hint = hintFor(kind.code, what)
  return new CxoneRefused(
    { ...kind, detail: `${detail}${hint}`, ...(after === undefined ? {} : { after }) },
    response.status,
    said,
  )
}

const ending = (said: string): string => (/[.!?]$/.test(said) ? '' : '.')

const KEYS_USER = 'Give the role of the key’s user'

/** What would be right, where the call says enough of it. */
function hintFor(code: string, what: string): string {
  if (code === 'credentials-refused')
    return ' Check that the access key is active and that its user has not been deactivated.'
  if (code !== 'right-missing') return ''
  if (/login-authenticator/.test(what)) return ` ${KEYS_USER} Login Authenticator Edit.`
  if (/access-key/.test(what)) return ` ${KEYS_USER} Access Key View.`
  if (/incontactapi/.test(what))
    return ` ${KEYS_USER} View and Edit of ACD users, skills and groups, and View of teams and the business unit.`
  return ` ${KEYS_USER} Employees View, Create and Edit, and View of roles and teams.`
}

function classify(status: number, said: string): Pick<Refusal, 'code' | 'retry'> {
  if (status === 401) return { code: 'credentials-refused', retry: 'later' }
  if (status === 403) return { code: 'right-missing', retry: 'later' }
  if (status === 429) return { code: 'throttled', retry: 'soon' }
  if (status === 502 || status === 503 || status === 504) return { code: 'unreachable', retry: 'soon' }
  if (status >= 500) return { code: 'answer-unexpected', retry: 'soon' }
  // A success that says `success: false`, or a plain refusal of what was sent.
  if (status < 300 && NO_RIGHT.test(said)) return { code: 'right-missing', retry: 'later' }
  if (status < 300 || status === 400 || status === 409 || status === 422)
    return { code: 'value-invalid', retry: 'never' }
  return { code: 'answer-unexpected', retry: 'later' }
}

const NO_RIGHT = /\b(permission|not authori[sz]ed|unauthori[sz]ed|forbidden|access denied)\b/i

/** The fields in which the envelopes of section 7 speak to people, most telling first. */
const SPEAKING = [
  'message', 'msg', 'detailedMessage', 'errorDescription', 'error_description', 'errorDetail', 'details', 'errors',
  'invalidFields', 'error', 'code', 'resultSet', 'agentResults', 'skillResults', 'results',
] // prettier-ignore

/** All that the body says, once each, in one line of at most 300 characters. */
export function sayings(body: string): string {
  const parsed = parse(body)
  if (parsed === undefined) return clip(/<html|<!doctype/i.test(body) ? 'a web page instead of JSON' : body)
  const said = new Set<string>()
  collect(parsed, said)
  return clip([...said].join('; '))
}

function collect(value: unknown, said: Set<string>): void {
  if (typeof value === 'string' && value.trim() !== '') said.add(value.trim())
  if (Array.isArray(value)) for (const item of value.slice(0, 10)) collect(item, said)
  else if (typeof value === 'object' && value !== null) {
    const known = Object.entries(value).filter(([name]) => SPEAKING.includes(name))
    const spoken =
      known.length > 0
        ? known
        : Object.entries(value).map(([name, inner]) => [name, `${name}: ${short(inner)}`] as const)
    const rank = (name: string) => SPEAKING.indexOf(name)
    for (const [, inner] of spoken.toSorted(([a], [b]) => rank(a) - rank(b)).slice(0, 10)) collect(inner, said)
  }
}

const short = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

const clip = (said: string): string => {
  const line = said.replaceAll(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}

/** JSON, or nothing if it is none. */
export function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
