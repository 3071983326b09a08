/**
 * How Okta reads an answer (facts 1.3 and 1.4): what it takes for success, what it reports when it cannot, and what
 * it would stumble over later. Pure; sends nothing.
 */
import type { Answer, Exchange } from './client.ts'
import { isObject, type JsonObject } from './requests.ts'

/**
 * `conflict` 409. `gone` 404. `unauthorized` 401. `throttled` still 429 after the last attempt. `refused` any other
 * error. `unreadable` an answer Okta's parser fails on. `ambiguous` a match that fits several users or the wrong one.
 * `split` a second user for one person. `timeout`, `unreachable` no answer. `not-linked` nothing was
 * sent, since Okta knows no id for this person.
 */
export type FailureKind =
  | 'conflict'
  | 'gone'
  | 'unauthorized'
  | 'throttled'
  | 'refused'
  | 'unreadable'
  | 'ambiguous'
  | 'split'
  | 'timeout'
  | 'unreachable'
  | 'not-linked'

export interface Failure {
  readonly kind: FailureKind
  readonly status?: number
  readonly message: string
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly complaints: readonly string[] }
  | { readonly ok: false; readonly failure: Failure }

/** What Okta's administrators see for every error body that is not SCIM JSON. */
export const UNREADABLE_ERROR = 'Error authenticating: null'
export const EMPTY_USER = 'returned empty user'

/** A user as the server answered it; `id` is known to be there. */
export interface AnsweredUser {
  readonly id: string
  readonly resource: JsonObject
}

export interface UserList {
  readonly total: number
  readonly users: readonly AnsweredUser[]
}

/** What an answered user must agree with. */
export interface Expectation {
  readonly id?: string
  readonly userName?: string
  readonly active?: boolean
}

/** A user from the answer to POST, GET or PUT. An answer without an id is "returned empty user". */
export function readUser(exchange: Exchange, expected: Expectation): Reading<AnsweredUser> {
  const answer = successful(exchange)
  if ('failure' in answer) return { ok: false, failure: answer.failure }
  const user = userOf(parse(answer.text))
  if (user === undefined) return fail({ kind: 'unreadable', status: answer.status, message: EMPTY_USER })
  if (expected.id !== undefined && user.id !== expected.id) {
    return fail({ kind: 'unreadable', message: `answered for user ${user.id}, asked about ${expected.id}` })
  }
  const complaints = complaintsAbout(user.resource, expected)
  if (exchange.request.method === 'POST' && answer.status !== 201)
    complaints.push(`created with ${answer.status}, not 201`)
  return { ok: true, value: user, complaints }
}

/** The answer to a PATCH: 204, or 200 with the user. `undefined` when there was no body to read. */
export function readPatched(exchange: Exchange, expected: Expectation): Reading<AnsweredUser | undefined> {
  if (exchange.answer?.status === 204) return { ok: true, value: undefined, complaints: [] }
  return readUser(exchange, expected)
}

/** The answer to a match: a ListResponse; a 404 with an Error body is understood as an empty one. */
export function readMatch(exchange: Exchange): Reading<UserList> {
  const reading = readList(exchange)
  if (reading.ok || reading.failure.kind !== 'gone') return reading
  return { ok: true, value: { total: 0, users: [] }, complaints: [] }
}

/** A ListResponse with integer counters. */
export function readList(exchange: Exchange): Reading<UserList> {
  const answer = successful(exchange)
  if ('failure' in answer) return { ok: false, failure: answer.failure }
  const body = parse(answer.text)
  if (!isObject(body)) return fail({ kind: 'unreadable', status: answer.status, message: UNREADABLE_ERROR })
  const total = body['totalResults']
  const resources: unknown = body['Resources'] ?? []
  if (!isCount(total) || !Array.isArray(resources)) {
    return fail({ kind: 'unreadable', message: 'the list has no integer totalResults or no Resources list' })
  }
  const users = resources.map(userOf)
  if (!users.every((user) => user !== undefined)) return fail({ kind: 'unreadable', message: EMPTY_USER })
  const uncounted = ['startIndex', 'itemsPerPage'].filter((name) => !isCount(body[name]))
  return { ok: true, value: { total, users }, complaints: uncounted.map((name) => `the list has no integer ${name}`) }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function userOf(value: unknown): AnsweredUser | undefined {
  if (!isObject(value)) return undefined
  const id = value['id']
  return typeof id === 'string' && id !== '' ? { id, resource: value } : undefined
}

/** Things Okta gets past at first and that fail later, in review or at the next sign-in. */
function complaintsAbout(user: JsonObject, expected: Expectation): string[] {
  const found: string[] = []
  const familyName = isObject(user['name']) ? user['name']['familyName'] : undefined
  if (typeof familyName !== 'string') found.push('name.familyName is missing in the answer')
  if ('password' in user) found.push('the password is echoed')
  if (expected.userName !== undefined && user['userName'] !== expected.userName) {
    found.push(`userName came back as ${JSON.stringify(user['userName'])}, sent ${JSON.stringify(expected.userName)}`)
  }
  if (expected.active !== undefined && user['active'] !== expected.active) {
    found.push(`active came back as ${JSON.stringify(user['active'])}, sent ${expected.active}`)
  }
  return found
}

/** The answer if its status is 2xx, else what Okta makes of the error. */
function successful(exchange: Exchange): Answer | { failure: Failure } {
  const { answer, fault } = exchange
  if (answer === undefined) {
    return { failure: { kind: fault?.kind ?? 'unreachable', message: fault?.message ?? 'no answer' } }
  }
  if (answer.status >= 200 && answer.status < 300) return answer
  return { failure: errorOf(answer) }
}

const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'unauthorized',
  404: 'gone',
  409: 'conflict',
  429: 'throttled',
}

function errorOf({ status, text }: Answer): Failure {
  const body = parse(text)
  if (status === 429) return { kind: 'throttled', status, message: 'still throttled after the last attempt' }
  if (!isObject(body)) return { kind: 'unreadable', status, message: UNREADABLE_ERROR }
  const detail = typeof body['detail'] === 'string' ? body['detail'] : 'no detail'
  return { kind: KIND_OF_STATUS[status] ?? 'refused', status, message: `${status}: ${detail}` }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fail<T>(failure: Failure): Reading<T> {
  return { ok: false, failure }
}
