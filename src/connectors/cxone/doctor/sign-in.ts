/**
 * Signing in, and what it says of where the tenant lives (facts, sections 1.2, 2.1 and 2.5).
 * Decides what a refused sign-in is about: the address, the key, or somebody between; must not call the API.
 */
import { z } from 'zod'
import { ConnectorError, type HttpResponse } from '../../contract.ts'
import type { Finding } from '../../doctor.ts'
import type { CxoneConfig } from '../config.ts'
import { parse, sayings } from '../refusal.ts'
import { hideSecrets } from '../session-refusal.ts'
import { openSessions, type Session, type Sessions } from '../session.ts'
import type { Knock } from './address.ts'
import { cannotTell, isNot, isWell } from './findings.ts'
import { isPage, troubleOf } from './trouble.ts'
import type { Exchange, Visit } from './visit.ts'

export interface SignIn {
  /** Of address, sign-in and region. */
  readonly findings: readonly Finding[]
  /** Undefined where nothing can be called. */
  readonly signedIn?: { readonly session: Session; readonly sessions: Sessions }
}

export async function signIn(entry: CxoneConfig, visit: Visit, at: Knock): Promise<SignIn> {
  const sessions = openSessions(entry, visit.io)
  const address = isWell('address', `${at.host} answers as CXone does.`)
  const well = isWell('sign-in', SIGNS_IN)
  try {
    const session = await sessions.current()
    return { findings: [address, well, region(entry, visit, session)], signedIn: { session, sessions } }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    const signIns = visit.exchanges.filter(({ method }) => method === 'POST')
    const last = visit.exchanges.at(-1)
    if (last !== undefined && isDiscovery(last) && signIns.some(({ response }) => response?.status === 200))
      return { findings: [address, well, undiscovered(last, error)] }
    const refused = signIns.at(-1) ?? last
    // No turn to call: nothing is known of the address either.
    if (refused?.response === undefined && error.refusal.code === 'throttled')
      return { findings: [isNot('sign-in', 'blocked', { found: error.refusal.detail, fix: FIXES['throttled'] })] }
    if (refused === undefined) return { findings: [cannotTell('sign-in', error.refusal.detail)] }
    return { findings: refusedSignIn(entry, { error, last: refused, knock: at }) }
  }
}

const SIGNS_IN = 'The access key signs in.'

const isDiscovery = ({ url }: Exchange): boolean => url.pathname.endsWith('/.well-known/cxone-configuration')

function undiscovered(last: Exchange, { refusal }: ConnectorError): Finding {
  const trouble = troubleOf(last)
  return isNot('region', 'blocked', {
    found: trouble?.found ?? refusal.detail,
    blocks: 'Everything: the address of the API is not known.',
    fix: trouble?.fix,
  })
}

interface Refused {
  readonly error: ConnectorError
  readonly last: Exchange
  readonly knock: Knock
}

function refusedSignIn(
  { auth }: CxoneConfig,
  { error: { refusal }, last, knock: { host, doubt } }: Refused,
): Finding[] {
  const { response, url } = last
  const trouble = troubleOf(last)
  if (trouble !== undefined) return [isNot('address', 'blocked', trouble)]
  if (response !== undefined && (NO_SUCH_ADDRESS.includes(response.status) || isPage(response))) {
    const found = `${url.host} is no issuer and no area of CXone: it answers ${response.status} to a sign-in. ${doubt ?? ''}`
    return [isNot('address', 'blocked', { found: found.trim() })]
  }
  const address = isWell('address', `${host} answers.`)
  if (refusal.code === 'credentials-refused') return [address, refusedKey(auth, response, refusal.detail)]
  return [address, isNot('sign-in', 'blocked', { found: refusal.detail, fix: FIXES[refusal.code] })]
}

const NO_SUCH_ADDRESS = [404, 405, 410, 501]

