/**
 * A receiver of webhooks on this machine that checks signatures by itself, as Standard Webhooks describes.
 * Must not use the product's own signing.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Received {
  readonly id: string
  /** Whether one of the signatures is that of the secret, and the time is near. */
  readonly genuine: boolean
  readonly signatures: number
  readonly body: {
    readonly type: string
    readonly timestamp: string
    readonly data: Readonly<Record<string, unknown>>
  }
}

export interface WebhookReceiver {
  readonly url: string
  readonly received: readonly Received[]
  /** What it answers from now on; `cut` ends the connection instead. */
  answer(status: number | 'cut', headers?: Readonly<Record<string, string>>): void
  /** Calls so far, those included that were cut. */
  calls(): number
  close(): Promise<void>
}

export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`

export async function receiveWebhooks(secret = WEBHOOK_SECRET): Promise<WebhookReceiver> {
  const received: Received[] = []
  let answer: { status: number | 'cut'; headers: Readonly<Record<string, string>> } = { status: 204, headers: {} }
  let calls = 0
  const server = createServer((request, response) => {
    calls++
    const { status, headers } = answer
    if (status === 'cut') return void request.socket.destroy()
    void text(request).then((body) => {
      const header = (name: string): string => String(request.headers[name])
      const signed = { id: header('webhook-id'), timestamp: header('webhook-timestamp'), body }
      const signatures = header('webhook-signature').split(' ')
      if (status < 300) {
        received.push({
          id: signed.id,
          genuine: isGenuine(signed, signatures, secret),
          signatures: signatures.length,
          body: JSON.parse(body) as Received['body'],
        })
      }
      response.writeHead(status, headers).end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook/path-that-may-be-secret`,
    received,
    answer: (status, headers = {}) => {
      answer = { status, headers }
    },
    calls: () => calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function isGenuine(
  { id, timestamp, body }: { id: string; timestamp: string; body: string },
  signatures: readonly string[],
  secret: string,
): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest()
  const isNear = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300
  return (
    isNear &&
    signatures.some((signature) => {
      const [version, value = ''] = signature.split(',')
      const given = Buffer.from(value, 'base64')
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
    })
  )
}
