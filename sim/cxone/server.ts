// Decides how the parts become one listening service. Holds no behaviour of CXone.
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { ACD, acdPlugin, acdUrl } from './acd/plugin.ts'
import { CallLog } from './calls.ts'
import { applyChaos, controlRoutes } from './control.ts'
import { CONTROL, guard } from './gate.ts'
import { type Json, parseJson } from './input.ts'
import { answerTo, envelope, Refusal, springBody } from './refusal.ts'
import { accessKeyRoutes } from './routes/access-keys.ts'
import { authRoutes } from './routes/auth.ts'
import { discoveryRoutes, oneSpelling } from './routes/discovery.ts'
import { divisionRoutes } from './routes/divisions.ts'
import { inviteRoutes } from './routes/invites.ts'
import { roleRoutes } from './routes/roles.ts'
import { signOnRoutes } from './routes/sign-on.ts'
import { teamRoutes } from './routes/teams.ts'
import { userRoutes } from './routes/users.ts'
import { scimPlugin } from './scim/plugin.ts'
import { seedTenant } from './seed.ts'
import { Store } from './store.ts'
import { defaultSwitches } from './switches.ts'
import { Tokens } from './tokens.ts'
import { Traffic } from './traffic.ts'
import { freshParts, type World } from './world.ts'

export interface CxoneSimulatorOptions {
  /** 0 or nothing takes any free port. */
  readonly port?: number
  /** How many people, the service user among them. Default 60. */
  readonly users?: number
  /** Default 1. The same seed gives the same people, ids and keys. */
  readonly seed?: number
  /** Default na1: what discovery names, and a part of the path of the APIs. */
  readonly area?: string
  /** As in a chaos file: `{switches?, faults?, limits?, latency?, schedule?}`. */
  readonly chaos?: Json
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number
  /** In PEM. With it the simulator speaks HTTPS only, with this certificate whatever it is worth. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface CxoneSimulator {
  readonly issuer: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Address of the control API. */
  readonly control: string
  close(): Promise<void>
}

/**
 * Starts a simulated CXone tenant on 127.0.0.1.
 *
 * @throws Refusal when `chaos` is wrong, Error when the port is taken
 */
export async function startCxoneSimulator(options: CxoneSimulatorOptions = {}): Promise<CxoneSimulator> {
  const founding = { users: options.users ?? 60, seed: options.seed ?? 1 }
  const tenant = seedTenant(founding.seed, options.area)
  const base = options.now ?? Date.now
  const clock = { offsetMs: 0 }
  const world: World = {
    tenant,
    tokens: new Tokens(),
    calls: new CallLog(),
    traffic: new Traffic(),
    now: () => base() + clock.offsetMs,
    clock,
    origin: '',
    store: new Store(founding.seed, founding.users, tenant),
    switches: defaultSwitches(),
    ...freshParts(),
  }
  applyChaos(options.chaos ?? {}, world)
  await world.tokens.publicKeys()
  const app = serviceOf(world, founding, options.tls)
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  world.origin = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const { accessKeyId, accessKeySecret } = tenant
  return {
    issuer: world.origin,
    accessKeyId,
    accessKeySecret,
    control: `${world.origin}${CONTROL}`,
    close: () => app.close(),
  }
}

/** Longer than clients keep a connection that they do not use. */
const KEEP_ALIVE = 72_000

function serviceOf(
  world: World,
  founding: { users: number; seed: number },
  tls: CxoneSimulatorOptions['tls'],
): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    serverFactory: (handler): Server =>
      // An HTTPS server has all of an HTTP server that is used here; their types do not say so.
      tls === undefined
        ? createServer({ keepAliveTimeout: KEEP_ALIVE }, handler)
        : (createSecureServer({ ...tls, keepAliveTimeout: KEEP_ALIVE }, handler) as unknown as Server),
    rewriteUrl: ({ url }) => acdUrl(oneSpelling(url ?? '/', world.tenant)),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/scim+json'],
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer) => parseJson(body.toString()),
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer) => Object.fromEntries(new URLSearchParams(body.toString())),
  )
  guard(app, world)
  answerErrors(app, world)
  void app.register(async (control) => controlRoutes(control, world, founding), { prefix: CONTROL })
  void app.register(async (api) => apiRoutes(api, world), { prefix: world.tenant.apiPrefix })
  discoveryRoutes(app, world)
  authRoutes(app, world)
  signOnRoutes(app, world)
  scimPlugin(app, { world, at: 'area' })
  return app
}

function apiRoutes(api: FastifyInstance, world: World): void {
  userRoutes(api, world)
  inviteRoutes(api, world)
  roleRoutes(api, world)
  teamRoutes(api, world)
  accessKeyRoutes(api, world)
  divisionRoutes(api, world)
  scimPlugin(api, { world, at: 'api' })
  void api.register(
    async (acd) => {
      acdPlugin(acd, world)
    },
    { prefix: ACD },
  )
}

function answerErrors(app: FastifyInstance, world: World): void {
  app.setNotFoundHandler((request, reply) => reply.code(404).send(springBody(404, 'No such path', request.url)))
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) {
      const { status, body } = answerTo(error, world.switches)
      return reply.code(status).send(body)
    }
    const { statusCode, message } = error as { statusCode?: number; message?: string }
    if (statusCode !== undefined && statusCode < 500)
      return reply.code(statusCode).send(envelope('BAD_REQUEST', message ?? 'bad request'))
    // A fault of the simulator itself: a bench that hides its own bugs is worth nothing.
    process.stderr.write(
      `rollcall-sim cxone: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    )
    return reply.code(500).send(springBody(500, 'the simulator failed', request.url))
  })
}
