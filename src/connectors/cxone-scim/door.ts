/**
 * Signing in for native SCIM, and where it is (facts, sections 1.2, 2.1 and 3.1).
 * Decides which address answers and when a token is renewed; must not make any call for a user's sake.
 */
import { ConnectorError, type ConnectorIo, type HttpResponse } from '../contract.ts'
import type { Door, Pass } from '../scim-wire/client.ts'
import { field, parseRecord, textOf, type ScimRecord } from '../scim-wire/record.ts'
import { refused } from '../scim-wire/refusal.ts'
import type { CxoneScimConfig } from './config.ts'

export interface CxoneDoor extends Door {
  /** Whom the token speaks of, by its own words; undefined where there is none. */
  subject(): Promise<string | undefined>
}

interface Held {
  readonly pass: Pass
  readonly subject?: string | undefined
  readonly renewAt: number
}

interface SignedIn {
  readonly authorization: string
  readonly claims: ScimRecord
  readonly lifeMs: number
}

type Entry = Pick<CxoneScimConfig, 'area' | 'issuer' | 'url' | 'auth'>

export function openDoor(entry: Entry, io: ConnectorIo): CxoneDoor {
  let held: Held | undefined
  let renewal: Promise<Held> | undefined
  // Once it has answered it stays.
  let base: string | undefined

  const open = async (): Promise<Held> => {
    const { authorization, claims, lifeMs } = await signIn(entry, io)
    base ??= await findBase(entry, io, { authorization, claims })
    const renewAt = io.now().getTime() + lifeMs - Math.min(300_000, lifeMs / 10)
    return (held = { pass: { authorization, base }, subject: textOf(field(claims, 'sub')) ?? undefined, renewAt })
  }
  const renew = (): Promise<Held> => {
    renewal ??= open().finally(() => {
      renewal = undefined
    })
    return renewal
  }
  const current = async (): Promise<Held> => (held !== undefined && io.now().getTime() < held.renewAt ? held : renew())
  return {
    pass: async () => (await current()).pass,
    after: async (refusedOne) =>
      held !== undefined && held.pass.authorization !== refusedOne.authorization ? held.pass : (await renew()).pass,
    subject: async () => (await current()).subject,
  }
}

const hostOf = ({ area, issuer }: Entry): string | undefined =>
  issuer === undefined ? area && `https://${area}.nice-incontact.com` : unslashed(issuer)

const unslashed = (text: string): string => text.replace(/\/+$/, '')

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const HOUR_MS = 3_600_000

async function signIn(entry: Entry, io: ConnectorIo): Promise<SignedIn> {
  const { accessKeyId, accessKeySecret, send } = entry.auth
  if (send === 'basic')
    return { authorization: `Basic ${base64(`${accessKeyId}:${accessKeySecret}`)}`, claims: {}, lifeMs: HOUR_MS }
  const host = hostOf(entry) ?? ''
  const response = await io.fetch({
    method: 'POST',
    url: `${host}/authentication/v1/token/access-key`,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ accessKeyId, accessKeySecret }),
    forAll: true,
  })
  if (!isSuccess(response)) {
    // A plain 400 or 403 here is about the key.
    const status = response.status === 400 || response.status === 403 ? 401 : response.status
    throw refused({ ...response, status }, { who: 'CXone', what: `the sign-in at ${host}`, now: io.now() })
  }
  const body = parseRecord(response.text) ?? {}
  const token = textOf(field(body, 'access_token'))
  if (token === null) throw unexpected(`The answer of CXone to the sign-in at ${host} has no access_token.`)
  const seconds = Number(textOf(field(body, 'expires_in')) ?? Number.NaN)
  const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : HOUR_MS
  return { authorization: `Bearer ${token}`, claims: claimsOf(token), lifeMs }
}

/** What a token says of itself; nothing if it is no JWT. Nobody is let in on its word. */
const claimsOf = (token: string): ScimRecord =>
  parseRecord(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) ?? {}

const isSuccess = ({ status }: HttpResponse): boolean => status >= 200 && status <= 299

/** Section 3.1: the area's host, by what others say; then below the endpoint that discovery names. */
async function findBase(
  entry: Entry,
  io: ConnectorIo,
  signedIn: { readonly authorization: string; readonly claims: ScimRecord },
): Promise<string> {
  if (entry.url !== undefined) return unslashed(entry.url)
  const path = entry.auth.send === 'basic' ? '/basic-auth/scim/v2' : '/scim/v2'
  const host = hostOf(entry) ?? ''
  const heard: string[] = []
  for (const root of [async () => host, () => apiEndpoint(host, io, signedIn.claims)]) {
    const base = `${await root()}${path}`
    const headers = { accept: 'application/scim+json, application/json', authorization: signedIn.authorization }
    const response = await io.fetch({ method: 'GET', url: `${base}/Schemas`, headers, forAll: true })
    if (isSuccess(response) && parseRecord(response.text) !== undefined) return base
    // Whoever is asked too much, or is down, may have it all the same.
    if (response.status === 429 || response.status >= 500) throw refused(response, { ...ASKED, now: io.now() })
    if (response.status === 401) throw refused(response, { ...ASKED, now: io.now() })
    heard.push(`${base} answers ${isSuccess(response) ? 'with something that is no SCIM' : response.status}`)
  }
  throw unexpected(
    `CXone has no native SCIM here: ${heard.join(', ')}. It comes with some plans only; if yours has it, put its address under url of this app, else use the type cxone.`,
  )
}

const ASKED = { who: 'CXone', what: 'GET /Schemas of native SCIM' }

/** The issuer that the token names knows it, and the host that signs in (section 1.2). */
async function apiEndpoint(host: string, io: ConnectorIo, claims: ScimRecord): Promise<string> {
  const tenant = textOf(field(claims, 'tenantId'))
  const query = tenant === null ? '' : `?tenantId=${encodeURIComponent(tenant)}`
  const issuer = textOf(field(claims, 'iss'))
  for (const known of new Set([issuer !== null && URL.canParse(issuer) ? unslashed(issuer) : host, host])) {
    const url = `${known}/.well-known/cxone-configuration${query}`
    const response = await io.fetch({ method: 'GET', url, headers: { accept: 'application/json' }, forAll: true })
    const found = isSuccess(response) ? textOf(field(parseRecord(response.text) ?? {}, 'api_endpoint')) : null
    if (found !== null) return unslashed(found)
  }
  return host
}

const unexpected = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'answer-unexpected', retry: 'later', detail })
