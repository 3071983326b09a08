/**
 * Fetches what an identity provider publishes of itself.
 * Decides which addresses are asked and which answers are a document at all; must not read the document.
 */
import { ConnectorError, type HttpClient } from '../connectors/contract.ts'
import { isThisMachine, webAddress } from '../sign-on/address.ts'

export type Fetched = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly words: string }

const LARGEST_BYTES = 1_000_000
const LONGEST_MS = 10_000

/** Networks of one's own, by address (RFC 1918, RFC 3927, RFC 4193): a provider that others sign in at is in none of them. */
const PRIVATE =
  /^(?:0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)|^\[/

/**
 * Whether an address is one that is asked, in words where it is not. This machine is asked only where the app itself is on it,
 * as in trials: who may use the admin API of one tenant shall not look around in the server's network.
 */
export function refusedAddress(url: string, issuer: string | undefined): string | undefined {
  const address = webAddress(url)
  if (address === undefined) return 'It is no web address. Write one that begins with https://.'
  const home = webAddress(issuer ?? '')
  if (isThisMachine(address))
    return home !== undefined && isThisMachine(home)
      ? undefined
      : 'It is an address of the server itself, which is not asked.'
  if (PRIVATE.test(address.hostname) || !address.hostname.includes('.'))
    return 'It is an address inside a network, which is not asked. Give the public one, or the document as a file.'
  return address.scheme === 'https' ? undefined : 'It is not encrypted. Write one that begins with https://.'
}

/** One request, bounded in time and size, without redirects. Never throws. */
export async function fetchMetadata(fetch: HttpClient, url: string): Promise<Fetched> {
  const headers = { accept: 'application/samlmetadata+xml, application/xml, application/json;q=0.8, */*;q=0.1' }
  try {
    const response = await fetch({ method: 'GET', url, headers, maxBytes: LARGEST_BYTES, totalMs: LONGEST_MS })
    const { status, text } = response
    if (status === 200) return { ok: true, text }
    const to = response.headers['location']
    return {
      ok: false,
      words:
        status >= 300 && status < 400
          ? `It points elsewhere${to === undefined ? '' : `, to ${to.slice(0, 200)}`}; give the address that answers itself.`
          : `It answered with status ${status}.`,
    }
  } catch (error) {
    if (error instanceof ConnectorError) return { ok: false, words: error.refusal.detail }
    throw error
  }
}
