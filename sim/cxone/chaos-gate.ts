// Decides how the strikes of a schedule reach the wire. It stands behind the doors of gate.ts: a call that is not let
// through is not counted, so the token that one call loses does not shift what happens to others.
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Told } from './chaos-late.ts'
import type { Asked, Strike } from './chaos-strikes.ts'
import { askedBy, type Subject, subjectOf } from './chaos-subject.ts'
import type { Schedule } from './chaos.ts'
import { springBody } from './refusal.ts'
import type { World } from './world.ts'

/** A call under a schedule. */
interface Struck {
  readonly schedule: Schedule
  readonly asked: Asked
  readonly subject: Subject
  readonly strike: Strike | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the schedule does to this call; null where there is no schedule or it does not count. */
    struck: Struck | null
  }
}

export function chaosGate(app: FastifyInstance): void {
  app.decorateRequest('struck', null)
  app.addHook('preHandler', (request, reply) => before(request, reply))
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.struck === null || (payload != null && typeof payload !== 'string')) return payload
    return after({ request, reply, struck: request.struck, now: request.unit?.now() ?? 0 }, payload ?? '')
  })
}

async function before(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const world = request.unit
  if (world === null) return undefined
  const { schedule } = world.traffic
  const pattern = request.routeOptions.url
  if (schedule === undefined || schedule.paused || request.call === null || request.is404 || pattern === undefined)
    return undefined
  const subject = subjectOf(request, { nameOf: (id) => nameOf(id, world), aliases: schedule.aliases })
  const asked = askedBy(request, pattern.replace(world.tenant.apiPrefix, ''), subject)
  const strike = schedule.next(asked, subject.who, world.now())
  request.struck = { schedule, asked, subject, strike }
  if (strike === undefined) return undefined
  request.call.struck = strike.kind
  return refused({ request, reply, world, strike })
}

function nameOf(id: string, { store }: World): string | undefined {
  const agent = /^\d+$/.test(id) ? store.acd.agents.get(Number(id)) : undefined
  return store.users.get(agent?.userId ?? id)?.userName
}

/** Does what is done before the work; the answer when there is to be no work. */
async function refused(at: {
  request: FastifyRequest
  reply: FastifyReply
  world: World
  strike: Strike
}): Promise<FastifyReply | undefined> {
  const { request, reply, world, strike } = at
  switch (strike.kind) {
    case 'slow':
    case 'spike':
      await pause(strike)
      return undefined
    case 'reset':
      reply.hijack()
      request.raw.socket.destroy()
      return reply
    case 'overtaken':
      request.raw.socket.destroy()
      await pause(strike)
      return undefined
    case 'expired':
      world.tokens.end(request.headers.authorization?.slice('Bearer '.length).trim() ?? '')
      return answer(request, reply, strike)
    case 'throttled':
    case 'throttledFor':
    case 'failing':
      return answer(request, reply, strike)
    default:
      return undefined
  }
}

function answer(request: FastifyRequest, reply: FastifyReply, strike: Strike): FastifyReply {
  const { status = 500, retryAfter } = strike
  // What is sent here is no answer of the work: nothing more is done to it.
  request.struck = null
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter))
  void reply.code(status)
  return strike.html === true
    ? reply.type('text/html').send(proxyPage(status))
    : reply.send(springBody(status, 'struck by the schedule', request.url))
}

const proxyPage = (status: number): string =>
  `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>`

const pause = ({ delayMs = 0 }: Strike): Promise<void> => wait(delayMs, undefined, { ref: false })

/** How the paths of that half begin. */
const ACD = '/incontactapi/'

interface Answering {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly struck: Struck
  readonly now: number
}

/** The work is done: notes it for late reads, and does to its answer what is to be done. */
async function after(at: Answering, payload: string): Promise<unknown> {
  const { request, reply } = at
  const { strike } = at.struck
  const shown = remembered(at, payload)
  if (strike === undefined) return payload
  switch (strike.kind) {
    case 'late':
      if (shown === undefined) return payload
      void reply.code(shown.status).type(shown.type)
      return shown.body
    case 'lost':
      if (strike.status === undefined) request.raw.socket.destroy()
      else void reply.code(strike.status).type('text/html')
      return strike.status === undefined ? '' : proxyPage(strike.status)
    case 'held':
      await pause(strike)
      return payload
    case 'garbled':
      return half(payload, strike)
    case 'cut':
      // Longer than anything that will come, also where there is nothing to cut.
      void reply.header('content-length', Buffer.byteLength(payload) + 1)
      return Readable.from(begun(half(payload, strike), request))
    case 'dripped':
      return Readable.from(drops(payload, strike))
    default:
      return payload
  }
}

/** Keeps what late reads need; what this read showed before the last write, if it may still show that. */
function remembered({ request, reply, struck, now }: Answering, payload: string): Told | undefined {
  const { asked, subject, strike } = struck
  const { late, settings } = struck.schedule
  if (!asked.reads) {
    const { userName } = (request.body ?? {}) as Readonly<Record<string, unknown>>
    const touched = new Set(subject.aliases)
    if (typeof userName === 'string') touched.add(userName.toLowerCase())
    // What the ACD itself is told it shows at once; its reads lag behind UserHub (facts 9.4).
    const shows = asked.call.includes(ACD) ? 'atOnce' : 'later'
    if (reply.statusCode < 300) for (const alias of touched) late.written(alias, { now, shows })
    return undefined
  }
  if (!asked.mayLag) return undefined
  const question = `${request.method} ${request.url} ${JSON.stringify(request.body) ?? ''}`
  const shown = late.before(question, asked.alias, { now, lateMs: settings.longest.lateMs })
  if (shown !== undefined && strike?.kind === 'late') return shown
  const type = String(reply.getHeader('content-type') ?? 'application/json')
  late.told(question, asked.alias, { status: reply.statusCode, type, body: payload })
  return undefined
}

/** At least one letter, and never all of it: half of a JSON object is no JSON. */
function half(payload: string, { part = 0.5 }: Strike): string {
  return payload.slice(0, Math.max(1, Math.min(payload.length - 1, Math.floor(payload.length * part))))
}

async function* begun(part: string, { raw }: FastifyRequest): AsyncGenerator<Buffer> {
  yield Buffer.from(part)
  // So that the part is on its way before the end of the connection.
  await wait(2)
  raw.socket.destroy()
}

const DROPS = 4

async function* drops(payload: string, { delayMs = 0 }: Strike): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(payload)
  const size = Math.ceil(bytes.length / DROPS)
  for (let at = 0; at < bytes.length; at += size) {
    await wait(delayMs / DROPS)
    yield bytes.subarray(at, at + size)
  }
}
