/**
 * `/launch/TENANT/APP` and `/launch/APP`: the address for the tile of an identity provider. It sends whoever comes to where the
 * app's sign-in begins.
 * Decides what is answered to strangers; must not use anything of the request but which app is meant, nor tell a stranger
 * which apps there are.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { addressOf, openFailures } from './auth/failures.ts'

/** Where people are sent; undefined where nobody is. */
export type FindLaunch = (asked: {
  readonly tenant?: string | undefined
  readonly app: string
}) => Promise<string | undefined>

/** By address. A whole contact centre comes from one at the start of a shift. */
const OPENINGS = { perSecond: 20, burst: 1_000 }

const ID = /^[a-z0-9][a-z0-9-]{0,62}$/

const NOTHING_HERE =
  'There is nothing to open at this address. Ask whoever looks after your sign-in for the right one.\n'
const RELAY_STATE =
  'This address takes no RelayState: it leads to the sign-in and nowhere else. Take the RelayState out of the application at the identity provider.\n'
const TOO_MANY = 'Too many have come from where you are. Try again in a moment.\n'

interface Params {
  readonly tenant?: string
  readonly app: string
}

export function launchRoutes(server: FastifyInstance, find: FindLaunch, often = OPENINGS): void {
  const openings = openFailures(often)
  const handler = async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => {
    const wait = openings.note(addressOf(request.ip), Date.now())
    if (wait > 0) return say(reply.header('retry-after', String(wait)), 429, TOO_MANY)
    if (hasRelayState(request.query)) return say(reply, 400, RELAY_STATE)
    const { tenant, app } = request.params
    const known = ID.test(app) && (tenant === undefined || ID.test(tenant))
    const address = known ? await find({ tenant, app }) : undefined
    if (address === undefined) return say(reply, 404, NOTHING_HERE)
    return say(reply.header('location', address), 302, '')
  }
  server.get<{ Params: Params }>('/launch/:app', handler)
  server.get<{ Params: Params }>('/launch/:tenant/:app', handler)
}

const say = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply
    .code(status)
    .header('referrer-policy', 'no-referrer')
    .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    .type('text/plain; charset=utf-8')
    .send(text)

/** In any spelling, once or more often; an empty one says nothing. */
const hasRelayState = (query: unknown): boolean =>
  typeof query === 'object' &&
  query !== null &&
  Object.entries(query).some(
    ([name, value]) => name.toLowerCase() === 'relaystate' && [value].flat().some((it) => it !== ''),
  )
