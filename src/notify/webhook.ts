/**
 * Webhooks signed as Standard Webhooks has it (https://www.standardwebhooks.com, specification 1.0.0).
 * Decides what is sent, which addresses may be called and what counts as taken; must not keep or repeat anything.
 */
import { createHmac } from 'node:crypto'
import type { Channel, Message, Sent } from './channel.ts'

export interface WebhookSettings {
  /** https, or http to this machine. */
  readonly url: string
  readonly secret: string
  /** Signs too, while receivers change from one secret to the other. */
  readonly oldSecret?: string | undefined
}

/** From the call to the end of the answer. */
const TOTAL_MS = 10_000
/** Nobody reads the answer's body, so little of it is taken. */
const LARGEST_ANSWER = 64 * 1024

/** `now` is when it is sent, not when it happened: a receiver refuses what is too old. */
export function openWebhook(settings: WebhookSettings, { now }: { now: () => Date }): Channel {
  const secrets = [settings.secret, ...(settings.oldSecret === undefined ? [] : [settings.oldSecret])]
  const { url } = settings
  return {
    send: async (message) => {
      if (!mayBeCalled(url)) return { ok: false, detail: `${hostOf(url)} is not called: use an https address.` }
      const body = bodyOf(message)
      const timestamp = Math.floor(now().getTime() / 1000)
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'Rollcall',
        'webhook-id': message.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatures({ id: message.id, timestamp, body }, secrets),
      }
      return call(url, { headers, body })
    },
  }
}

/** `type`, `timestamp` and `data` as the specification recommends, and whose it is. */
const bodyOf = ({ type, at, tenant, subject, data }: Message): string =>
  JSON.stringify({ type, timestamp: at.toISOString(), data: { tenant, summary: subject, ...data } })

/** One `v1` signature a secret, separated by spaces: HMAC-SHA256 over `id.timestamp.body`. */
export function signatures(
  signed: { readonly id: string; readonly timestamp: number; readonly body: string },
  secrets: readonly string[],
): string {
  const content = `${signed.id}.${signed.timestamp}.${signed.body}`
  return secrets.map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(content).digest('base64')}`).join(' ')
}

/** `whsec_` and base64, as the specification writes secrets; anything else is the key as it stands. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret, 'utf8')

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Where an alert may go: https anywhere, http only to this machine. No name or password in the address: it would be logged on the way. */
export function mayBeCalled(address: string): boolean {
  const url = URL.parse(address)
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))
}

/** All that is ever shown of an address: its path may hold a secret. */
const hostOf = (address: string): string => URL.parse(address)?.host ?? 'the address'

async function call(url: string, request: { headers: Record<string, string>; body: string }): Promise<Sent> {
  const host = hostOf(url)
  try {
    // A redirect would carry the message to an address that nobody has written into the configuration.
    const signal = AbortSignal.timeout(TOTAL_MS)
    const response = await fetch(url, { method: 'POST', ...request, redirect: 'manual', signal })
    await drain(response)
    if (response.status >= 200 && response.status < 300)
      return { ok: true, detail: `${host} took it with status ${response.status}.` }
    return { ok: false, detail: `${host} answered with status ${response.status}${hintOf(response.status)}.` }
  } catch (error) {
    return { ok: false, detail: `${host} did not take it: ${reason(error)}.` }
  }
}

async function drain(response: Response): Promise<void> {
  if (response.body === null) return
  let size = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LARGEST_ANSWER) return
  }
}

const hintOf = (status: number): string => {
  if (status >= 300 && status < 400) return ' and points elsewhere, which is not followed; write the final address'
  if (status === 401 || status === 403) return ', so it may not know the secret'
  if (status === 404 || status === 410) return ', so nobody listens at this path'
  return ''
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

/** Why there was no answer, without anything of the request in it. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed'
  if (error.name === 'TimeoutError') return `nothing complete within ${TOTAL_MS / 1000} s`
  const cause = error.cause instanceof Error ? error.cause : error
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  return REASONS[code] ?? (code === '' ? 'the connection failed' : `the connection failed (${code})`)
}
