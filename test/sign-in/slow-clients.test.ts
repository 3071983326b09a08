import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { setTimeout as pause } from 'node:timers/promises'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildServer } from '../../src/http/server.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'
import { until } from '../support/wait.ts'
import { ask, bearer } from './stage.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 30_000 })

const TOKEN = 'acme-okta-token'
const LARGE = 8 * 1024 * 1024

let world: TestWorld
let server: FastifyInstance
let address: string
const open: Socket[] = []

beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme')])
  server = await buildServer({
    log: pino({ level: 'silent' }),
    ready: async () => undefined,
    scim: {
      operations: world.operations,
      exchanges: { record: () => undefined, flush: async () => undefined },
      baseUrl: () => 'http://localhost/scim/v2',
    },
    admin: async (app) => {
      app.get('/large', async (_request, reply) => reply.send(Buffer.alloc(LARGE)))
    },
    limits: { atOnce: 3, headersMs: 400, requestMs: 1_500, readerMs: 600, lookMs: 100 },
  })
  address = await server.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  for (const socket of open) socket.destroy()
  await server.close()
  await world.close()
})

interface Line {
  readonly socket: Socket
  /** All that has come. */
  heard(): string
  readonly closed: Promise<unknown>
}

function dial(...words: string[]): Line {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
  open.push(socket)
  const parts: Buffer[] = []
  socket.on('data', (part) => parts.push(part))
  // A server that hangs up while we write resets the connection.
  socket.on('error', () => undefined)
  const over = new Promise((resolve) => {
    socket.once('close', resolve)
  })
  for (const word of words) socket.write(word)
  return { socket, heard: () => Buffer.concat(parts).toString('latin1'), closed: over }
}

const head = (length: number): string =>
  `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer(TOKEN)}\r\nContent-Type: application/scim+json\r\nContent-Length: ${length}\r\n\r\n`

describe('is cut', () => {
  test('who is slow with the headers, with 408 in SCIM form', async () => {
    const line = dial('GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n')
    const dripping = setInterval(() => line.socket.write('X-Drop: 1\r\n'), 50)
    await line.closed
    clearInterval(dripping)
    expect(line.heard()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(line.heard()).toContain('"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"408"')
  })

  test('who is slow with the body', async () => {
    const line = dial(head(1_000), '{"schemas":')
    const dripping = setInterval(() => line.socket.write(' '), 50)
    await line.closed
    clearInterval(dripping)
    expect(line.heard()).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('who does not read the answer, while who reads it gets all of it', async () => {
    const whole = await fetch(`${address}/large`)
    expect((await whole.arrayBuffer()).byteLength).toBe(LARGE)
    const connections = (): Promise<number> =>
      new Promise((resolve) => {
        server.server.getConnections((_error, count) => resolve(count))
      })
    await until(connections, (count) => count <= 1)
    const lines = [1, 2, 3].map(() => dial('GET /large HTTP/1.1\r\nHost: x\r\n\r\n'))
    for (const { socket } of lines) socket.pause()
    await until(connections, (count) => count >= 3)
    expect(await until(connections, (count) => count <= 1)).toBeLessThanOrEqual(1)
  })
})

describe('is refused', () => {
  test('who sends headers without end, with 431', async () => {
    const line = dial(`GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
    await line.closed
    expect(line.heard()).toMatch(/^HTTP\/1\.1 431 /)
    expect(line.heard()).toContain('The headers are larger than the 16 KiB that are accepted.')
  })

  test('who promises a body of more than 1 MiB, before it comes', async () => {
    const line = dial(head(2_000_000))
    const [part] = (await once(line.socket, 'data')) as [Buffer]
    expect(part.toString('latin1')).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('who has too many requests under way on one connection, until one of them is over', async () => {
    const lines: ReturnType<typeof dial>[] = []
    const asked = () => ask({ address }, bearer(TOKEN))
    // Whoever is slow is cut, on a busy machine before we have asked.
    const askedBeside = () => {
      lines.push(...[1, 2, 3].map(() => dial(head(1_000), '{')))
      return asked()
    }
    const refused = await until(askedBeside, ({ status }) => status === 429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.body['detail']).toMatch(/^This connection has 3 requests under way/)
    for (const { socket } of lines) socket.destroy()
    await until(asked, ({ status }) => status === 200)
  })

  test('nobody for what others left under way when they hung up, many requests on one line among them', async () => {
    const request = `GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer(TOKEN)}\r\n\r\n`
    for (const patience of [0, 1, 2, 5, 10, 20]) {
      const line = dial(request.repeat(3))
      await once(line.socket, 'connect')
      await pause(patience)
      line.socket.destroy()
      await line.closed
    }
    const answer = await until(
      () => ask({ address }, bearer(TOKEN)),
      ({ status }) => status === 200,
    )
    expect(answer.status).toBe(200)
    const all = await Promise.all([1, 2, 3].map(() => ask({ address }, bearer(TOKEN))))
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200])
  })
})
