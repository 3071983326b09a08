/**
 * `/metrics`: who may read what this process counts.
 * Decides access; must not know what is counted.
 *
 * The figures name the apps of every tenant, so no key of a tenant opens them: they belong to whoever runs the server. That
 * is who holds the token of the installation, or else who is on this machine, as long as nothing speaks for a proxy there
 * that would make everybody look like it.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.ts'
import { isLoopback } from './proxies.ts'

export interface MetricsAccess {
  /** Without it only this machine may read. */
  readonly token?: string
  /** Others reach this server through a proxy, as far as the settings tell. */
  readonly proxied: boolean
  /** Brings what is read from elsewhere up to date, where it is time for that. */
  readonly refresh: () => Promise<void>
}

const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']
/** A browser that was lured to this machine under another name says that name (DNS rebinding). */
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

export function metricsRoute(
  server: FastifyInstance,
  metrics: Pick<Metrics, 'text' | 'contentType'>,
  access: MetricsAccess,
): void {
  const mayRead = access.token === undefined ? fromHere(access) : withToken(access.token)
  server.get('/metrics', async (request, reply) => {
    if (!mayRead(request)) {
      if (access.token !== undefined) reply.header('www-authenticate', 'Bearer realm="rollcall metrics"')
      const status = access.token === undefined ? 403 : 401
      const detail =
        access.token === undefined
          ? 'The metrics are for this machine only. Set ROLLCALL_METRICS_TOKEN, and send it: "Authorization: Bearer <token>".'
          : 'Send the header "Authorization: Bearer <token>" with what ROLLCALL_METRICS_TOKEN holds; API keys belong to one tenant and do not open it.'
      const problem = { type: 'about:blank', status, title: 'Request refused', detail }
      return reply.code(status).type('application/problem+json').send(JSON.stringify(problem))
    }
    await access.refresh()
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function withToken(token: string): (request: FastifyRequest) => boolean {
  const expected = digest(token)
  return ({ headers }) =>
    timingSafeEqual(digest(/^bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1] ?? ''), expected)
}

const fromHere =
  ({ proxied }: MetricsAccess) =>
  ({ headers, socket }: FastifyRequest): boolean =>
    !proxied &&
    isLoopback(socket.remoteAddress) &&
    LOCAL_HOST.test(headers.host ?? '') &&
    FORWARDING.every((name) => headers[name] === undefined)
