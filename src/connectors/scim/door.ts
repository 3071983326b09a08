/**
 * Signing in at a SCIM server: RFC 6750, RFC 7617, RFC 6749 section 4.4.
 * Decides when a token is renewed; must not make any call for a user's sake.
 */
import { ConnectorError, type ConnectorIo } from '../contract.ts'
import type { Door, Pass } from '../scim-wire/client.ts'
import { field, parseRecord, textOf } from '../scim-wire/record.ts'
import { refused } from '../scim-wire/refusal.ts'
import type { ScimAuth, ScimConfig } from './config.ts'

type Client = NonNullable<ScimAuth['oauth']>

export function openDoor({ url, auth }: Pick<ScimConfig, 'url' | 'auth'>, io: ConnectorIo): Door {
  const base = url.replace(/\/+$/, '')
  if (auth.oauth !== undefined) return byClient(auth.oauth, base, io)
  const pass: Pass = { base, authorization: auth.basic === undefined ? `Bearer ${auth.token}` : basicOf(auth.basic) }
  return { pass: async () => pass, after: async () => pass }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const basicOf = ({ userName, password }: NonNullable<ScimAuth['basic']>): string =>
  `Basic ${base64(`${userName}:${password}`)}`

interface Held {
  readonly pass: Pass
  /** Some time before it ends. */
  readonly renewAt: number
}

/** Concurrent callers share one renewal. */
function byClient(client: Client, base: string, io: ConnectorIo): Door {
  let held: Held | undefined
  let renewal: Promise<Held> | undefined
  const renew = async (): Promise<Pass> => {
    renewal ??= grant(client, io)
      .then(({ authorization, renewAt }) => (held = { pass: { base, authorization }, renewAt }))
      .finally(() => {
        renewal = undefined
      })
    return (await renewal).pass
  }
  return {
    pass: async () => (held !== undefined && io.now().getTime() < held.renewAt ? held.pass : renew()),
    after: async (refusedOne) =>
      held !== undefined && held.pass.authorization !== refusedOne.authorization ? held.pass : renew(),
  }
}

/** Without `expires_in` a token is used until it is refused. */
const LONGEST_MS = 86_400_000
const EARLY_MS = 300_000

async function grant(client: Client, io: ConnectorIo): Promise<{ authorization: string; renewAt: number }> {
  const { tokenUrl, clientId, clientSecret, scope, send } = client
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope !== undefined) form.set('scope', scope)
  if (send === 'post') {
    form.set('client_id', clientId)
    form.set('client_secret', clientSecret)
  }
  const response = await io.fetch({
    method: 'POST',
    url: tokenUrl,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(send === 'basic' ? { authorization: `Basic ${base64(`${formed(clientId)}:${formed(clientSecret)}`)}` } : {}),
    },
    body: form.toString(),
    forAll: true,
  })
  const asked = { who: new URL(tokenUrl).host, what: 'the sign-in with client credentials', now: io.now() }
  if (response.status < 200 || response.status > 299) {
    // RFC 6749 section 5.2: what is wrong with a client is a 400 as well.
    const status = response.status === 400 || response.status === 403 ? 401 : response.status
    throw refused({ ...response, status }, asked)
  }
  const body = parseRecord(response.text) ?? {}
  const token = textOf(field(body, 'access_token'))
  if (token === null) {
    const detail = `The answer of ${asked.who} to ${asked.what} has no access_token. Check tokenUrl under auth of this app.`
    throw new ConnectorError({ code: 'answer-unexpected', retry: 'later', detail })
  }
  const seconds = Number(textOf(field(body, 'expires_in')) ?? Number.NaN)
  const life = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : LONGEST_MS
  return { authorization: `Bearer ${token}`, renewAt: io.now().getTime() + life - Math.min(EARLY_MS, life / 10) }
}

/** RFC 6749 section 2.3.1: as in a form, before the two are joined. */
const formed = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)
