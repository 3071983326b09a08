/**
 * What is wrong with an exchange on the way to CXone: names, connections, certificates, proxies.
 * Decides the cause and what mends it; must not judge what CXone itself answered.
 */
import { ConnectorError, type HttpResponse } from '../../contract.ts'
import { parse } from '../refusal.ts'
import type { Exchange } from './visit.ts'

export interface Trouble {
  readonly found: string
  /** What mends it, where that is not what the check says. */
  readonly fix?: string
}

/** Undefined where an answer came that may well be CXone's. */
export function troubleOf({ url, response, error }: Exchange): Trouble | undefined {
  if (response !== undefined) return answerOfAnother(url, response)
  // It was never sent: our own rate has no turn for it.
  if (error instanceof ConnectorError && error.refusal.code === 'throttled') return undefined
  return noAnswer(url, error)
}

const ALLOW = 'Let the machine that runs Rollcall reach it on port 443 (firewall, proxy).'
const TRUST =
  'If a proxy of your own looks into TLS, have it leave this host alone, or give Rollcall its certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem in the environment of `rollcall serve`. If there is no such proxy, somebody else answers in CXone’s place: do not go on.'
const NAME =
  'Correct area or issuer of this app in rollcall.yaml; if they are right, see to the DNS of the machine that runs Rollcall.'

interface Cause {
  readonly said: string
  readonly fix: string
}

/** By the code of the error below, which Node and undici name (nodejs.org/api/tls.html, X509 certificate error codes). */
const CAUSES: Readonly<Record<string, Cause>> = {
  ENOTFOUND: { said: 'there is no host of this name', fix: NAME },
  EAI_AGAIN: { said: 'its name cannot be looked up', fix: NAME },
  ECONNREFUSED: { said: 'the connection was refused', fix: ALLOW },
  ECONNRESET: { said: 'the connection was cut', fix: ALLOW },
  EHOSTUNREACH: { said: 'there is no way to it', fix: ALLOW },
  ENETUNREACH: { said: 'there is no way to it', fix: ALLOW },
  UND_ERR_CONNECT_TIMEOUT: { said: 'no connection came about in time', fix: ALLOW },
  DEPTH_ZERO_SELF_SIGNED_CERT: { said: 'its certificate is self-signed', fix: TRUST },
  SELF_SIGNED_CERT_IN_CHAIN: { said: 'its certificate comes from an authority that signed itself', fix: TRUST },
  UNABLE_TO_GET_ISSUER_CERT: { said: 'nobody known has signed its certificate', fix: TRUST },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { said: 'nobody known has signed its certificate', fix: TRUST },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { said: 'nobody known has signed its certificate', fix: TRUST },
  CERT_SIGNATURE_FAILURE: { said: 'the signature of its certificate is wrong', fix: TRUST },
  CERT_REVOKED: { said: 'its certificate was revoked', fix: TRUST },
  CERT_HAS_EXPIRED: {
    said: 'its certificate has expired',
    fix: `See whether the clock of the machine that runs Rollcall is right. ${TRUST}`,
  },
  CERT_NOT_YET_VALID: {
    said: 'its certificate is not valid yet',
    fix: `See whether the clock of the machine that runs Rollcall is right. ${TRUST}`,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    said: 'its certificate is for another host',
    fix: `Correct area or issuer of this app in rollcall.yaml. ${TRUST}`,
  },
  EPROTO: { said: 'it does not speak TLS', fix: 'See whether the address is right, with https:// and the right port.' },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    said: 'it does not speak TLS',
    fix: 'See whether the address is right, with https:// and the right port.',
  },
}

function noAnswer({ host }: URL, error: unknown): Trouble {
  const code = codeOf(error)
  const cause = code === undefined ? undefined : CAUSES[code]
  if (cause !== undefined) return { found: `${host} cannot be used: ${cause.said} (${code}).`, fix: cause.fix }
  return { found: error instanceof ConnectorError ? error.refusal.detail : `No answer came from ${host}.`, fix: ALLOW }
}

/** The first code among the causes that stand for a connection; undici wraps what Node says. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string' && at.code in CAUSES) return at.code
  }
  return undefined
}

const PROXY =
  'A proxy or a sign-in page of your network answers in CXone’s place. Let the machine that runs Rollcall reach this host without it, or past its sign-in.'

function answerOfAnother({ host }: URL, response: HttpResponse): Trouble | undefined {
  const { status, headers } = response
  if (status === 407 || status === 511)
    return { found: `A proxy on the way to ${host} wants a sign-in (${status}).`, fix: PROXY }
  if (status >= 300 && status <= 399) {
    const to = URL.parse(headers['location'] ?? '', `https://${host}`)?.host ?? 'another address'
    return { found: `${host} does not answer but points to ${to} (${status}).`, fix: PROXY }
  }
  if (!isPage(response) || status === 404 || status >= 500) return undefined
  const title = /<title[^>]*>([^<]{1,200})</i.exec(response.text)?.[1]?.replaceAll(/\s+/g, ' ').trim() ?? ''
  const called = title === '' ? '' : ` called "${title.slice(0, 60)}"`
  return { found: `${host} answers with a web page${called} instead of JSON (${status}).`, fix: PROXY }
}

export const isPage = ({ text }: HttpResponse): boolean =>
  parse(text) === undefined && /<html|<!doctype html/i.test(text.slice(0, 2000))
