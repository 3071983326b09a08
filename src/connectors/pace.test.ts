import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { ConnectorError, type HttpResponse } from './contract.ts'
import { openPace, paced, type Bucket, type Lane, type Pace } from './pace.ts'

/** A bucket in memory that fills when told. */
function bucketOf(tokens: number, size = 20) {
  const state = {
    tokens,
    wait: 0.005,
    asked: [] as { need: number; want: number; keep: number }[],
    slowed: [] as unknown[],
  }
  const bucket: Bucket = {
    take: async (asked) => {
      state.asked.push(asked)
      const granted = Math.max(0, Math.min(asked.want, state.tokens - Math.floor(size * asked.keep)))
      state.tokens -= granted
      return { granted, wait: state.wait, rate: 100 }
    },
    slowDown: async (until) => {
      state.slowed.push(until)
    },
  }
  return { bucket, state }
}

const opened: Pace[] = []
afterEach(() => {
  for (const pace of opened.splice(0)) pace.close()
})
function paceOf(bucket: Bucket, options: { burst?: number; patienceMs?: number } = {}): Pace {
  const pace = openPace(bucket, { burst: 20, ...options })
  opened.push(pace)
  return pace
}
const quiet = (): Promise<void> => pause(30)

describe('calls that wait for their turn', () => {
  test('are let through at once where there are tokens, with far fewer looks into the bucket than calls', async () => {
    const { bucket, state } = bucketOf(1000)
    const pace = paceOf(bucket)
    for (let n = 0; n < 100; n++) await pace.turn(0)
    expect(state.asked.length).toBeLessThan(20)
  })
  test('go by lane, and every fourth turn by age', async () => {
    const { bucket, state } = bucketOf(0, 1)
    const pace = paceOf(bucket, { burst: 1 })
    const order: string[] = []
    const call = (name: string, lane: Lane) => pace.turn(lane).then(() => order.push(name))
    const all = [
      call('bulk 1', 0),
      call('bulk 2', 0),
      call('asked 1', 1),
      call('asked 2', 1),
      call('leaver 1', 2),
      call('leaver 2', 2),
    ]
    await quiet()
    expect(order).toEqual([])
    state.tokens = 6
    await Promise.all(all)
    expect(order).toEqual(['leaver 1', 'leaver 2', 'asked 1', 'bulk 1', 'asked 2', 'bulk 2'])
  })
  test('leave a part of the burst to those above them', async () => {
    const { bucket, state } = bucketOf(4)
    const pace = paceOf(bucket)
    const bulk = pace.turn(0)
    await quiet()
    expect(state.tokens).toBe(4)
    // What comes in above does not wait for the one below, whose turn it is then as well.
    await pace.turn(2)
    state.tokens = 5
    await bulk
    expect(new Set(state.asked.map(({ keep }) => keep))).toEqual(new Set([0.2, 0]))
  })
  test('are refused as throttled, with the time of the next try, where it would take longer than they may wait', async () => {
    const { bucket, state } = bucketOf(0)
    state.wait = 300
    const refused = await paceOf(bucket)
      .turn(2)
      .catch((error: unknown) => error)
    if (!(refused instanceof ConnectorError)) throw new Error('it was expected to be refused', { cause: refused })
    expect(refused.refusal).toMatchObject({ code: 'throttled', retry: 'soon', after: expect.any(Date) })
    const seconds = ((refused.refusal.after?.getTime() ?? 0) - Date.now()) / 1000
    expect(Math.round(seconds / 10)).toBe(30)
  })
  test('are refused when they have waited as long as they may', async () => {
    const { bucket } = bucketOf(0)
    await expect(paceOf(bucket, { patienceMs: 40 }).turn(0)).rejects.toThrow('No call could be made')
  })
  test('fail with the database, and go on when it is back', async () => {
    const { bucket, state } = bucketOf(9)
    let away = true
    const pace = paceOf({ ...bucket, take: (asked) => (away ? Promise.reject(new Error('away')) : bucket.take(asked)) })
    await expect(pace.turn(1)).rejects.toThrow('away')
    away = false
    await pace.turn(1)
    expect(state.tokens).toBeLessThan(9)
  })
  test('are refused when the client is closed', async () => {
    const { bucket } = bucketOf(0)
    const pace = paceOf(bucket)
    const waiting = pace.turn(0)
    await quiet()
    pace.close()
    await expect(waiting).rejects.toThrow(ConnectorError)
  })
})

describe('an answer 429', () => {
  const answer = (headers: Record<string, string>): HttpResponse => ({ status: 429, headers, text: '' })
  const request = { method: 'GET', url: 'https://x.test/' } as const

  test('is handed on, and empties the bucket until the time it names', async () => {
    const { bucket, state } = bucketOf(9)
    const fetch = paced(
      async () => answer({ 'retry-after': '300' }),
      paceOf(bucket),
      () => 1,
    )
    expect(await fetch(request)).toMatchObject({ status: 429 })
    const [until] = state.slowed
    expect(until).toBeInstanceOf(Date)
    expect(Math.round(((until as Date).getTime() - Date.now()) / 10_000)).toBe(30)
  })
  test('without a time slows down, and tokens that were fetched before are worth nothing', async () => {
    const { bucket, state } = bucketOf(100)
    const pace = paceOf(bucket)
    const fetch = paced(
      async () => answer({}),
      pace,
      () => 1,
    )
    await fetch(request)
    expect(state.slowed).toEqual([undefined])
    const before = state.asked.length
    await pace.turn(1)
    expect(state.asked.length).toBe(before + 1)
  })
})
