/**
 * What a call of a provider means for whoever is connecting it, in plain words.
 * Decides what is right, what is to be corrected and which call proves the connection; must not ask anybody.
 */
import type { Connection, UnknownCall } from './connection.ts'
import { CORRECTIONS, type Seen } from './corrections.ts'
import type { Exchange } from './exchange.ts'
import { PROVIDER_NAMES } from './guide/shape.ts'
import { recognise, targetOf, type Recognised } from './provider-call.ts'
import { CARRIED, FIELDS } from './sign-in-corrections.ts'

export interface Observation {
  /** What was done, and by whom. */
  readonly step: string
  /** Nothing has to be corrected. */
  readonly ok: boolean
  /** What was answered, and what to correct. */
  readonly detail: string
  /** The provider's test of this connection, and it succeeded. */
  readonly proves: boolean
}

type Watched = Pick<Connection, 'id' | 'profile' | 'address'>

/** Of a call that reached the connection. */
export function observeExchange(exchange: Exchange, connection: Watched): Observation {
  const { method, path, userAgent, body, status } = exchange
  const recognised = recognise({ method, path, userAgent, body })
  const seen: Seen = { exchange, recognised, target: targetOf(path), connection }
  const corrections = CORRECTIONS.flatMap(({ when, say, wrong }) => (when(seen) ? [{ text: say(seen), wrong }] : []))
  const refused = status >= 400 && !isRightAnswer(seen)
  const ok = !refused && !corrections.some(({ wrong }) => wrong)
  const isTest = testsThis(recognised, connection)
  const verdict = refused
    ? `Answered ${status}${exchange.why === null ? '.' : `: ${exchange.why}`}`
    : `Answered ${status}${ok ? ': that is right.' : '.'}`
  return {
    step: `${whoCalled(recognised, connection)} ${recognised.what}${refused ? ', which was refused' : ''}${isTest ? ': its test of the connection' : ''}.`,
    ok,
    detail: [verdict, ...corrections.map(({ text }) => text)].join(' '),
    proves: ok && isTest && !recognised.testOfGroups,
  }
}

/** Facts 3.3 #1: OneLogin takes a 404 for its test as well as an empty list. */
const isRightAnswer = ({ exchange, recognised }: Seen): boolean =>
  exchange.status === 404 && recognised.testOf.includes('onelogin') && exchange.path.startsWith('/scim/v2/Users?')

/** Of a generic connection nobody knows the test: whatever reads users or groups proves it. */
function testsThis({ testOf, what }: Recognised, { profile }: Watched): boolean {
  if (profile !== 'generic') return testOf.includes(profile)
  return testOf.length > 0 || /^(?:listed|looked|searched)/.test(what)
}

function whoCalled({ provider }: Pick<Recognised, 'provider'>, { profile }: Watched): string {
  if (provider !== undefined) return PROVIDER_NAMES[provider]
  return profile === 'generic' ? 'The client' : PROVIDER_NAMES[profile]
}

/** Of a call that reached no connection: something has to be corrected, always. */
export function observeUnknownCall(call: UnknownCall, connection: Watched): Observation {
  const { method, path, status, address, carried, provider } = call
  const who = provider === null ? `Somebody at ${address}` : `${PROVIDER_NAMES[provider]}, from ${address},`
  const profile = provider ?? connection.profile
  const astray = strayAddress(path)
  const fix =
    status === 429
      ? `Too many calls that could not sign in came from ${address}; it is let in again by itself. Correct the ${FIELDS[profile].secret} first.`
      : astray === undefined
        ? CARRIED[carried]({ connection, profile })
        : `${astray} In the field ${FIELDS[profile].address} paste ${connection.address}.${carried === 'valid' ? '' : ` And then: ${CARRIED[carried]({ connection, profile })}`}`
  return {
    step: `${who} called ${method} ${path} and reached no connection.`,
    ok: false,
    detail: `Answered ${status}. ${fix}`,
    proves: false,
  }
}

/** What the path of a call that nobody serves says about the base URL that was pasted. */
export function strayAddress(path: string): string | undefined {
  if (/^\/scim\/v2\/.*scim\/v2(?:\/|$)/i.test(path)) return 'The base URL has /scim/v2 twice.'
  if (/^\/scim\/v2\/v2(?:\/|$)/i.test(path)) return 'The base URL has /v2 twice.'
  if (/\/(Users|Groups)\/(?:Users|Groups)(?:\/|$)/i.test(path))
    return 'The base URL ends in a resource, which the provider adds itself.'
  if (/^\/scim\/v2(?:\/|$)/.test(path)) return undefined
  return /scim\/v2(?:\/|$)/i.test(path)
    ? 'The base URL has something before /scim/v2 that is not there, or other letters.'
    : 'The base URL lacks /scim/v2.'
}
