/**
 * How long requests take, by the kind of their route.
 * Decides what the kinds are; must stay cheap, since it runs for every request: the label sets are made once.
 */
import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'

/** By the beginning of a route's pattern; the first that fits counts. */
const KINDS: readonly (readonly [prefix: string, kind: string])[] = [
  ['/scim/v2/Users', 'scim-users'],
  ['/scim/v2/Groups', 'scim-groups'],
  ['/scim/v2/Bulk', 'scim-bulk'],
  ['/scim/v2', 'scim-other'],
  ['/api', 'admin'],
  ['/oauth', 'oauth'],
  ['/.well-known', 'oauth'],
  ['/mcp', 'mcp'],
  ['/healthz', 'health'],
  ['/readyz', 'health'],
  ['/metrics', 'metrics'],
]

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** Of a route's pattern, never of an address: `none` for an address that nobody serves. */
export function kindOfRoute(pattern: string | undefined): string {
  if (pattern === undefined) return 'none'
  return KINDS.find(([prefix]) => pattern.startsWith(prefix))?.[1] ?? 'other'
}

type Child = ReturnType<Metrics['requests']['labels']>

/** Call before routes are registered. */
export function meterRequests(server: FastifyInstance, requests: Metrics['requests']): void {
  const known = new Map<string | undefined, Map<string, Child[]>>()
  const childOf = (pattern: string | undefined, asked: string, statusCode: number): Child => {
    let methods = known.get(pattern)
    if (methods === undefined) known.set(pattern, (methods = new Map<string, Child[]>()))
    const method = METHODS.has(asked) ? asked : 'other'
    let classes = methods.get(method)
    if (classes === undefined) methods.set(method, (classes = []))
    const digit = Math.trunc(statusCode / 100)
    return (classes[digit] ??= requests.labels({ route: kindOfRoute(pattern), method, status: `${digit}xx` }))
  }
  server.addHook('onResponse', (request, reply, done) => {
    childOf(request.routeOptions.url, request.method, reply.statusCode).observe(reply.elapsedTime / 1000)
    done()
  })
}
