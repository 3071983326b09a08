// Decides what a test or a demo can see and do behind the back of every client. Never slowed, limited or faulted; open
// to anybody on this machine, which is why the simulator listens on the loopback address only.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { acdControl } from './acd/control.ts'
import { acdState } from './acd/control-state.ts'
import { scheduleRoutes, startSchedule } from './chaos-control.ts'
import { controlKey, waysControl } from './control-ways.ts'
import { type Json, onlyKeys, toList, toObject, toWhole } from './input.ts'
import type { StoredUser } from './records.ts'
import { Refusal } from './refusal.ts'
import { activateUser, lockUser } from './status.ts'
import { serviceProvider } from './single-sign-on.ts'
import { Store } from './store.ts'
import { complaintAbout, partOf, SWITCH_NAMES, SWITCHES, type Switches } from './switches.ts'
import { readFaults, readLatency, readLimits } from './traffic.ts'
import { userById } from './update-user.ts'
import { refuseTakenName } from './user-name.ts'
import { freshParts, moment, type World } from './world.ts'

/** What the seed was, so that a reset without arguments comes back to it. */
export interface Founding {
  users: number
  seed: number
}

export function controlRoutes(app: FastifyInstance, world: World, founding: Founding): void {
  app.setErrorHandler((error, _request, reply) => {
    const status =
      error instanceof Refusal
        ? error.kind === 'unknownUser' || error.kind === 'unknown'
          ? 404
          : 400
        : ((error as { statusCode?: number }).statusCode ?? 500)
    return reply.code(status).send({ error: error instanceof Error ? error.message : 'unknown' })
  })
  observation(app, world)
  trouble(app, world)
  scheduleRoutes(app, world)
  people(app, world)
  waysControl(app, world)
  acdControl(app, world)
  app.post('/reset', (request) => reset(request.body, founding, world))
}

function observation(app: FastifyInstance, world: World): void {
  app.get('/state', () => stateOf(world))
  app.get('/mails', () => world.mails)
  app.get('/calls', (request) => {
    const { since, limit } = request.query as Record<string, unknown>
    return world.calls.since(
      since === undefined ? 0 : toWhole(since, 'since'),
      limit === undefined ? 1000 : toWhole(limit, 'limit'),
    )
  })
  app.get('/switches', () => world.switches)
  app.get('/switches/table', () =>
    SWITCH_NAMES.map((name) => ({ name, part: partOf(name), default: SWITCHES[name].values[0], ...SWITCHES[name] })),
  )
  app.put('/switches', (request) => applySwitches(toObject(request.body, 'the body'), world))
}

function trouble(app: FastifyInstance, world: World): void {
  const { traffic } = world
  const faults = (): { faults: Json[] } => ({ faults: traffic.faults.map(({ source }) => source) })
  app.get('/faults', faults)
  app.post('/faults', (request) => {
    const body = toObject(request.body, 'the body')
    onlyKeys(body, ['faults'], 'the body')
    traffic.faults = [...traffic.faults, ...readFaults(body['faults'], world.now(), 'faults')]
    return faults()
  })
  app.delete('/faults', () => {
    traffic.faults = []
    return faults()
  })
  app.get('/limits', () => traffic.limits)
  app.put('/limits', (request) => {
    traffic.limit(readLimits(request.body, 'the body'), world.now())
    return traffic.limits
  })
  app.get('/latency', () => ({ ms: traffic.latencyMs }))
  app.put('/latency', (request) => {
    traffic.latencyMs = readLatency(request.body, 'the body')
    return { ms: traffic.latencyMs }
  })
  app.post('/tokens/expire', () => ({ expired: world.tokens.expireAll() }))
}

function people(app: FastifyInstance, world: World): void {
  app.get('/users', () => [...world.store.users.values()].map(({ id, userName, status }) => ({ id, userName, status })))
  app.get('/users/:id', (request) => stored(userById(idOf(request), world), world))
  app.put('/users/:id', (request) => patchUser(idOf(request), toObject(request.body, 'the body'), world))
  app.post('/users/:id/activate', (request) => stored(activateUser(idOf(request), world), world))
  app.post('/users/:id/lock', (request) => stored(lockUser(idOf(request), world), world))
}

