/** Carries replayed requests over HTTP as they stand: no header is added that the file does not name, but for length. */
import * as http from 'node:http'
import { decode } from '../../sim/idp/client.ts'
import type { Transport } from './replay.ts'
import type { ReplayAnswer } from './shape.ts'

/** `base` is the SCIM address, for example http://127.0.0.1:8080/scim/v2. Close it when done. */
export function httpTransport(base: string): Transport & { close(): void } {
  const agent = new http.Agent({ keepAlive: true })
  return {
    close: () => agent.destroy(),
    request: (method, path, { headers, body }) =>
      new Promise((resolve, reject) => {
        const bytes = body === undefined ? undefined : Buffer.from(body)
        const length = bytes === undefined ? {} : { 'Content-Length': bytes.length }
        const outgoing = http.request(base + path, { method, agent, headers: { ...headers, ...length } })
        outgoing.on('error', reject)
        outgoing.on('response', (incoming) => void readAnswer(incoming).then(resolve, reject))
        outgoing.end(bytes)
      }),
  }
}

async function readAnswer(incoming: http.IncomingMessage): Promise<ReplayAnswer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()])),
    body: decode(Buffer.concat(chunks), incoming.headers['content-encoding']),
  }
}