const FIXES: Readonly<Record<string, string>> = {
  throttled: 'Wait some minutes and ask again; other programs with access to this business unit count too.',
  unreachable:
    'If NICE reports no outage, see whether the machine that runs Rollcall reaches the address (proxy, firewall).',
  'answer-unexpected': 'If it lasts, give NICE’s support the words and the time.',
}

/** CXone may say whether it is the key or the employee behind it; else it is told that all of it is possible. */
function refusedKey(auth: CxoneConfig['auth'], response: HttpResponse | undefined, detail: string): Finding {
  // What a sign-in answered that went well holds a token and no words.
  if (response === undefined || response.status < 300) return isNot('sign-in', 'blocked', { found: detail })
  const said = sayings(hideSecrets(response.text, auth))
  const about = VAGUE.test(said) ? undefined : CAUSES.find(({ words }) => words.test(said))
  const words = said === '' ? '' : `: ${said.replace(/[.!?]$/, '')}`
  const { found, fix } = about ?? (auth.application === undefined ? EITHER : ANY)
  return isNot('sign-in', 'blocked', { found: `${found} CXone answered ${response.status}${words}.`, fix })
}

interface Cause {
  readonly found: string
  readonly fix?: string
}

const EITHER: Cause = {
  found:
    'CXone does not take the access key: it is mistyped, expired, switched off or deleted, or the employee that it belongs to is deactivated; CXone does not say which.',
}

const ANY: Cause = {
  found:
    'CXone does not take the registered application, or not the access key: one of them is mistyped or switched off, or the employee that the key belongs to is deactivated; CXone does not say which.',
}

/** It names several causes at once. */
const VAGUE = /\b(unknown|wrong|invalid|incorrect)\b.*\bor\b|\bor\b.*\b(unknown|wrong|invalid|incorrect)\b/i

const CAUSES: readonly (Cause & { readonly words: RegExp })[] = [
  {
    words: /\b(client|application)\b.*\bnot authori[sz]ed\b/i,
    found: 'The registered application may not sign in for the employee that the access key belongs to.',
    fix: 'Have NICE register the application for this tenant, or for all; or take it out of the entry of this app.',
  },
  {
    words: /\b(user|employee|owner|account)\b.*\b(deactivated|inactive|disabled|deleted|not active)\b/i,
    found: 'The employee that the access key belongs to is deactivated, and the key with them.',
  },
  {
    words: /\bkey\b.*\b(expired|inactive|disabled|revoked|deactivated|not active|switched off)\b|\bexpired\b/i,
    found: 'The access key has expired or was switched off.',
  },
]

const discovered = z.looseObject({
  area: z.string().optional().catch(undefined),
  cluster: z.string().optional().catch(undefined),
  tenantId: z.string().optional().catch(undefined),
})
export type Discovered = z.infer<typeof discovered>

/** What the last discovery said. */
export function discoveredBy(visit: Visit): Discovered | undefined {
  const last = visit.exchanges.findLast((exchange) => isDiscovery(exchange) && exchange.response?.status === 200)
  const parsed = discovered.safeParse(parse(last?.response?.text ?? ''))
  return parsed.success ? parsed.data : undefined
}

function region({ area }: CxoneConfig, visit: Visit, { apiEndpoint }: Session): Finding {
  const said = discoveredBy(visit)
  if (said?.area === undefined)
    return area === undefined
      ? isWell('region', `The API is at ${apiEndpoint}.`)
      : cannotTell('region', 'Discovery does not name an area.')
  const where = `The tenant is in area ${said.area}; its API is at ${apiEndpoint}.`
  if (area === undefined || area.toLowerCase() === said.area.toLowerCase()) return isWell('region', where)
  return isNot('region', 'blocked', {
    found: `The entry says area ${area}, but the tenant is in ${said.area}.`,
    fix: `Write area: ${said.area} in the entry of this app in rollcall.yaml, and start Rollcall again.`,
  })
}
