// Decides, before a route sees a call, whether it gets through: latency, faults, rate limit, Accept, token, rights, in
// that order. Control calls pass untouched. The record of every other call starts and ends here.
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasExpired } from './access-keys.ts'
import type { Call } from './calls.ts'
import { chaosGate } from './chaos-gate.ts'
import { holds, type Permission } from './permissions.ts'
import type { StoredUser } from './records.ts'
import { envelope, springBody } from './refusal.ts'
import { basicCaller, type ScimAddress, scimAway } from './scim/door.ts'
import type { Effect } from './traffic.ts'
import type { World } from './world.ts'

export const CONTROL = '/__control'
const CONTROL_CALL = /^\/__control(?:-\d+)?(?:\/|$)/

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the role of the caller must allow. */
    needs?: Permission
    /** The lesser right that is enough as long as the caller asks about itself only; the route sees to that. */
    orOwn?: Permission
    /** Which sign-in native SCIM takes at this address, and where the address is. */
    scim?: ScimAddress
  }
  interface FastifyRequest {
    /** The business unit that is called: the first one at the issuer itself; null for control calls. */
    unit: World | null
    /** The record of this call; null for control calls. */
    call: Call | null
    /** Who calls; set below the API prefix only. */
    caller: StoredUser | null
    /** The caller may ask about itself only. */
    ownOnly: boolean
    /** What is still to be done to the answer. */
    spoil: Effect | null
  }
}

export function guard(app: FastifyInstance, worlds: Worlds): void {
  app.decorateRequest('unit', null)
  app.decorateRequest('call', null)
  app.decorateRequest('caller', null)
  app.decorateRequest('ownOnly', false)
  app.decorateRequest('spoil', null)
  app.addHook('onRequest', (request, reply) => admit(request, reply, worlds))
  chaosGate(app)
  app.addHook('onSend', async (request, reply, payload) => {
    const sent = request.spoil === null ? payload : await spoiled(request, reply, request.spoil)
    if (request.call !== null && !request.raw.socket.destroyed) request.call.status = reply.statusCode
    return sent
  })
}

/** The units of an issuer, one at least. */
export type Worlds = readonly [World, ...World[]]

async function admit(request: FastifyRequest, reply: FastifyReply, worlds: Worlds): Promise<FastifyReply | undefined> {
  const whole = pathOf(request)
  if (CONTROL_CALL.test(whole)) return undefined
  const world = worlds.find(({ tenant }) => whole.startsWith(`${tenant.apiPrefix}/`)) ?? worlds[0]
  request.unit = world
  begin(request, reply, { whole, world })
  const prefix = world.tenant.apiPrefix
  const inApi = whole.startsWith(`${prefix}/`)
  const below = inApi ? whole.slice(prefix.length) : whole
  const { latencyMs } = world.traffic
  if (latencyMs > 0) await wait(latencyMs, undefined, { ref: false })
  const effect = world.traffic.faultFor({ method: request.method, whole, below }, world.now())
  if (effect?.after === true) request.spoil = effect
  else if (effect !== undefined) {
    const stopped = await strike(request, reply, effect)
    if (stopped !== undefined) return stopped
  }
  const { scim } = request.routeOptions.config
  if (scim !== undefined) {
    const away = scimAway(reply, scim, world)
    if (away !== undefined) return away
  }
  return inApi || scim !== undefined ? admitToApi(request, reply, world) : undefined
}

function begin(request: FastifyRequest, reply: FastifyReply, about: { whole: string; world: World }): void {
  const { whole, world } = about
  const given = request.headers['correlationid']
  const correlationId = typeof given === 'string' && given !== '' ? given : crypto.randomUUID()
  const pattern = request.routeOptions.url
  const route = pattern === undefined || request.is404 ? 'unknown route' : pattern.replace(world.tenant.apiPrefix, '')
  const at = new Date(world.now()).toISOString()
  request.call = world.calls.begin(
    { at, method: request.method, path: whole, correlationId },
    `${request.method} ${route}`,
  )
  void reply.header('CorrelationId', correlationId)
  void reply.header('date', new Date(world.now()).toUTCString())
}

