/**
 * Reads the Authorization header.
 * Decides what was meant by it; must not decide whether it is right.
 */
import { malformed, malformedBasic, nothingSent } from './refusal.ts'

const LONGEST = 4_096

export type Shown =
  | { readonly scheme: 'bearer'; readonly token: string }
  | { readonly scheme: 'basic'; readonly userName: string; readonly password: string }

/**
 * `Bearer <token>` (RFC 6750 section 2.1) or `Basic <user name and password>` (RFC 7617). A bare token is accepted too,
 * as some providers send exactly what was typed (facts: tolerance T24). Throws 401.
 */
export function shownIn(header: string | undefined): Shown {
  if (header === undefined || header.trim() === '') throw nothingSent()
  if (header.length > LONGEST) throw malformed()
  const basic = /^basic(?:\s+(.*))?$/is.exec(header)
  return basic === null ? { scheme: 'bearer', token: tokenIn(header) } : userIn(basic[1] ?? '')
}

function tokenIn(header: string): string {
  const token = header.replace(/^bearer(?:\s+|$)/i, '').trim()
  if (token === '') throw nothingSent()
  if (/\s/.test(token)) throw malformed()
  return token
}

function userIn(text: string): Shown {
  const [userName, password] = readBasic(text) ?? []
  if (userName === undefined || password === undefined) throw malformedBasic()
  return { scheme: 'basic', userName, password }
}

/** User name and password of Basic credentials, in UTF-8; undefined for what is none. */
export function readBasic(text: string): readonly [userName: string, password: string] | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text.trim())) return undefined
  let pair: string
  try {
    pair = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'))
  } catch {
    return undefined
  }
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : [pair.slice(0, colon), pair.slice(colon + 1)]
}
