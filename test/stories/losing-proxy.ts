/**
 * Stands between a provider and Rollcall, and loses answers: the request arrives and is served, the provider hears nothing.
 * Must not change a request.
 */
import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface LosingProxy {
  /** Of the SCIM address, through here. */
  readonly base: string
  /** Loses the answers to the next `times` requests of this method that are answered 2xx. */
  lose(method: string, times?: number): void
  readonly lost: () => number
  close(): Promise<void>
}

export async function openLosingProxy(base: string): Promise<LosingProxy> {
  const target = new URL(base)
  let losing = { method: '', times: 0 }
  let lost = 0
  const server = createServer((from, to) => {
    void pass(from).then(
      ({ answer, body }) => {
        const ok = (answer.statusCode ?? 500) < 300
        if (ok && from.method === losing.method && losing.times-- > 0) {
          lost++
          to.destroy()
          return
        }
        to.writeHead(answer.statusCode ?? 500, answer.headers).end(body)
      },
      () => to.destroy(),
    )
  })
  const pass = async (from: IncomingMessage): Promise<{ answer: IncomingMessage; body: Buffer }> => {
    const asked = await buffer(from)
    const { method, headers, url } = from
    const out = send({ host: target.hostname, port: target.port, method, path: url, headers, agent: false })
    out.end(asked)
    const [answer] = (await once(out, 'response')) as [IncomingMessage]
    return { answer, body: await buffer(answer) }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    base: `http://127.0.0.1:${port}${target.pathname}`,
    lose: (method, times = 1) => {
      losing = { method, times }
    },
    lost: () => lost,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
