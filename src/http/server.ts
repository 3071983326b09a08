/**
 * The HTTP server: which address is served by whom.
 * Decides limits, request ids, health and how requests are drained; must not know a resource.
 */
import { randomUUID } from 'node:crypto'
import { METHODS } from 'node:http'
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
} from 'fastify'
import { errorBody, ScimError } from '../scim/errors.ts'
import { keepWriting } from './auth/uses.ts'
import { openSignIn, type SignIn } from './auth.ts'
import { scimErrorOf } from './errors.ts'
import { logFault } from './fault-log.ts'
import { answerBroken, holdTo, LIMITS, serverOptions, type Limits } from './limits.ts'
import { oauthPlugin } from './oauth/plugin.ts'
import { launchRoutes, type FindLaunch } from './launch.ts'
import type { Metrics } from './metrics.ts'
import { metricsRoute, type MetricsAccess } from './metrics-route.ts'
import { meterRequests } from './request-metrics.ts'
import { scimPlugin } from './scim/plugin.ts'
import { SCIM_MEDIA_TYPE, SCIM_PATH, type ScimOptions } from './scim/request.ts'
import { rememberUnknownCalls } from './scim/unknown-calls.ts'
import type { Tls } from './tls.ts'

export const BODY_LIMIT_BYTES = 1_048_576

export interface ServerOptions {
  readonly log: FastifyBaseLogger
  readonly scim: ScimOptions
  /** Registers the admin API, below /api. */
  readonly admin: (app: FastifyInstance) => PromiseLike<unknown>
  /** Where launch links lead; without it there are none. */
  readonly launch?: FindLaunch
  /** Rejects, or says why not, while requests cannot be served. */
  readonly ready: () => Promise<string | undefined>
  /** What is counted, and who may read it at /metrics. */
  readonly metrics?: Metrics & MetricsAccess
  /** Whether an address is a proxy of ours, whose forwarding headers are believed. Without it, nobody's are. */
  readonly trusts?: (address: string | undefined) => boolean
  /** Makes the server where TLS is served here. */
  readonly tls?: Pick<Tls, 'createServer'>
  /** Bounds of bytes, connections and time that are not the usual ones. */
  readonly limits?: Partial<Limits>
}

/** Longer than proxies in front keep a connection, so that they and not we end one. */
const KEEP_ALIVE_MS = 65_000

/** Builds the server; it does not listen yet. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const limits = { ...LIMITS, ...options.limits }
  const server = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(),
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.silenceMs,
    http: serverOptions(limits),
    clientErrorHandler: answerBroken,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: options.trusts ?? false,
    ...(options.tls === undefined ? {} : { serverFactory: overTls(options.tls, limits) }),
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 1_000 },
    frameworkErrors: (error, request, reply) => {
      answerUnrouted(scimErrorOf(error, request.id).error, request, reply)
    },
  })
  knowAllMethods(server)
  server.setErrorHandler((cause, request, reply) => {
    const { error, fault } = scimErrorOf(cause, request.id)
    if (fault) logFault(request, cause, 'a request failed')
    return answerUnrouted(error, request, reply)
  })
  if (options.metrics !== undefined) meterRequests(server, options.metrics.requests)
  server.addHook('onSend', async (request, reply) => {
    reply
      .header('x-request-id', request.id)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
  })
  const { unknownCalls } = options.scim
  if (unknownCalls !== undefined) rememberUnknownCalls(server, unknownCalls)
  server.setNotFoundHandler((request, reply) =>
    answerUnrouted(
      new ScimError(404, `There is nothing at ${request.url.split('?')[0]?.slice(0, 200)}.`),
      request,
      reply,
    ),
  )
  health(server, options.ready)
  if (options.launch !== undefined) launchRoutes(server, options.launch)
  if (options.metrics !== undefined) metricsRoute(server, options.metrics, options.metrics)
  holdTo(server.server, limits)
  const signIn = signInOf(server, options, limits)
  await server.register(scimPlugin, { ...options.scim, signIn, prefix: SCIM_PATH })
  await server.register(oauthPlugin, {
    db: options.scim.operations.db,
    signIn,
    issuer: (request: FastifyRequest) => options.scim.baseUrl(request).slice(0, -SCIM_PATH.length),
  })
  await options.admin(server)
  return server
}

/** An address that exists says which methods it takes, whatever was tried; `CONNECT` never becomes a request. */
function knowAllMethods(server: FastifyInstance): void {
  const known = new Set([...server.supportedMethods, 'CONNECT'])
  for (const method of METHODS) if (!known.has(method)) server.addHttpMethod(method)
}

/** One for all addresses: whoever fails at one has failed. When what was last used is written down until the server closes. */
function signInOf(server: FastifyInstance, { scim, log }: ServerOptions, { atOnce }: Limits): SignIn {
  const signIn = openSignIn(scim.operations.db, { now: Date.now, atOnce })
  const stop = keepWriting(signIn.uses, (error) => log.error({ err: error }, 'last uses of tokens were not written'))
  server.addHook('onClose', stop)
  return signIn
}

/** Fastify leaves the time-outs of a server that it has not made to whoever made it. */
const overTls =
  (tls: Pick<Tls, 'createServer'>, limits: Limits): FastifyServerFactory =>
  (listener) => {
    const server = tls.createServer(listener, serverOptions(limits))
    server.requestTimeout = limits.requestMs
    server.keepAliveTimeout = KEEP_ALIVE_MS
    server.setTimeout(limits.silenceMs)
    return server
  }

/** How long requests under way have to end once the server closes. */
const DRAIN_MS = 10_000

/** Takes no new connection and answers what is under way; what is open after `patienceMs`, silent or not, is cut. */
export async function closeServer(server: FastifyInstance, patienceMs = DRAIN_MS): Promise<void> {
  // Closing idle connections does not count one that has never said anything.
  const cut = setTimeout(() => server.server.closeAllConnections(), patienceMs)
  await server.close().finally(() => clearTimeout(cut))
}

const isScim = (url: string): boolean =>
  url === SCIM_PATH || url.startsWith(`${SCIM_PATH}/`) || url.startsWith(`${SCIM_PATH}?`)

/** An error before any route was found, in the form its address promises: SCIM's, or RFC 9457's. */
function answerUnrouted(error: ScimError, { url }: Pick<FastifyRequest, 'url'>, reply: FastifyReply): FastifyReply {
  if (isScim(url))
    return reply
      .code(error.status)
      .type(SCIM_MEDIA_TYPE)
      .send(JSON.stringify(errorBody(error)))
  const problem = { type: 'about:blank', status: error.status, title: 'Request refused', detail: error.detail }
  return reply.code(error.status).type('application/problem+json').send(JSON.stringify(problem))
}

/** `/healthz`: the process lives. `/readyz`: it can serve, with the reason when it cannot. */
function health(server: FastifyInstance, ready: ServerOptions['ready']): void {
  server.get('/healthz', async () => ({ status: 'ok' }))
  server.get('/readyz', async (_request, reply) => {
    const why = await ready()
    return why === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', why })
  })
}
