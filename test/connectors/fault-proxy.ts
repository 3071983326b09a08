/**
 * A door in front of a server, which can be shut in the ways that networks and gateways shut one.
 * Must not change what goes through it.
 */
import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FaultProxy {
  /** Like that of the server behind it. */
  readonly address: string
  /** Until {@link heal}, every call gets this status, or (`drop`) no answer at all. */
  fail(how: 'drop' | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }): void
  heal(): void
  /** Whatever was shown as a credential so far is refused with 401 from now on. */
  forgetCredentials(): void
  /** Calls that came, as `GET /scim/v2/Users`, without their query. */
  calls(): readonly string[]
  close(): Promise<void>
}

export async function openFaultProxy(target: string): Promise<FaultProxy> {
  let fault: Parameters<FaultProxy['fail']>[0] | undefined
  const shown = new Set<string>()
  const refused = new Set<string>()
  const calls: string[] = []

  const pass = (from: IncomingMessage, to: ServerResponse): void => {
    const { host: _host, ...headers } = from.headers
    const onward = request(target + (from.url ?? ''), { method: from.method, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    })
    onward.on('error', () => to.destroy())
    from.pipe(onward)
  }

  const server = createServer((from, to) => {
    const credential = from.headers.authorization ?? ''
    calls.push(`${from.method} ${from.url?.split('?')[0]}`)
    if (fault === 'drop') return void to.destroy()
    if (fault !== undefined) return void to.writeHead(fault.status, fault.headers).end()
    if (refused.has(credential)) return void to.writeHead(401).end()
    if (!credential.startsWith('Basic ')) shown.add(credential)
    pass(from, to)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (how) => void (fault = how),
    heal: () => void (fault = undefined),
    forgetCredentials: () => shown.forEach((credential) => refused.add(credential)),
    calls: () => calls,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
