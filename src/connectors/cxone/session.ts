/**
 * Being signed in to CXone: the token, until when it is good, and where the tenant's API is (facts, sections 2.1, 2.2, 2.5).
 * Decides when a token is renewed and when signed in anew; must not make any call for a user's sake.
 */
import { ConnectorError, type ConnectorIo } from '../contract.ts'
import { findApi } from './discovery.ts'
import { parse } from './refusal.ts'
import { claims, type Claims, type TokenAnswer } from './schema.ts'
import { openWay, type Entry, type Way } from './session-way.ts'

export interface Session {
  readonly token: string
  /** Used exactly as CXone gave it, but for a slash at its end. */
  readonly apiEndpoint: string
  /** Whom the token speaks of, by its own words (section 2.5); in some tenants the id of the user. */
  readonly subject?: string
  /** The id of the tenant (business unit) that the token is for, where it says. */
  readonly tenantId?: string
  /** As discovery names it. */
  readonly area?: string
  /** What else the token says of its tenant (section 2.5): for people to read, not to work with. */
  readonly said: Pick<Claims, 'iss' | 'tenant' | 'icBUId' | 'icClusterId'>
  /** When it is renewed, which is some time before it ends. */
  readonly renewAt: number
  /** Gets the next token without the secrets; it may work once only. */
  readonly refreshToken?: string
}

export interface Sessions {
  /** A session that is good for now; signs in if there is none. */
  current(): Promise<Session>
  /** A session newer than the one that was refused, by signing in anew. Concurrent callers share one renewal. */
  after(refusedOne: Session): Promise<Session>
}

export function openSessions(entry: Entry, io: ConnectorIo): Sessions {
  const way = openWay(entry, io)
  const renewal = entry.auth.renewal ?? (entry.auth.application === undefined ? 'sign-in' : 'refresh')
  let held: Session | undefined
  let underWay: Promise<Session> | undefined

  const obtain = async (from: Session | undefined): Promise<Session> => {
    const refreshToken = renewal === 'refresh' ? from?.refreshToken : undefined
    // Whatever becomes of it, it is not tried twice.
    if (held !== undefined) held = withoutRefresh(held)
    const refreshed = refreshToken === undefined ? undefined : await refresh(way, refreshToken, io)
    const answer = refreshed ?? (await way.signIn())
    return (held = await sessionOf(entry, io, { answer, earlier: refreshed && from }))
  }
  const renew = (from?: Session): Promise<Session> => {
    underWay ??= obtain(from).finally(() => {
      underWay = undefined
    })
    return underWay
  }
  return {
    current: async () => (held !== undefined && io.now().getTime() < held.renewAt ? held : renew(held)),
    after: async (refusedOne) => (held !== undefined && held.token !== refusedOne.token ? held : renew()),
  }
}

const withoutRefresh = ({ refreshToken: _used, ...session }: Session): Session => session

/** Nothing where CXone refuses it: then the secrets have to do. Where it cannot be asked, they could not either. */
async function refresh(way: Way, refreshToken: string, io: ConnectorIo): Promise<TokenAnswer | undefined> {
  try {
    const answer = await way.refresh(refreshToken)
    // One that is good for more than once is not said again (RFC 6749, section 6).
    return { ...answer, refresh_token: answer.refresh_token ?? refreshToken }
  } catch (error) {
    const { code, detail } = error instanceof ConnectorError ? error.refusal : { code: '', detail: '' }
    if (code === 'throttled' || code === 'unreachable' || code === '') throw error
    io.log.debug({ detail }, 'a refresh token was refused; signing in to CXone anew')
    return undefined
  }
}

interface Obtained {
  readonly answer: TokenAnswer
  /** The session that was refreshed: what its token said of tenant and subject holds on. */
  readonly earlier: Session | undefined
}

async function sessionOf(entry: Entry, io: ConnectorIo, { answer, earlier }: Obtained): Promise<Session> {
  const said = {
    ...defined({ tenantId: earlier?.tenantId, sub: earlier?.subject }),
    ...defined(claimsOf(answer.access_token)),
    ...defined(claimsOf(answer.id_token ?? '')),
  }
  const { tenantId, sub: subject, iss, tenant, icBUId, icClusterId } = said
  if (entry.tenantId !== undefined && tenantId !== undefined && !same(entry.tenantId, tenantId))
    throw new ConnectorError({
      code: 'credentials-refused',
      retry: 'later',
      detail: otherTenant(entry.tenantId, tenantId),
    })
  const { apiEndpoint, area } = await findApi(entry, said, io)
  const now = io.now().getTime()
  const life = answer.expires_in != null ? answer.expires_in * 1000 : untilEnd(said, now)
  io.log.debug({ apiEndpoint, tenant: tenantId, lifeSeconds: Math.round(life / 1000) }, 'signed in to CXone')
  return {
    token: answer.access_token,
    apiEndpoint,
    renewAt: now + life - Math.min(300_000, life / 10),
    said: { ...earlier?.said, ...defined({ iss, tenant, icBUId, icClusterId }) },
    ...(subject === undefined ? {} : { subject }),
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(area === undefined ? {} : { area }),
    ...(answer.refresh_token == null ? {} : { refreshToken: answer.refresh_token }),
  }
}

/** By the token's own end; one that has none, or is over by our clock, is used until it is refused. */
function untilEnd({ exp }: Claims, now: number): number {
  const life = exp === undefined ? 0 : exp * 1000 - now
  return life > 0 ? life : Number.POSITIVE_INFINITY
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const otherTenant = (wanted: string, found: string): string =>
  `The access key belongs to the tenant ${found}, and rollcall.yaml says tenantId: ${wanted}. Nothing is read or written there: put the key of the right tenant in, or correct tenantId.`

const defined = (some: Claims): Claims =>
  Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined))

/**
 * What a token says of itself; nothing if it is no JWT. Not verified: it came straight from the sign-in over TLS, and
 * nobody is let in on its word.
 */
export function claimsOf(token: string): Claims {
  const payload = token.split('.')[1] ?? ''
  const parsed = claims.safeParse(parse(Buffer.from(payload, 'base64url').toString()))
  return parsed.success ? parsed.data : {}
}
