// Decides how the parts become one listening service. Holds no behaviour of CXone.
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { ACD, acdPlugin, acdUrl } from './acd/plugin.ts'
import { CallLog } from './calls.ts'
import { applyChaos, controlRoutes, type Founding } from './control.ts'
import { CONTROL, guard, type Worlds } from './gate.ts'
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
  /** How many business units there are at this issuer. Default 1; further ones have the next seeds. */
  readonly units?: number
  /** How many people each has, the service user among them. Default 60. */
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

/** How one business unit is reached. */
export interface UnitAccess {
  readonly tenantId: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly control: string
}

export interface CxoneSimulator {
  readonly issuer: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Address of the control API. */
  readonly control: string
  /** All business units, the one above first. */
  readonly units: readonly UnitAccess[]
  close(): Promise<void>
}

/**
 * Starts a simulated CXone tenant on 127.0.0.1.
 *
 * @throws Refusal when `chaos` is wrong, Error when the port is taken
 */
export async function startCxoneSimulator(options: CxoneSimulatorOptions = {}): Promise<CxoneSimulator> {
  const units = Array.from({ length: options.units ?? 1 }, (_, index) => unitOf(options, index))
  const [first] = units
  if (first === undefined) throw new Error('units must be at least 1')
  await first.world.tokens.publicKeys()
  const app = serviceOf([first, ...units.slice(1)], options.tls)
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  const origin = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  for (const { world } of units) {
    world.origin = origin
    world.units = units.map((unit) => unit.world)
  }
  const access = units.map(({ world: { tenant }, control }) => ({
    tenantId: tenant.tenantId,
    accessKeyId: tenant.accessKeyId,
    accessKeySecret: tenant.accessKeySecret,
    control: `${origin}${control}`,
  }))
  const { accessKeyId, accessKeySecret } = first.world.tenant
  return {
    issuer: origin,
    accessKeyId,
    accessKeySecret,
    control: `${origin}${CONTROL}`,
    units: access,
    close: () => app.close(),
  }
}

/** One business unit, what it was made from, and where its control is. */
interface Unit {
  readonly world: World
  readonly founding: Founding
  readonly control: string
}

/** The first has the seed that was asked for, each further one the next. */
function unitOf(options: CxoneSimulatorOptions, index: number): Unit {
  const founding = { users: options.users ?? 60, seed: (options.seed ?? 1) + index }
  const tenant = seedTenant(founding.seed, options.area, index + 1)
  const base = options.now ?? Date.now
  const clock = { offsetMs: 0 }
  const world: World = {
    tenant,
    tokens: new Tokens(),
    calls: new CallLog(),
    traffic: new Traffic(),
    now: () => base() + clock.offsetMs,
    clock,
    units: [],
    origin: '',
    store: new Store(founding.seed, founding.users, tenant),
    switches: defaultSwitches(),
    ...freshParts(),
  }
  applyChaos(options.chaos ?? {}, world)
  return { world, founding, control: index === 0 ? CONTROL : `${CONTROL}-${index + 1}` }
}

/** Longer than clients keep a connection that they do not use. */
const KEEP_ALIVE = 72_000

function serviceOf(units: readonly [Unit, ...Unit[]], tls: CxoneSimulatorOptions['tls']): FastifyInstance {
  const [{ world: first }, ...others] = units
  const worlds: Worlds = [first, ...others.map(({ world }) => world)]
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    serverFactory: (handler): Server =>
      // An HTTPS server has all of an HTTP server that is used here; their types do not say so.
      tls === undefined
        ? createServer({ keepAliveTimeout: KEEP_ALIVE }, handler)
        : (createSecureServer({ ...tls, keepAliveTimeout: KEEP_ALIVE }, handler) as unknown as Server),
    rewriteUrl: ({ url }) => acdUrl(worlds.reduce((path, { tenant }) => oneSpelling(path, tenant), url ?? '/')),
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
  guard(app, worlds)
  answerErrors(app, first)
  for (const { world, founding, control: prefix } of units) {
    void app.register(async (control) => controlRoutes(control, world, founding), { prefix })
    void app.register(async (api) => apiRoutes(api, world), { prefix: world.tenant.apiPrefix })
  }
  discoveryRoutes(app, first)
  authRoutes(app, first)
  signOnRoutes(app, first)
  scimPlugin(app, { world: first, at: 'area' })
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

function answerErrors(app: FastifyInstance, first: World): void {
  app.setNotFoundHandler((request, reply) => reply.code(404).send(springBody(404, 'No such path', request.url)))
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) {
      const { status, body } = answerTo(error, (request.unit ?? first).switches)
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
