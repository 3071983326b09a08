// Decides that every strike looks on the wire as the table says, that work is done or not as it says, and that a client
// that tries again gets through.
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Answer, somebody, startCaller } from './caller.ts'
import { type Asked, STRIKES, type StrikeKind } from './chaos-strikes.ts'
import { planOf, readSchedule } from './chaos.ts'
import { testCaller } from './test-caller.ts'

const sim = testCaller({ users: 8 })

const LIST = '/user-management/v1/users'
const SEARCH = '/user-management/v2/users/search'
const HARSH = { seed: 5, intensity: 1, longest: { delayMs: 40, retryAfterSeconds: 7, lateMs: 60_000 } }

const CREATES: Asked = {
  call: `POST ${LIST}`,
  alias: '',
  reads: false,
  signedIn: true,
  mayLag: false,
  creates: true,
}
const SEARCHES: Asked = {
  call: `POST ${SEARCH}`,
  alias: '',
  reads: true,
  signedIn: true,
  mayLag: true,
  creates: false,
}

const nameOf = (number: number): string => String(somebody(number)['userName'])

/** Somebody whose calls meet these strikes, in order. */
function meeting(call: Asked, ...kinds: readonly (StrikeKind | undefined)[]): Record<string, string> {
  const settings = readSchedule(HARSH, 'schedule')
  for (let number = 1; number < 100_000; number++) {
    const plan = planOf(settings, { ...call, alias: nameOf(number) })
    if (kinds.every((kind, index) => plan[index]?.kind === kind)) return somebody(number)
  }
  throw new Error(`nobody meets ${kinds.join(', ')} under this seed`)
}

const strikeAt = (settings: object = HARSH): Promise<Answer> => sim.control('PUT', '/schedule', { schedule: settings })
const create = (person: Record<string, string>): Promise<Answer | undefined> =>
  sim.api('POST', LIST, person).catch(() => undefined)
const found = (person: Record<string, string>): Promise<Answer> =>
  sim.api('POST', SEARCH, { filter: { userName: [person['userName']] } })
const exists = async ({ userName }: Record<string, string>): Promise<boolean> =>
  (await sim.control('GET', '/state')).body.users.some((user) => user.userName === userName)

async function strikesOfCalls(): Promise<unknown[]> {
  return (await sim.control('GET', '/calls')).rows.map(({ struck }) => struck)
}

const kindsOfCreate = (Object.keys(STRIKES) as StrikeKind[]).filter((kind) => STRIKES[kind].fits(CREATES))

describe('a create that is struck', () => {
  test.each(kindsOfCreate)('by "%s" is done or not as the table says', async (kind) => {
    const person = meeting(CREATES, kind)
    const { work } = STRIKES[kind]
    // Long enough that "not yet" can be seen on a machine that has much to do.
    await strikeAt(work === 'doneLater' ? { ...HARSH, longest: { ...HARSH.longest, delayMs: 1000 } } : HARSH)
    await create(person)
    await sim.control('DELETE', '/schedule')
    if (work === 'doneLater') {
      expect(await exists(person)).toBe(false)
      await expect.poll(() => exists(person), { timeout: 10_000, interval: 20 }).toBe(true)
    }
    expect(await exists(person)).toBe(work !== 'notDone')
  })

  test.each<[StrikeKind, number | undefined]>([
    ['slow', 200],
    ['spike', 200],
    ['throttled', 429],
    ['throttledFor', 429],
    ['reset', undefined],
    ['cut', undefined],
    ['garbled', 200],
    ['dripped', 200],
    ['held', 200],
    ['expired', 401],
    ['overtaken', undefined],
  ])('by "%s" hears %s', async (kind, status) => {
    const person = meeting(CREATES, kind)
    await strikeAt()
    const answer = await create(person)
    expect(answer?.status).toBe(status)
    if (kind === 'dripped' || kind === 'held') expect(answer?.body.uuid).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer?.headers.has('retry-after') ?? false).toBe(kind === 'throttledFor')
    if (kind === 'garbled') expect(() => JSON.parse(answer?.text ?? '') as unknown).toThrow('JSON')
  })

  test('by "failing" hears a 5xx, as JSON or as the page of a proxy', async () => {
    const kinds = new Set<string>()
    await strikeAt()
    for (let number = 1; number < 2000 && kinds.size < 2; number++) {
      const [strike] = planOf(readSchedule(HARSH, 'schedule'), { ...CREATES, alias: nameOf(number) })
      if (strike?.kind !== 'failing') continue
      const answer = await create(somebody(number))
      expect(answer?.status).toBe(strike.status)
      expect(answer?.headers.get('content-type')).toContain(strike.html === true ? 'text/html' : 'application/json')
      kinds.add(String(strike.html))
    }
    expect(kinds.size).toBe(2)
  })
})

test('a token that ends in the middle is refused from then on, and such refusals do not count', async () => {
  const person = meeting(CREATES, 'expired', 'garbled')
  await strikeAt()
  expect((await create(person))?.status).toBe(401)
  expect((await sim.api('GET', LIST)).status).toBe(401)
  expect((await create(person))?.status).toBe(401)
  const plans = (await sim.control('GET', '/schedule')).body['plans'] as { call: string; calls: number }[]
  expect(plans.map(({ call, calls }) => [call, calls])).toEqual([[`POST ${LIST}`, 1]])
})

