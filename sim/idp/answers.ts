/**
 * How a provider reads an answer: what it takes for success, what it reports when it cannot, and what it would stumble
 * over later. The few points in which providers differ are given as a {@link Manner}. Pure; sends nothing.
 */
import type { Answer, Exchange } from './client.ts'
import { isObject, valueAt, type JsonObject } from './scim.ts'

/**
 * `conflict` 409. `gone` 404. `unauthorized` 401. `throttled` still 429 after the last attempt. `refused` any other
 * error. `unreadable` an answer the provider's parser fails on. `ambiguous` a match that fits several or the wrong one.
 * `split` a second user for one person. `timeout`, `unreachable` no answer. `not-linked` nothing was
 * sent, since the provider knows no id.
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

/** A user or group as the server answered it; `id` is known to be there. */
export interface Answered {
  readonly id: string
  readonly resource: JsonObject
}

export interface List {
  readonly total: number
  readonly resources: readonly Answered[]
}

/** What an answered user must agree with. */
export interface Expectation {
  readonly id?: string
  readonly userName?: string
  readonly active?: boolean
}

/** In what one provider's reading differs from another's. */
export interface Manner {
  /** What its administrators see for an answer that is not SCIM JSON. */
  readonly unreadable: string
  /** What they see for a user or group without an id. */
  readonly empty: string
  /** Whether a 404 for a filter means "nobody". */
  readonly notFoundIsNobody: boolean
  /** Whether a user without a family name is a fault. */
  readonly needsFamilyName: boolean
}

/** The readings of one provider. */
export interface AnswerReader {
  /** A user from the answer to POST, GET or PUT. */
  user(exchange: Exchange, expected?: Expectation): Reading<Answered>
  /** A group from the answer to POST, GET or PUT. */
  group(exchange: Exchange, id?: string): Reading<Answered>
  /** The answer to a PATCH: 204, or 200 with the user. `undefined` when there was no body to read. */
  patched(exchange: Exchange, expected: Expectation): Reading<Answered | undefined>
  /** The answer to a change of which only the success counts. */
  done(exchange: Exchange): Reading<undefined>
  /** The answer to DELETE: what is gone already is as good. */
  deleted(exchange: Exchange): Reading<undefined>
  /** A ListResponse with integer counters. */
  list(exchange: Exchange): Reading<List>
  /**
   * The answer to a match by the attribute at `path`: 0 or 1 hits. More, or one that does not fit, means that the server
   * ignored the filter. Case counts only for externalId.
   */
  match(exchange: Exchange, path: string, value: string): Reading<Answered | undefined>
}

export function answerReader(manner: Manner): AnswerReader {
  const user: AnswerReader['user'] = (exchange, expected = {}) => {
    const reading = readResource(exchange, manner, expected.id)
    if (!reading.ok) return reading
    return {
      ...reading,
      complaints: [...complaintsAbout(reading.value.resource, expected, manner), ...reading.complaints],
    }
  }
  return {
    user,
    group: (exchange, id) => readResource(exchange, manner, id),
    patched: (exchange, expected) => (exchange.answer?.status === 204 ? NOTHING : user(exchange, expected)),
    done: (exchange) => readDone(exchange, manner),
    deleted: (exchange) => (exchange.answer?.status === 404 ? NOTHING : readDone(exchange, manner)),
    list: (exchange) => readList(exchange, manner),
    match: (exchange, path, value) => readMatch(exchange, manner, { path, value }),
  }
}

const NOTHING = { ok: true, value: undefined, complaints: [] } as const

function readDone(exchange: Exchange, manner: Manner): Reading<undefined> {
  const answer = successful(exchange, manner)
  return 'failure' in answer ? { ok: false, failure: answer.failure } : NOTHING
}