/** Changes all or nothing. */
export function applySwitches(settings: Json, world: World): Switches {
  const complaint = complaintAbout(settings)
  if (complaint !== undefined) throw new Refusal('bad', 'BAD_SWITCH', complaint)
  world.switches = { ...world.switches, ...(settings as Partial<Switches>) }
  return world.switches
}

function stateOf(world: World): Record<string, unknown> {
  const { store, calls, tokens, mails, tenant, client, account } = world
  return {
    users: [...store.users.values()].map((user) => stored(user, world)),
    roles: [...store.roles.values()],
    teams: [...store.teams.values()],
    divisions: store.divisions,
    authenticators: store.authenticators,
    accessKeys: [...store.keys.values()].map((key) => controlKey(key, world)),
    serviceUserId: store.serviceUserId,
    templates: store.templates,
    client: { clientId: tenant.clientId, clientSecret: tenant.clientSecret, ...client },
    accountSettings: account,
    sso: serviceProvider(world),
    mails,
    tokensIssued: tokens.issued,
    calls: { ...calls.countSince(0), total: calls.total, byRoute: calls.byRoute() },
    ...acdState(world),
  }
}

function stored(user: StoredUser, world: World): Record<string, unknown> {
  return { ...user, role: world.store.roles.get(user.roleUUID)?.roleName ?? null }
}

/** Raw, to make drift: only the names of fields and the uniqueness of userName are checked. */
function patchUser(id: string, patch: Json, world: World): Record<string, unknown> {
  const before = userById(id, world)
  onlyKeys(
    patch,
    Object.keys(before).filter((name) => name !== 'id'),
    'the patch',
  )
  if (patch['userName'] !== undefined) {
    if (typeof patch['userName'] !== 'string') throw new Refusal('bad', 'BAD_VALUE', 'userName must be a string')
    refuseTakenName({ userName: patch['userName'], self: id, world })
  }
  return stored(world.store.change(id, patch, moment(world)), world)
}

const MOST_PEOPLE = 500_000

/** Data, tokens, mails, calls and troubles start afresh; switches, key and tenant stay as they are. */
function reset(body: unknown, founding: Founding, world: World): Record<string, unknown> {
  const wanted = toObject(body ?? {}, 'the body')
  onlyKeys(wanted, ['users', 'seed'], 'the body')
  if (wanted['users'] !== undefined) founding.users = toWhole(wanted['users'], 'users', MOST_PEOPLE)
  if (wanted['seed'] !== undefined) founding.seed = toWhole(wanted['seed'], 'seed')
  world.store = new Store(founding.seed, founding.users, world.tenant)
  Object.assign(world, freshParts())
  world.clock.offsetMs = 0
  world.tokens.forget()
  world.calls.forget()
  world.traffic.reset(world.now())
  return { users: world.store.users.size, seed: founding.seed }
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}

/** Everything a chaos file may hold, applied at start. */
export function applyChaos(chaos: Json, world: World): void {
  onlyKeys(chaos, ['switches', 'faults', 'limits', 'latency', 'schedule'], 'the chaos file')
  if (chaos['switches'] !== undefined) applySwitches(toObject(chaos['switches'], 'switches'), world)
  if (chaos['faults'] !== undefined)
    world.traffic.faults = readFaults(toList(chaos['faults'], 'faults'), world.now(), 'faults')
  if (chaos['limits'] !== undefined) world.traffic.limit(readLimits(chaos['limits'], 'limits'), world.now())
  if (chaos['schedule'] !== undefined) startSchedule(chaos['schedule'], world)
  if (chaos['latency'] !== undefined) world.traffic.latencyMs = readLatency(chaos['latency'], 'latency')
}
