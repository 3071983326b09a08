/**
 * Who may push: from a bearer token to a tenant and a connection.
 * Decides whether a token is valid; must not keep one.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ScimError } from '../scim/errors.ts'
import { findScimCredential, type ScimCredential } from '../store/views/scim-credentials.ts'
import type { Queryable } from '../store/db.ts'

/** A token that was revoked works for at most this long in a process that has just seen it. */
const KNOWN_FOR_MS = 2_000
const MOST_KNOWN = 1_000
const LONGEST_TOKEN = 4_096

export type Authenticate = (request: FastifyRequest) => Promise<ScimCredential>

/**
 * Reads `Authorization: Bearer <token>`; a bare token is accepted too, as some providers send exactly what was typed
 * (facts: tolerance T24). Throws 401, RFC 6750 section 3.
 */
export function scimAuthenticator(db: Queryable, now: () => number): Authenticate {
  const known = new Map<string, { readonly credential: ScimCredential; readonly until: number }>()
  return async (request) => {
    const sha256 = createHash('sha256').update(tokenOf(request.headers.authorization)).digest()
    const key = sha256.toString('base64')
    const remembered = known.get(key)
    if (remembered !== undefined && remembered.until > now()) return remembered.credential
    known.delete(key)
    const credential = await findScimCredential(db, sha256)
    if (credential === undefined || !timingSafeEqual(credential.sha256, sha256)) {
      throw new ScimError(401, 'This token is not known here, or was revoked. Use one of the tokens of the connection.')
    }
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, { credential, until: now() + KNOWN_FOR_MS })
    return credential
  }
}

function tokenOf(header: string | undefined): string {
  const token = header?.replace(/^bearer\s+/i, '').trim() ?? ''
  if (token === '')
    throw new ScimError(401, 'There is no token. Send the header "Authorization: Bearer <token of the connection>".')
  if (token.length > LONGEST_TOKEN || /\s/.test(token))
    throw new ScimError(401, 'The Authorization header does not hold one bearer token.')
  return token
}