function readResource(exchange: Exchange, manner: Manner, id: string | undefined): Reading<Answered> {
  const answer = successful(exchange, manner)
  if ('failure' in answer) return { ok: false, failure: answer.failure }
  const value = answered(parse(answer.text))
  if (value === undefined) return fail({ kind: 'unreadable', status: answer.status, message: manner.empty })
  if (id !== undefined && value.id !== id) {
    return fail({ kind: 'unreadable', message: `answered for ${value.id}, asked about ${id}` })
  }
  const odd = exchange.request.method === 'POST' && answer.status !== 201
  return { ok: true, value, complaints: odd ? [`created with ${answer.status}, not 201`] : [] }
}

function readList(exchange: Exchange, manner: Manner): Reading<List> {
  const answer = successful(exchange, manner)
  if ('failure' in answer) return { ok: false, failure: answer.failure }
  const body = parse(answer.text)
  if (!isObject(body)) return fail({ kind: 'unreadable', status: answer.status, message: manner.unreadable })
  const total = body['totalResults']
  const listed: unknown = body['Resources'] ?? []
  if (!isCount(total) || !Array.isArray(listed)) {
    return fail({ kind: 'unreadable', message: 'the list has no integer totalResults or no Resources list' })
  }
  const resources = listed.map(answered)
  if (!resources.every((one) => one !== undefined)) return fail({ kind: 'unreadable', message: manner.empty })
  const uncounted = ['startIndex', 'itemsPerPage'].filter((name) => !isCount(body[name]))
  return {
    ok: true,
    value: { total, resources },
    complaints: uncounted.map((name) => `the list has no integer ${name}`),
  }
}

function readMatch(
  exchange: Exchange,
  manner: Manner,
  { path, value }: { path: string; value: string },
): Reading<Answered | undefined> {
  const reading = readList(exchange, manner)
  if (!reading.ok) return reading.failure.kind === 'gone' && manner.notFoundIsNobody ? NOTHING : reading
  const { total, resources } = reading.value
  const [first, ...others] = resources
  const found = first === undefined ? undefined : String(valueAt(first.resource, path))
  const wrong = found !== undefined && (path === 'externalId' ? found !== value : !sameName(found, value))
  if (wrong) return fail({ kind: 'ambiguous', message: `the match for ${value} found ${found}` })
  if (others.length > 0 || total > 1)
    return fail({ kind: 'ambiguous', message: `the match for ${value} found ${total} of them` })
  return { ...reading, value: first }
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function answered(value: unknown): Answered | undefined {
  if (!isObject(value)) return undefined
  const id = value['id']
  return typeof id === 'string' && id !== '' ? { id, resource: value } : undefined
}

/** Things a provider gets past at first and that fail later, in review or at the next sign-in. */
function complaintsAbout(user: JsonObject, expected: Expectation, manner: Manner): string[] {
  const found: string[] = []
  if (manner.needsFamilyName && typeof valueAt(user, 'name.familyName') !== 'string')
    found.push('name.familyName is missing in the answer')
  if ('password' in user) found.push('the password is echoed')
  if (expected.userName !== undefined && user['userName'] !== expected.userName) {
    found.push(`userName came back as ${JSON.stringify(user['userName'])}, sent ${JSON.stringify(expected.userName)}`)
  }
  if (expected.active !== undefined && user['active'] !== expected.active) {
    found.push(`active came back as ${JSON.stringify(user['active'])}, sent ${expected.active}`)
  }
  return found
}

/** The answer if its status is 2xx, else what the provider makes of the error. */
function successful(exchange: Exchange, manner: Manner): Answer | { failure: Failure } {
  const { answer, fault } = exchange
  if (answer === undefined) {
    return { failure: { kind: fault?.kind ?? 'unreachable', message: fault?.message ?? 'no answer' } }
  }
  if (answer.status >= 200 && answer.status < 300) return answer
  return { failure: errorOf(answer, manner) }
}

const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'unauthorized',
  404: 'gone',
  409: 'conflict',
  429: 'throttled',
}

function errorOf({ status, text }: Answer, manner: Manner): Failure {
  const body = parse(text)
  if (status === 429) return { kind: 'throttled', status, message: 'still throttled after the last attempt' }
  if (!isObject(body)) return { kind: 'unreadable', status, message: manner.unreadable }
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
