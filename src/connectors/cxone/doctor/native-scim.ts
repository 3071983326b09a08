/**
 * Whether CXone's own SCIM answers, and where (facts, section 3.1).
 * Decides which addresses are tried; must not send the token to a host that is none of the tenant's.
 */
import { ConnectorError, type HttpResponse } from '../../contract.ts'
import type { Finding } from '../../doctor.ts'
import { isOfTheSame, signInHost, unslashed } from '../areas.ts'
import type { CxoneConfig } from '../config.ts'
import { parse, sayings } from '../refusal.ts'
import type { Session } from '../session.ts'
import { cannotTell, isNot, isWell } from './findings.ts'
import type { Visit } from './visit.ts'

interface Asked {
  readonly session: Session
  /** As discovery names it. */
  readonly area: string | undefined
}

export async function nativeScim(entry: CxoneConfig, visit: Visit, { session, area }: Asked): Promise<Finding> {
  const tried: string[] = []
  let barred: { readonly address: string; readonly response: HttpResponse } | undefined
  for (const address of addressesOf(entry, { session, area })) {
    const response = await ask(visit, `${address}/Schemas`, session.token)
    if (response === undefined) {
      if (visit.stopped() !== undefined) return cannotTell('native-scim', visit.stopped() ?? '')
      tried.push(address)
      continue
    }
    if (response.status === 200 && isScim(response)) return isWell('native-scim', `Native SCIM answers at ${address}.`)
    if (response.status === 401 || response.status === 403) barred ??= { address, response }
    tried.push(address)
  }
  if (barred !== undefined) {
    const said = sayings(barred.response.text)
    const found = `Native SCIM is at ${barred.address} and lets this key not in (${barred.response.status}${said === '' ? '' : `: ${said}`}).`
    return isNot('native-scim', 'blocked', { found })
  }
  return isNot('native-scim', 'missing', { found: `Native SCIM does not answer, at ${tried.join(' nor at ')}.` })
}

/** The area's host first, then the API. */
function addressesOf(entry: CxoneConfig, { session, area }: Asked): readonly string[] {
  const host = signInHost(entry)
  const ofArea = area === undefined ? undefined : `https://${area.toLowerCase()}.nice-incontact.com`
  const first = ofArea !== undefined && isOfTheSame(host, ofArea) ? ofArea : host
  return [...new Set([first, session.apiEndpoint].map((base) => `${unslashed(base)}/scim/v2`))]
}

async function ask(visit: Visit, url: string, token: string): Promise<HttpResponse | undefined> {
  try {
    return await visit.io.fetch({
      method: 'GET',
      url,
      headers: { accept: 'application/scim+json, application/json', authorization: `Bearer ${token}` },
    })
  } catch (error) {
    if (error instanceof ConnectorError) return undefined
    throw error
  }
}

const isScim = ({ text }: HttpResponse): boolean => {
  const body = parse(text)
  return typeof body === 'object' && body !== null
}
