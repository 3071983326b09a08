/** One bucket, two processes of the operating system: what the app gets from both together. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RateLimits } from '../../src/store/rate.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'

const CALLER = fileURLToPath(new URL('rate-caller.ts', import.meta.url))
/** The rate does not rise, and so few a second that no process holds tokens beyond the calls that wait. */
const LIMITS: RateLimits = { startPerSecond: 10, perSecond: 10, burst: 4 }
const EACH = 8

interface Caller {
  readonly child: ChildProcess
  /** Makes so many calls at once and returns what they were answered. */
  call(count: number): Promise<number[]>
}

interface Arrival {
  readonly from: string | undefined
  readonly at: number
}

let world: TestWorld
let server: Server
let callers: readonly Caller[]
const arrivals: Arrival[] = []
/** Seconds that the next call is asked to stay away for. */
let retryAfter: number | undefined
let refusedAt = 0

beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme')])
  server = createServer(({ headers }, response) => {
    arrivals.push({ from: headers['x-process'] as string, at: Date.now() })
    if (retryAfter === undefined) {
      response.end()
      return
    }
    refusedAt = Date.now()
    response.writeHead(429, { 'retry-after': String(retryAfter) }).end()
    retryAfter = undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  callers = await Promise.all(['one', 'two'].map(startCaller))
})
afterAll(async () => {
  await Promise.all(callers.map(({ child }) => ended(child)))
  server.closeAllConnections()
  server.close()
  await world.close()
})

async function startCaller(name: string): Promise<Caller> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const child = spawn(process.execPath, [CALLER, name, url, world.url, JSON.stringify(LIMITS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`process ${name} ended`)
    return value
  }
  expect(await line()).toBe('ready')
  return {
    child,
    call: async (count) => {
      child.stdin.write(`${count}\n`)
      return JSON.parse(await line()) as number[]
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.stdin?.end()
  await once(child, 'exit')
}

const both = async (count: number): Promise<number[]> =>
  (await Promise.all(callers.map(({ call }) => call(count)))).flat()
const from = (name: string) => arrivals.filter((arrival) => arrival.from === name).length

test('together they never make more calls than the bucket held and has been filled with', async () => {
  const begun = Date.now()
  expect(await both(EACH)).toEqual(Array.from({ length: 2 * EACH }, () => 200))
  expect([from('one'), from('two')]).toEqual([EACH, EACH])
  // Of any moment; a slow machine only makes this truer. A bucket each would let through twice as many.
  for (const [index, { at }] of arrivals.entries())
    expect(index + 1).toBeLessThanOrEqual(LIMITS.burst + (LIMITS.perSecond * (at - begun)) / 1000)
})

test('what one of them is told by the app stops the other, too', async () => {
  retryAfter = 1
  const [one] = callers
  expect(await one?.call(1)).toEqual([429])
  const before = arrivals.length
  expect(await both(2)).toEqual([200, 200, 200, 200])
  const later = arrivals.slice(before)
  expect(new Set(later.map((arrival) => arrival.from))).toEqual(new Set(['one', 'two']))
  for (const { at } of later) expect(at).toBeGreaterThanOrEqual(refusedAt + 1000)
})
