// Decides what can be read of past work: logins, states, performance (facts 5.7). Seeded agents have a past that is
// made up when it is asked for, the same each time: a shift a day up to their last login before the start.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { agentOf, everybody } from './find.ts'
import { momentOf, onlyFields, page } from './page.ts'
import type { Login, StoredAgent } from './records.ts'

const VIEW = { config: { needs: 'reports.view' } } as const
const MINUTE = 60_000
const DAY = 1440 * MINUTE
const SHIFT = 480 * MINUTE
const PAST_SHIFTS = 20

export function historyRoutes(app: FastifyInstance, world: World): void {
  app.get('/agents/:agentId/login-history', VIEW, (request, reply) => {
    const agent = agentOf(request, world, 'agentId')
    const rows = loginsIn(agent, rangeOf(request, world))
    return page({ request, reply, world }, { key: 'agentLogins', rows, show: (login) => showLogin(agent, login) })
  })
  app.get('/agents/state-history', VIEW, (request, reply) => states(request, reply, { of: everybody(world), world }))
  app.get('/agents/:agentId/state-history', VIEW, (request, reply) =>
    states(request, reply, { of: [agentOf(request, world, 'agentId')], world }),
  )
  app.get('/agents/performance', VIEW, (request, reply) => performance(request, reply, { of: everybody(world), world }))
  app.get('/agents/:agentId/performance', VIEW, (request, reply) =>
    performance(request, reply, { of: [agentOf(request, world, 'agentId')], world }),
  )
}

interface Range {
  readonly from: number
  readonly until: number
}

interface About {
  readonly of: readonly StoredAgent[]
  readonly world: World
}

function rangeOf(request: FastifyRequest, world: World): Range {
  const { startDate, endDate } = request.query as Record<string, unknown>
  const from = momentOf(startDate, 'startDate')
  const until = momentOf(endDate, 'endDate')
  if (from === undefined || until === undefined)
    throw new Refusal('bad', 'REQUIRED_FIELD_MISSING', 'startDate and endDate are required')
  const most = world.switches.historyDays
  if (until < from || until - from > most * DAY)
    throw new Refusal('bad', 'BAD_RANGE', `endDate must be after startDate, by at most ${most} days`)
  return { from, until }
}

/** Logins that began in the range, oldest first. */
function loginsIn(agent: StoredAgent, { from, until }: Range): Login[] {
  return [...pastOf(agent), ...agent.logins].filter((login) => login.from >= from && login.from <= until)
}

function pastOf({ agentId, pastUntil }: StoredAgent): Login[] {
  if (pastUntil === null) return []
  const last = Date.parse(pastUntil)
  return Array.from({ length: PAST_SHIFTS }, (_, index) => {
    const from = last - (PAST_SHIFTS - 1 - index) * DAY
    const states = [
      { from, state: 'Unavailable' as const, outStateId: null },
      { from: from + 10 * MINUTE, state: 'Available' as const, outStateId: null },
      { from: from + 240 * MINUTE, state: 'Unavailable' as const, outStateId: 1 },
      { from: from + 270 * MINUTE, state: 'Available' as const, outStateId: null },
    ]
    return { sessionId: `past-${agentId}-${index}`, from, until: from + SHIFT, states }
  })
}

function showLogin({ agentId }: StoredAgent, { from }: Login): Record<string, unknown> {
  return {
    loginDate: new Date(from).toISOString(),
    stationId: 1000 + (agentId % 100),
    stationName: `Desk ${agentId % 100}`,
    stationPhoneNumber: '',
    stationCallerId: '',
  }
}

function states(request: FastifyRequest, reply: FastifyReply, { of, world }: About): FastifyReply {
  const range = rangeOf(request, world)
  const rows = of.flatMap((agent) =>
    loginsIn(agent, range).flatMap((login) =>
      login.states.map((state, index) => ({ agent, login, state, until: endOf(login, index, world) })),
    ),
  )
  return page(
    { request, reply, world },
    {
      key: 'agentStateHistory',
      rows,
      show: ({ agent, login, state, until }) => ({
        agentId: agent.agentId,
        startDate: new Date(state.from).toISOString(),
        agentStateName: state.state,
        outStateId: state.outStateId,
        agentSessionId: login.sessionId,
        duration: duration(until - state.from),
      }),
    },
  )
}

function endOf(login: Login, index: number, world: World): number {
  return login.states[index + 1]?.from ?? login.until ?? world.now()
}

/** Agents without a login in the range have no row. */
function performance(request: FastifyRequest, reply: FastifyReply, { of, world }: About): FastifyReply {
  const range = rangeOf(request, world)
  const only = onlyFields((request.query as Record<string, unknown>)['fields'])
  const rows = of.flatMap((agent) => {
    const logins = loginsIn(agent, range)
    return logins.length === 0 ? [] : [{ agent, logins }]
  })
  return page(
    { request, reply, world },
    { key: 'agentPerformance', rows, show: ({ agent, logins }) => only(performanceOf(agent, logins, world)) },
  )
}

function performanceOf(agent: StoredAgent, logins: readonly Login[], world: World): Record<string, unknown> {
  const spent = (state?: string): number =>
    logins.reduce((sum, login) => {
      const parts = login.states.map((one, index) =>
        state === undefined || one.state === state ? endOf(login, index, world) - one.from : 0,
      )
      return sum + parts.reduce((all, part) => all + part, 0)
    }, 0)
  const available = spent('Available')
  return {
    agentId: agent.agentId,
    teamId: world.store.acd.teamOf(agent.mirror.teamId).teamId,
    loginTime: duration(spent()),
    availableTime: duration(available),
    unavailableTime: duration(spent('Unavailable')),
    acwTime: duration(0),
    totalHandled: Math.floor(available / (12 * MINUTE)),
    occupancy: 0.7,
    workingRate: 0.8,
  }
}

/** ISO 8601, as in `PT7H30M5S`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  const text = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${rest > 0 ? `${rest}S` : ''}`
  return `PT${text === '' ? '0S' : text}`
}
