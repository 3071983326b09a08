/**
 * Grants access tokens for client credentials (RFC 6749 section 4.4).
 * Decides whether the client is who it says and what it gets; must not keep a secret or a token.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { issueAccessToken } from '../../operations/issue-access-token.ts'
import type { Queryable } from '../../store/db.ts'
import { findClientSecrets, type ClientSecret } from '../../store/views/sign-in.ts'
import { addressOf } from '../auth/failures.ts'
import { openLookUp } from '../auth/look-up.ts'
import { tooManyFailures } from '../auth/refusal.ts'
import type { SignIn } from '../auth.ts'
import { invalidClient, OauthError } from './errors.ts'
import type { TokenRequest } from './token-request.ts'

/** RFC 6749 section 5.1. */
export interface Granted {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly scope: string
}

/** Throws OauthError, or SignInRefused with 429. */
export type Grant = (request: TokenRequest, ip: string) => Promise<Granted>

type Guards = Pick<SignIn, 'failures' | 'gateOf' | 'uses'>

export function openGrant(db: Parameters<typeof issueAccessToken>[0]['db'] & Queryable, guards: Guards): Grant {
  const lookUp = openLookUp((hashes) => findClientSecrets(db, hashes))

  /** As with tokens, a client that is right gets through whatever its address has done. */
  const clientOf = async ({ clientId, secrets }: TokenRequest, ip: string): Promise<ClientSecret> => {
    const address = addressOf(ip)
    const mayFail = guards.failures.wait(address, Date.now()) === 0
    for (const secret of secrets) {
      const sha256 = createHash('sha256').update(secret).digest()
      const found = await lookUp(sha256, mayFail)
      if (found !== undefined && timingSafeEqual(found.sha256, sha256) && found.clientId === clientId) return found
    }
    const wait = guards.failures.note(address, Date.now())
    throw wait > 0 ? tooManyFailures(wait) : invalidClient()
  }

  return async (request, ip) => {
    const client = await clientOf(request, ip)
    guards.gateOf(client).pass(Date.now())
    const scope = scopeOf(request.scopes, client.scopes)
    const seconds = client.tokenSeconds
    const token = await issueAccessToken({ db }, { secret: client.sha256, scope, seconds })
    if (token === undefined) throw invalidClient()
    guards.uses.of(client.id).at = Date.now()
    return { access_token: token, token_type: 'Bearer', expires_in: seconds, scope }
  }
}

/** What was asked for; all there is where nothing was. */
function scopeOf(asked: readonly string[], allowed: readonly string[]): string {
  if (asked.some((name) => !allowed.includes(name)))
    throw new OauthError('invalid_scope', `This client may ask for these scopes: ${allowed.join(' ')}.`)
  return (asked.length === 0 ? allowed : asked).join(' ')
}