test('a late search shows what was so before the last write, and never what was so before that', async () => {
  const person = meeting(SEARCHES, 'slow', 'late')
  await strikeAt({ ...HARSH, for: { calls: 2 } })
  expect((await found(person)).body['totalRecords']).toBe(0)
  await sim.control('PUT', '/schedule', { paused: true })
  const { uuid } = (await sim.api('POST', LIST, person)).body
  await sim.control('PUT', '/schedule', { paused: false })
  // Nobody counted the write: a late read knows of none.
  expect((await found(person)).body.users.map(({ id }) => id)).toEqual([uuid])
})

test('a search that is late is late after a write that counted, once', async () => {
  const person = meetingBoth()
  await strikeAt({ ...HARSH, for: { calls: 3 } })
  expect((await found(person)).body['totalRecords']).toBe(0)
  expect((await create(person))?.status).toBe(200)
  expect((await found(person)).body['totalRecords']).toBe(0)
  await sim.control('PUT', '/schedule', { paused: true })
  expect((await found(person)).body['totalRecords']).toBe(1)
})

/** Somebody whose search is first slow and then late, and whose create is only slow. */
function meetingBoth(): Record<string, string> {
  const settings = readSchedule({ ...HARSH, for: { calls: 3 } }, 'schedule')
  for (let number = 1; number < 100_000; number++) {
    const alias = nameOf(number)
    const [search, again] = planOf(settings, { ...SEARCHES, alias })
    const [made] = planOf(settings, { ...CREATES, alias })
    if (search?.kind === 'slow' && again?.kind === 'late' && made?.kind === 'slow') return somebody(number)
  }
  throw new Error('nobody meets this under this seed')
}

/** Tries until it is done, as a client does that knows its work may be done already. */
async function persist(number: number): Promise<void> {
  const person = somebody(number)
  for (let tries = 0; tries < 100; tries++) {
    const answer = await create(person)
    if (answer?.status === 401) await sim.signIn().catch(() => undefined)
    if (answer?.status === 400) return
    if (answer?.status === 200 && typeof answer.body.uuid === 'string') return
  }
  throw new Error(`${nameOf(number)} was not created in 100 tries`)
}

test('a client that tries again gets through a schedule of full intensity, and creates nobody twice', async () => {
  await strikeAt({ ...HARSH, longest: { ...HARSH.longest, delayMs: 4 } })
  const numbers = Array.from({ length: 40 }, (_, index) => index + 1)
  await Promise.all(numbers.map(persist))
  await wait(20)
  const names = (await sim.control('GET', '/state')).body.users.map(({ userName }) => userName)
  expect(names.slice(8).toSorted()).toEqual(numbers.map(nameOf).toSorted())
})

test('the same seed strikes the same calls again, in whatever order they come', async () => {
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1)
  const run = async (order: readonly number[]): Promise<unknown> => {
    await sim.control('POST', '/reset')
    await sim.signIn()
    await strikeAt({ ...HARSH, longest: { ...HARSH.longest, delayMs: 4 } })
    for (const number of order) {
      await create(somebody(number))
      await sim.control('PUT', '/schedule', { paused: true })
      await sim.signIn()
      await sim.control('PUT', '/schedule', { paused: false })
      await found(somebody(number)).catch(() => undefined)
      await sim.control('PUT', '/schedule', { paused: true })
      await sim.signIn()
      await sim.control('PUT', '/schedule', { paused: false })
    }
    const { plans } = (await sim.control('GET', '/schedule')).body as unknown as { plans: { subject: string }[] }
    return plans.toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)))
  }
  const first = await run(numbers)
  expect(await run(numbers.toReversed())).toEqual(first)
  expect(await strikesOfCalls()).toContain('slow')
})

describe('from outside', () => {
  test('a schedule is set, shown, paused, ended and forgotten by a reset', async () => {
    expect((await sim.control('GET', '/schedule')).body).toEqual({ schedule: null })
    const set = (await strikeAt({ seed: 9 })).body
    expect(set['schedule']).toEqual({
      seed: 9,
      intensity: 0.25,
      for: { calls: 6 },
      longest: { delayMs: 2000, retryAfterSeconds: 2, lateMs: 1000 },
    })
    expect((await sim.control('PUT', '/schedule', { paused: true })).body['paused']).toBe(true)
    expect((await sim.control('DELETE', '/schedule')).body).toEqual({ schedule: null })
    await strikeAt({ seed: 9 })
    await sim.control('POST', '/reset')
    expect((await sim.control('GET', '/schedule')).body).toEqual({ schedule: null })
  })

  test.each([
    [{ schedule: { seed: 'x' } }, 'schedule.seed'],
    [{ schedule: { seed: 1, often: 1 } }, 'unknown key "often"'],
    [{ paused: true }, 'no schedule'],
    [{ speed: 1 }, 'unknown key "speed"'],
  ])('%j is refused', async (body, named) => {
    const answer = await sim.control('PUT', '/schedule', body)
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(named)])
  })

  test('a chaos file may hold one', async () => {
    const own = await startCaller({ users: 3, chaos: { schedule: { seed: 4, intensity: 0 } } })
    expect((await own.control('GET', '/schedule')).body['schedule']).toMatchObject({ seed: 4, intensity: 0 })
    await own.close()
  })
})
