/**
 * Takes a captured SAML response out of whatever it was copied in.
 * Decides which forms are understood; must not read the XML.
 */
import type { SignOnCrypto } from './certificate-facts.ts'

export type Opened =
  | { readonly ok: true; readonly xml: string }
  | { readonly ok: false; readonly words: string; readonly fix: string }

/** Characters; a response with hundreds of groups is below 200,000 in base64. */
export const LARGEST_RESPONSE = 700_000

const CAPTURE =
  'In the browser: developer tools > Network > Preserve log, sign in, choose the POST to /auth/authorize, and copy SAMLResponse out of its form data.'

/** XML, the base64 of it, the same percent-encoded, or a whole form body with `SAMLResponse=` in it. */
export function openResponse(text: string, crypto: Pick<SignOnCrypto, 'textOfBase64'>): Opened {
  if (text.length > LARGEST_RESPONSE)
    return { ok: false, words: `It is larger than the ${LARGEST_RESPONSE} characters that are read.`, fix: CAPTURE }
  const given = text.replace(/^\uFEFF/, '').trim()
  if (given.startsWith('<')) return { ok: true, xml: given }
  const value = /(?:^|[?&\s])SAMLResponse[=:]\s*"?([^&"]+)/.exec(given)?.[1] ?? given
  const base64 = /%[0-9a-f]{2}/i.test(value) ? unescaped(value) : value
  const xml = crypto
    .textOfBase64(base64)
    ?.replace(/^\uFEFF/, '')
    .trim()
  if (xml === undefined || xml === '') return { ok: false, words: 'It is neither XML nor base64 of XML.', fix: CAPTURE }
  if (xml.startsWith('<')) return { ok: true, xml }
  return {
    ok: false,
    words:
      'It is base64, but not of XML: perhaps it came compressed in an address (HTTP-Redirect), or it is a request.',
    fix: `Responses to CXone come in a form (HTTP-POST). ${CAPTURE}`,
  }
}

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
