/**
 * One way to get a token from CXone: with the access key alone, or with a registered application beside it.
 * Decides where a token is asked for and how the secrets travel; must not decide when.
 */
import { ConnectorError, type ConnectorIo, type HttpRequest, type HttpResponse } from '../contract.ts'
import { doubtAbout, signInHost } from './areas.ts'
import type { CxoneConfig } from './config.ts'
import { findSignIn, findTokenEndpoint, isSuccess, readJson } from './discovery.ts'
import { tokenAnswer, type TokenAnswer } from './schema.ts'
import { fromBetween, NoSuchService, refusedSignIn } from './session-refusal.ts'

export type Entry = Pick<CxoneConfig, 'area' | 'issuer' | 'tenantId' | 'apiEndpoint' | 'auth'>

/** Both throw {@link ConnectorError}. */
export interface Way {
  signIn(): Promise<TokenAnswer>
  /** With the refresh token of an earlier answer. */
  refresh(refreshToken: string): Promise<TokenAnswer>
}

export const openWay = (entry: Entry, io: ConnectorIo): Way => {
  const { application } = entry.auth
  return application === undefined ? accessKeyWay(entry, io) : applicationWay(entry, io, application)
}

/** Facts, section 2.1: JSON, at the area's host or any that signs in. */
function accessKeyWay(entry: Entry, io: ConnectorIo): Way {
  const { accessKeyId, accessKeySecret } = entry.auth
  let host = signInHost(entry)
  const post = (path: string, body: object): Promise<TokenAnswer> =>
    exchange(entry, io, { url: host + path, type: 'application/json', body: JSON.stringify(body) })
  const signIn = (): Promise<TokenAnswer> =>
    post('/authentication/v1/token/access-key', { accessKeyId, accessKeySecret })
  return {
    signIn: async () => {
      try {
        return await signIn()
      } catch (error) {
        // Some issuers do not sign in themselves; the tenant's discovery says who does.
        const other = error instanceof NoSuchService ? await findSignIn(entry, io) : undefined
        if (other === undefined || other === host) throw error
        host = other
        return signIn()
      }
    },
    refresh: (token) => post('/public/user/refresh', { token }),
  }
}

type Application = NonNullable<CxoneConfig['auth']['application']>

/** Facts, section 2.2: the password grant of OAuth, the key as user name and password, the application as the client. */
function applicationWay(entry: Entry, io: ConnectorIo, application: Application): Way {
  const { accessKeyId, accessKeySecret } = entry.auth
  let endpoint: string | undefined
  const post = async (grant: Readonly<Record<string, string>>): Promise<TokenAnswer> => {
    endpoint ??= await findTokenEndpoint(entry, io)
    const { header, fields } = clientAuth(application)
    const body = new URLSearchParams({ ...grant, ...fields }).toString()
    try {
      return await exchange(entry, io, { url: endpoint, type: 'application/x-www-form-urlencoded', body, header })
    } catch (error) {
      // It may have moved.
      if (error instanceof NoSuchService) endpoint = undefined
      throw error
    }
  }
  const { scope, clientId } = application
  const scoped = scope === undefined ? {} : { scope }
  return {
    signIn: () => post({ grant_type: 'password', username: accessKeyId, password: accessKeySecret, ...scoped }),
    // The specification wants the id in the body here, whichever way the client shows who it is.
    refresh: (token) => post({ grant_type: 'refresh_token', refresh_token: token, client_id: clientId }),
  }
}

interface ClientAuth {
  readonly header: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
}

/** RFC 6749, section 2.3.1. Whether CXone decodes what it gets by Basic is not written down, hence `encoding`. */
export function clientAuth({ clientId, clientSecret, authMethod, encoding }: Application): ClientAuth {
  if (authMethod === 'client_secret_post')
    return { header: {}, fields: { client_id: clientId, client_secret: clientSecret } }
  const [id, secret] =
    encoding === 'plain' ? [clientId, clientSecret] : [formEncoded(clientId), formEncoded(clientSecret)]
  return { header: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }, fields: {} }
}

/** As `application/x-www-form-urlencoded` has it (RFC 6749, appendix B). */
const formEncoded = (text: string): string => new URLSearchParams({ a: text }).toString().slice(2)

interface Exchange {
  readonly url: string
  readonly type: string
  readonly body: string
  readonly header?: Readonly<Record<string, string>>
}

async function exchange(entry: Entry, io: ConnectorIo, { url, type, body, header }: Exchange): Promise<TokenAnswer> {
  const what = `the sign-in at ${URL.parse(url)?.origin ?? url}`
  const headers = { accept: 'application/json', 'content-type': type, ...header }
  const response = await send({ method: 'POST', url, headers, body, forAll: true }, entry, io)
  const between = fromBetween(response, what)
  if (between !== undefined) throw between
  if (!isSuccess(response)) throw refusedSignIn(response, { what, auth: entry.auth }, io.now())
  return readJson(response, tokenAnswer, what)
}

/** Where nobody answers, an area that is not known is the likeliest cause. */
async function send(request: HttpRequest, entry: Entry, io: ConnectorIo): Promise<HttpResponse> {
  try {
    return await io.fetch(request)
  } catch (error) {
    const doubt = doubtAbout(entry)
    if (doubt === undefined || !(error instanceof ConnectorError)) throw error
    const { ok: _, detail, ...rest } = error.refusal
    throw new ConnectorError({ ...rest, detail: `${detail} ${doubt}` }, { cause: error })
  }
}