/** Applies a fault; the answer when it ends the call. */
async function strike(request: FastifyRequest, reply: FastifyReply, effect: Effect): Promise<FastifyReply | undefined> {
  if (effect.delayMs !== undefined) await wait(effect.delayMs, undefined, { ref: false })
  if (effect.drop === true || effect.truncate === true) {
    reply.hijack()
    cut(request, effect)
    return reply
  }
  if (effect.status === undefined) return undefined
  return reply
    .code(effect.status)
    .headers(effect.headers ?? {})
    .send(bodyOf(effect, effect.status, request))
}

/** Ends the connection, with half an answer on it or with none. */
function cut({ raw: { socket } }: FastifyRequest, { drop, truncate }: Effect): void {
  if (drop === true) socket.destroy()
  else if (truncate === true) socket.write(HALF_AN_ANSWER, () => socket.destroy())
}

const HALF_AN_ANSWER =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{"success":true,"data":{"users":[{"id":"'

/** The work is done; only what the caller hears of it changes. */
async function spoiled(request: FastifyRequest, reply: FastifyReply, effect: Effect): Promise<unknown> {
  if (effect.delayMs !== undefined) await wait(effect.delayMs, undefined, { ref: false })
  cut(request, effect)
  if (effect.status === undefined) return ''
  const body = bodyOf(effect, effect.status, request)
  void reply.code(effect.status).headers({ 'content-type': 'application/json', ...effect.headers })
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function bodyOf(effect: Effect, status: number, request: FastifyRequest): unknown {
  return effect.body ?? springBody(status, 'injected fault', pathOf(request))
}

function admitToApi(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply | undefined {
  const path = pathOf(request)
  if (!world.traffic.admits(world.now())) {
    const { retryAfter } = world.traffic.limits
    if (retryAfter !== null) void reply.header('retry-after', String(retryAfter))
    return reply.code(429).send(springBody(429, 'Too many requests', path))
  }
  if (!acceptsJson(request, world)) {
    return reply.code(world.switches.missingAccept).type('text/plain').send('No known way to render data')
  }
  const caller = callerOf(request, world)
  if (caller === undefined)
    return reply.code(401).send(springBody(401, 'Full authentication is required to access this resource', path))
  request.caller = caller
  const { needs, orOwn } = request.routeOptions.config
  if (needs === undefined || mayDo(caller, needs, world)) return undefined
  request.ownOnly = orOwn !== undefined && mayDo(caller, orOwn, world)
  if (request.ownOnly) return undefined
  const message = `the role of ${caller.userName} lacks ${needs}`
  const body =
    world.switches.forbiddenBody === 'spring' ? springBody(403, message, path) : envelope('FORBIDDEN', message)
  return reply.code(403).send(body)
}

/** Without Accept: application/json CXone answers with a text (facts 5). */
function acceptsJson({ headers: { accept }, routeOptions: { config } }: FastifyRequest, world: World): boolean {
  if (accept === undefined) return false
  if (/application\/json/i.test(accept)) return true
  const { scimMediaType, anyAccept } = world.switches
  if (config.scim !== undefined && scimMediaType === 'known' && /application\/scim\+json/i.test(accept)) return true
  return accept.includes('*/*') && anyAccept === 'enough'
}

function callerOf(request: FastifyRequest, world: World): StoredUser | undefined {
  const { scim } = request.routeOptions.config
  if (scim?.signIn === 'basic') return basicCaller(request.headers.authorization, world)
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const grant = token === undefined ? undefined : world.tokens.holder(token, world.now())
  if (grant === undefined) return undefined
  const user = world.store.users.get(grant.userId)
  const key = world.store.keys.get(grant.accessKeyId)
  const keyIsOff = key === undefined || !key.isActive || hasExpired(key, world)
  if (keyIsOff && world.switches.tokensOfKeyOff === 'die') return undefined
  if (user?.status === 'DELETED' && world.switches.tokensOfDeactivated === 'die') return undefined
  if (scim !== undefined && grant.way === 'client' && world.switches.scimBackendApp === 'refused') return undefined
  return user
}

function mayDo(caller: StoredUser, needed: Permission, world: World): boolean {
  return [caller.roleUUID, ...caller.secondaryRoleIds].some((id) => {
    const role = world.store.roles.get(id)
    return role !== undefined && holds(role.permissions, needed)
  })
}

function pathOf(request: FastifyRequest): string {
  const cut = request.url.indexOf('?')
  return cut === -1 ? request.url : request.url.slice(0, cut)
}
