// Decides which access and refresh tokens are good and what they say (facts 2.1, 2.2, 2.5). Does not decide whether
// the user behind a token may do anything.
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { StoredKey, StoredUser, Tenant } from './records.ts'

const KEY_ID = 'sim-1'

/** Facts 2.2. */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly issued_token_type: string
  readonly expires_in: number
  readonly refresh_token: string
  readonly id_token: string
}

export interface Issuing {
  readonly key: StoredKey
  readonly user: StoredUser
  readonly roleName: string
  readonly issuer: string
  /** The sub claim. */
  readonly subject: string
  readonly seconds: number
  /** How long the refresh token is good for. */
  readonly refreshSeconds: number
  readonly way: Way
  readonly now: number
}

/** How somebody came by a token: with the key alone, or through a registered client. */
export type Way = 'accessKey' | 'client'

interface Grant {
  readonly accessKeyId: string
  readonly userId: string
  readonly way: Way
}

interface Lasting extends Grant {
  readonly until: number
}

let signing: Promise<{ privateKey: CryptoKey; jwk: JWK }> | undefined

/** One key pair a process: making one takes longer than everything else at start. */
function signingKeys(): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  signing ??= generateKeyPair('RS256').then(async ({ privateKey, publicKey }) => ({
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' },
  }))
  return signing
}

export class Tokens {
  issued = 0
  readonly #access = new Map<string, Lasting>()
  readonly #refresh = new Map<string, Lasting>()

  async publicKeys(): Promise<{ keys: JWK[] }> {
    return { keys: [(await signingKeys()).jwk] }
  }

  async issue(issuing: Issuing, tenant: Tenant): Promise<TokenAnswer> {
    const { privateKey } = await signingKeys()
    const from = Math.floor(issuing.now / 1000)
    const sign = (audience: string): Promise<string> =>
      new SignJWT({ ...claims(issuing, tenant), name: issuing.user.fullName, email: issuing.user.emailAddress })
        .setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })
        .setIssuer(issuing.issuer)
        .setSubject(issuing.subject)
        .setAudience(audience)
        .setJti(crypto.randomUUID())
        .setIssuedAt(from)
        .setExpirationTime(from + issuing.seconds)
        .sign(privateKey)
    const [access, id] = await Promise.all([sign('userhub'), sign(tenant.clientId)])
    const grant = { accessKeyId: issuing.key.accessKeyId, userId: issuing.user.id, way: issuing.way }
    const refresh = crypto.randomUUID()
    this.#dropExpired(issuing.now)
    this.#access.set(access, { ...grant, until: issuing.now + issuing.seconds * 1000 })
    this.#refresh.set(refresh, { ...grant, until: issuing.now + issuing.refreshSeconds * 1000 })
    this.issued++
    return {
      access_token: access,
      token_type: 'Bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      expires_in: issuing.seconds,
      refresh_token: refresh,
      id_token: id,
    }
  }

  /** Whose token it is, or nothing when it is unknown, expired or taken back. */
  holder(accessToken: string, now: number): Grant | undefined {
    const grant = this.#access.get(accessToken)
    return grant !== undefined && grant.until > now ? grant : undefined
  }

  /** Whose refresh token it is; a token that may be used once is spent by this. */
  redeem(refreshToken: string, use: { readonly once: boolean; readonly now: number }): Grant | undefined {
    const grant = this.#refresh.get(refreshToken)
    if (use.once) this.#refresh.delete(refreshToken)
    return grant !== undefined && grant.until > use.now ? grant : undefined
  }

  /** This one token is good for nothing any more. */
  end(accessToken: string): void {
    this.#access.delete(accessToken)
  }

  expireAll(): number {
    const count = this.#access.size
    this.#access.clear()
    return count
  }

  forget(): void {
    this.#access.clear()
    this.#refresh.clear()
    this.issued = 0
  }

  #dropExpired(now: number): void {
    if (this.#access.size < 1000) return
    for (const [token, grant] of this.#access) if (grant.until <= now) this.#access.delete(token)
  }
}

function claims(issuing: Issuing, tenant: Tenant): Record<string, unknown> {
  return {
    tenantId: tenant.tenantId,
    tenant: tenant.name,
    icBUId: tenant.buId,
    icClusterId: tenant.clusterId,
    role: { legacyId: issuing.roleName },
  }
}
