/**
 * Signing in with an access key, and where the tenant's API is (facts, sections 1.2, 2.1 and 2.5).
 * Decides when a token is renewed; must not make any call for a user's sake.
 */
import { z } from 'zod'
import { ConnectorError, type ConnectorIo, type HttpResponse } from '../contract.ts'
import type { CxoneConfig } from './config.ts'
import { parse, refused } from './refusal.ts'
import { claims, discovery, tokenAnswer, type Claims } from './schema.ts'

export interface Session {
  readonly token: string
  /** Used exactly as CXone gave it, but for a slash at its end. */
  readonly apiEndpoint: string
  /** Whom the token speaks of, by its own words (section 2.5); in some tenants the id of the user. */
  readonly subject?: string
  /** When it is renewed, which is some time before it ends. */
  readonly renewAt: number
}

export interface Sessions {
  /** A session that is good for now; signs in if there is none. */
  current(): Promise<Session>
  /** A session newer than the one that was refused. Concurrent callers share one renewal. */
  after(refusedOne: Session): Promise<Session>
}

export function openSessions(config: CxoneConfig, io: ConnectorIo): Sessions {
  let held: Session | undefined
  let renewal: Promise<Session> | undefined

  const renew = (): Promise<Session> => {
    renewal ??= signIn(config, io)
      .then((session) => (held = session))
      .finally(() => {
        renewal = undefined
      })
    return renewal
  }
  return {
    current: async () => (held !== undefined && io.now().getTime() < held.renewAt ? held : renew()),
    after: async (refusedOne) => (held !== undefined && held.token !== refusedOne.token ? held : renew()),
  }
}

async function signIn(config: CxoneConfig, io: ConnectorIo): Promise<Session> {
  const host = authHost(config)
  const response = await io.fetch({
    method: 'POST',
    url: `${host}/authentication/v1/token/access-key`,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(config.auth),
    forAll: true,
  })
  const answer = readAnswer(response, {
    schema: tokenAnswer,
    what: `the sign-in at ${host}`,
    io,
    refuse: refusedSignIn,
  })
  const said = { ...claimsOf(answer.access_token), ...defined(claimsOf(answer.id_token ?? '')) }
  const apiEndpoint = await discover([said.iss, host], said.tenantId, io)
  const now = io.now().getTime()
  const life = answer.expires_in != null ? answer.expires_in * 1000 : (said.exp ?? 0) * 1000 - now
  io.log.debug({ apiEndpoint, tenant: said.tenantId, lifeSeconds: Math.round(life / 1000) }, 'signed in to CXone')
  const renewAt = now + life - Math.min(300_000, life / 10)
  return { token: answer.access_token, apiEndpoint, renewAt, ...(said.sub === undefined ? {} : { subject: said.sub }) }
}

const authHost = ({ area, issuer }: CxoneConfig): string =>
  issuer === undefined ? `https://${area}.nice-incontact.com` : unslashed(issuer)

const unslashed = (address: string): string => address.replace(/\/+$/, '')

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

/** Asks the issuer that the token names, then the host we signed in at: an area host knows its tenants too. */
async function discover(
  hosts: readonly (string | undefined)[],
  tenantId: string | undefined,
  io: ConnectorIo,
): Promise<string> {
  const query = tenantId === undefined ? '' : `?tenantId=${encodeURIComponent(tenantId)}`
  let trouble: unknown
  for (const host of new Set(
    hosts.flatMap((known) => (known !== undefined && URL.canParse(known) ? [unslashed(known)] : [])),
  )) {
    try {
      const url = `${host}/.well-known/cxone-configuration${query}`
      const response = await io.fetch({ method: 'GET', url, headers: { accept: 'application/json' }, forAll: true })
      return unslashed(
        readAnswer(response, { schema: discovery, what: `the discovery at ${host}`, io, refuse: refused }),
      )
    } catch (error) {
      trouble ??= error
    }
  }
  throw trouble
}

interface Reading<T> {
  readonly schema: z.ZodType<T>
  readonly what: string
  readonly io: ConnectorIo
  readonly refuse: typeof refused
}

function readAnswer<T>(response: HttpResponse, { schema, what, io, refuse }: Reading<T>): T {
  if (response.status < 200 || response.status > 299) throw refuse(response, what, io.now())
  const parsed = schema.safeParse(parse(response.text))
  if (parsed.success) return parsed.data
  const detail = `The answer to ${what} is not what CXone documents: ${z.prettifyError(parsed.error).split('\n')[0]}.`
  throw new ConnectorError({ code: 'answer-unexpected', retry: 'soon', detail })
}

/** A sign-in is refused for other reasons than a call: a plain 400 is about the key, a 404 about the address. */
function refusedSignIn(response: HttpResponse, what: string, now: Date): ConnectorError & ReturnType<typeof refused> {
  const { status } = response
  if (status === 400 || status === 403) return refused({ ...response, status: 401 }, what, now)
  return refused(response, status === 404 ? `${what} (is the area or issuer right?)` : what, now)
}
