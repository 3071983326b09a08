/**
 * Where the API of a tenant is, and where applications get their tokens (facts, sections 1.1 and 1.2).
 * Decides whom to ask and which answers are believed; must not hold a token or a secret.
 */
import { z } from 'zod'
import { ConnectorError, type ConnectorIo, type HttpResponse } from '../contract.ts'
import { isOfTheSame, issuerOf, signInHost, unslashed } from './areas.ts'
import type { CxoneConfig } from './config.ts'
import { parse, refused } from './refusal.ts'
import { discovery, openIdConfiguration, type Claims, type Discovered } from './schema.ts'
import { fromBetween } from './session-refusal.ts'

type Entry = Pick<CxoneConfig, 'area' | 'issuer' | 'tenantId' | 'apiEndpoint' | 'auth'>

/** Where the API of the tenant is that a token speaks of. Throws {@link ConnectorError}. */
export async function findApi(
  entry: Entry,
  said: Claims,
  io: ConnectorIo,
): Promise<Pick<Discovered, 'apiEndpoint' | 'area'>> {
  if (entry.apiEndpoint !== undefined) return { apiEndpoint: unslashed(entry.apiEndpoint), area: undefined }
  const found = await discover(entry, said, io)
  if (!isOfTheSame(signInHost(entry), found.apiEndpoint))
    throw elsewhere(signInHost(entry), found.apiEndpoint, 'apiEndpoint')
  return { apiEndpoint: unslashed(found.apiEndpoint), area: found.area }
}

/**
 * Asks the issuer that the token names, then the host we signed in at: an area host knows its tenants too, and may
 * answer only where no tenant is named. The first trouble counts: it is about the likeliest place.
 */
async function discover(
  entry: Entry,
  { iss, tenantId = entry.tenantId }: Claims,
  io: ConnectorIo,
): Promise<Discovered> {
  const signedInAt = entry.auth.application === undefined ? [] : [issuerOf(entry)]
  const hosts = [iss, ...signedInAt, signInHost(entry)].flatMap((host) =>
    host !== undefined && URL.canParse(host) ? [unslashed(host)] : [],
  )
  const query = tenantId === undefined ? [] : [`?tenantId=${encodeURIComponent(tenantId)}`]
  // Without a tenant an issuer could speak of any; an area host is known to answer for its own.
  const unnamed = tenantId === undefined ? hosts : entry.area === undefined ? [] : [signInHost(entry)]
  const addresses = [...query.flatMap((named) => hosts.map((host) => at(host) + named)), ...unnamed.map(at)]
  let trouble: unknown
  for (const url of new Set(addresses)) {
    try {
      const found = await ask(url, discovery, io)
      if (isOf(found, tenantId)) return found
      trouble ??= unexpected(
        `The discovery at ${url} speaks of another tenant, ${found.tenantId}, than the token, ${tenantId}.`,
      )
    } catch (error) {
      trouble ??= withHint(error, tenantId)
    }
  }
  throw trouble
}

const isOf = (found: Discovered, tenantId: string | undefined): boolean =>
  tenantId === undefined || found.tenantId === undefined || found.tenantId.toLowerCase() === tenantId.toLowerCase()

const at = (host: string): string => `${host}/.well-known/cxone-configuration`

function withHint(error: unknown, tenantId: string | undefined): unknown {
  if (tenantId !== undefined || !(error instanceof ConnectorError) || error.refusal.code === 'unreachable') return error
  const { ok: _, detail, ...rest } = error.refusal
  const hint = ' The token does not say which tenant it is for; if discovery wants to know, name it as tenantId.'
  return new ConnectorError({ ...rest, detail: `${detail}${hint}` }, { cause: error })
}

/** Where the tenant signs in by its own discovery, if it says; asked where the address of the entry has no sign-in. */
export async function findSignIn(entry: Entry, io: ConnectorIo): Promise<string | undefined> {
  const host = signInHost(entry)
  const { authEndpoint } = await discover(entry, {}, io).catch(() => ({ authEndpoint: undefined }))
  if (authEndpoint === undefined || unslashed(authEndpoint) === host) return undefined
  if (!isOfTheSame(host, authEndpoint)) throw elsewhere(host, authEndpoint, 'issuer')
  return unslashed(authEndpoint)
}

/** Where registered applications get their tokens: as the issuer says, else where the specification has it. */
export async function findTokenEndpoint(entry: Entry, io: ConnectorIo): Promise<string> {
  const issuer = issuerOf(entry)
  const own = entry.auth.application?.tokenEndpoint
  if (own !== undefined) return own
  const named = await ask(`${issuer}/.well-known/openid-configuration`, openIdConfiguration, io).catch(unlessAway)
  if (named === undefined) return `${issuer}/auth/token`
  if (!isOfTheSame(issuer, named)) throw elsewhere(issuer, named, 'auth.application.tokenEndpoint')
  return named
}

const AWAY: ReadonlySet<string> = new Set(['unreachable', 'throttled'])

function unlessAway(error: unknown): undefined {
  if (error instanceof ConnectorError && !AWAY.has(error.refusal.code)) return undefined
  throw error
}

async function ask<T>(url: string, schema: z.ZodType<T>, io: ConnectorIo): Promise<T> {
  const response = await io.fetch({ method: 'GET', url, headers: { accept: 'application/json' }, forAll: true })
  return read(response, schema, { what: `the discovery at ${new URL(url).origin}`, now: io.now() })
}

function read<T>(response: HttpResponse, schema: z.ZodType<T>, { what, now }: { what: string; now: Date }): T {
  const between = fromBetween(response, what)
  if (between !== undefined) throw between
  if (!isSuccess(response)) throw refused(response, what, now)
  return readJson(response, schema, what)
}

export const isSuccess = ({ status }: HttpResponse): boolean => status >= 200 && status < 300

/** The JSON of a success. Throws {@link ConnectorError} where it is not what CXone documents. */
export function readJson<T>(response: HttpResponse, schema: z.ZodType<T>, what: string): T {
  const parsed = schema.safeParse(parse(response.text))
  if (parsed.success) return parsed.data
  const detail = `The answer to ${what} is not what CXone documents: ${z.prettifyError(parsed.error).split('\n')[0]}.`
  throw new ConnectorError({ code: 'answer-unexpected', retry: 'soon', detail })
}

const unexpected = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'answer-unexpected', retry: 'later', detail })

/** Secrets go to hosts of the same house only, unless a person says otherwise. */
const elsewhere = (from: string, to: string, setting: string): ConnectorError =>
  unexpected(
    `The discovery at ${from} names another host, ${URL.parse(to)?.host ?? to}, which belongs neither to it nor to NICE as far as is known here. Nothing was sent there. If it is right, write ${setting}: ${unslashed(to)} in rollcall.yaml; if not, something on the way changes answers.`,
  )
