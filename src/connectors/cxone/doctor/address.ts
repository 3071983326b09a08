/**
 * The address that the app's entry names, before the key is sent anywhere (facts, section 1).
 * Decides whether somebody answers there who may be CXone; must not sign in.
 */
import { z } from 'zod'
import { ConnectorError } from '../../contract.ts'
import { signInHost } from '../areas.ts'
import type { CxoneConfig } from '../config.ts'
import { parse } from '../refusal.ts'
import { isPage, troubleOf, type Trouble } from './trouble.ts'
import type { Exchange, Visit } from './visit.ts'

export interface Knock {
  /** Where we knocked. */
  readonly host: string
  /** In the way for certain. */
  readonly trouble?: Trouble
  /** Not what an issuer of CXone answers; whoever signs in there is one all the same. */
  readonly doubt?: string
}

/** An area host answers tenant discovery (section 1.2), an issuer that of OpenID (1.1). */
export async function knock(entry: CxoneConfig, visit: Visit): Promise<Knock> {
  const host = signInHost(entry)
  const document = entry.issuer === undefined ? 'cxone-configuration' : 'openid-configuration'
  const url = `${host}/.well-known/${document}`
  const before = visit.exchanges.length
  await visit.io.fetch({ method: 'GET', url, headers: { accept: 'application/json' } }).catch(orFault)
  const exchange = visit.exchanges[before]
  if (exchange === undefined) return { host }
  const trouble = troubleOf(exchange)
  if (trouble !== undefined) return { host, trouble }
  return { host, ...doubtOf(exchange, document) }
}

/** That there is no answer is for the exchange to tell; anything else is a fault of ours. */
function orFault(error: unknown): void {
  if (!(error instanceof ConnectorError)) throw error
}

const known = z.union([z.looseObject({ token_endpoint: z.string() }), z.looseObject({ api_endpoint: z.string() })])

function doubtOf({ url, response }: Exchange, document: string): { readonly doubt?: string } {
  if (response === undefined) return {}
  if (response.status === 200 && known.safeParse(parse(response.text)).success) return {}
  const what = isPage(response) ? 'with a web page' : 'otherwise than CXone does'
  return { doubt: `${url.host} answers ${what} (${response.status} to /.well-known/${document}).` }
}
