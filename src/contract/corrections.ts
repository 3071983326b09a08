/**
 * What to tell somebody about a call that reached their connection, one row a cause.
 * Decides which cause is one to correct and the words for it; must not repeat what the answer itself said.
 */
import type { Connection } from './connection.ts'
import type { Exchange } from './exchange.ts'
import { PROVIDER_NAMES } from './guide/shape.ts'
import type { Recognised, Target } from './provider-call.ts'
import { FIELDS } from './sign-in-corrections.ts'

export interface Seen {
  readonly exchange: Exchange
  readonly recognised: Recognised
  readonly target: Target
  readonly connection: Pick<Connection, 'id' | 'profile' | 'address'>
}

interface Correction {
  readonly when: (seen: Seen) => boolean
  readonly say: (seen: Seen) => string
  /** It must be corrected. False for what works as it is. */
  readonly wrong: boolean
}

const status =
  (...those: readonly number[]) =>
  ({ exchange }: Seen): boolean =>
    those.includes(exchange.status)

const noted =
  (...codes: readonly string[]) =>
  ({ exchange }: Seen): boolean =>
    exchange.understood.some(({ code }) => codes.includes(code))

const paste = ({ connection: { profile, address } }: Seen): string =>
  `In the field ${FIELDS[profile].address} paste ${address}.`

/** Longer than this, and a provider may be gone: Okta waits 60 s, of Entra no more than well below 30 s is known (facts 1.5, 2.8). */
const SLOW_MS = 15_000

export const CORRECTIONS: readonly Correction[] = [
  {
    when: ({ recognised: { provider }, connection: { profile } }) =>
      provider !== undefined && profile !== 'generic' && provider !== profile,
    say: ({ recognised: { provider = 'generic', by }, connection: { id, profile } }) =>
      `This is ${PROVIDER_NAMES[provider]}, ${by}, but ${id} has the profile ${profile}. Write \`profile: ${provider}\` in rollcall.yaml and start again, or give ${PROVIDER_NAMES[provider]} a connection of its own.`,
    wrong: true,
  },
  {
    when: ({ recognised: { provider }, connection: { profile } }) => provider !== undefined && profile === 'generic',
    say: ({ recognised: { provider = 'generic', by } }) =>
      `This is ${PROVIDER_NAMES[provider]}, ${by}: with \`profile: ${provider}\` in rollcall.yaml its habits are read as it means them.`,
    wrong: false,
  },
  {
    when: (seen) => status(404)(seen) && /^\/(?:.*\/)?scim\/v2(?:\/|$)/i.test(seen.target.path),
    say: (seen) => `The base URL has /scim/v2 twice. ${paste(seen)}`,
    wrong: true,
  },
  {
    when: (seen) => status(404)(seen) && /^\/v2(?:\/|$)/i.test(seen.target.path),
    say: (seen) => `The base URL has /v2 twice. ${paste(seen)}`,
    wrong: true,
  },
  {
    when: (seen) => status(404)(seen) && /^\/(?:Users|Groups)\/(?:Users|Groups)(?:\/|$)/i.test(seen.target.path),
    say: (seen) => `The base URL ends in a resource, which the provider adds itself. ${paste(seen)}`,
    wrong: true,
  },
  {
    when: (seen) => status(404)(seen) && /^\/(?:users|groups)(?:\/|$)/.test(seen.target.path),
    say: () => 'Addresses are /Users and /Groups, with a capital letter.',
    wrong: true,
  },
  {
    when: (seen) => status(404)(seen) && /^[0-9a-f-]{36}$/.test(seen.target.id ?? ''),
    say: () =>
      'It is not on this connection, or no longer. A provider that was connected elsewhere before remembers ids of there: let it match again.',
    wrong: true,
  },
  {
    when: status(415),
    say: () => 'The body came as something else than JSON: the content type must be application/scim+json.',
    wrong: true,
  },
  {
    when: status(406),
    say: () => 'It asks for an answer that is not SCIM: its Accept header must allow application/scim+json.',
    wrong: true,
  },
  {
    when: status(409),
    say: () => 'Look for who else has the name; providers then link instead of creating.',
    wrong: true,
  },
  {
    when: (seen) => status(400)(seen) && seen.connection.profile === 'onelogin' && seen.exchange.method !== 'GET',
    say: () => 'What OneLogin sends is the JSON template of the connector: mend it there.',
    wrong: true,
  },
  { when: status(413), say: () => 'Push less at once: a body may have 1 MiB.', wrong: true },
  {
    when: status(429),
    say: () => 'It calls faster than the connection allows; Retry-After says when to go on, and providers obey.',
    wrong: false,
  },
  {
    when: status(500, 503),
    say: ({ exchange }) =>
      `This is ours, not the provider's: the log of the server has it under ${exchange.requestId}.`,
    wrong: true,
  },
  {
    when: ({ recognised }) => recognised.dialect === 'older',
    say: () =>
      'It speaks the older form of PATCH, which Rollcall reads. `?aadOptscim062020` behind the tenant URL asks for the newer one.',
    wrong: false,
  },
  {
    when: noted('scim-1.1'),
    say: () => 'The connector speaks SCIM 1.1, which Rollcall reads; "SCIM v2" is the one to take.',
    wrong: false,
  },
  {
    when: (seen) => noted('password-discarded')(seen) && seen.connection.profile !== 'okta',
    say: () => 'It sent a password, which was thrown away: take it out of the mapping.',
    wrong: false,
  },
  {
    when: ({ exchange }) => exchange.durationMs > SLOW_MS,
    say: ({ exchange }) =>
      `The answer took ${Math.round(exchange.durationMs / 1000)} s, and providers do not wait for ever: \`delivery: queue\`, or fewer confirmSeconds, answers sooner.`,
    wrong: false,
  },
]
