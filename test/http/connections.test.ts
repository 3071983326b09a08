import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemOf } from '../../src/http/admin/problems.ts'
import { scimErrorOf } from '../../src/http/errors.ts'
import { buildServer, closeServer } from '../../src/http/server.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'
import { until } from '../support/wait.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme')])
})
afterAll(() => world.close())

/** The server, listening, with what it logs as errors; and a connection to it. */
async function connected() {
  const logged: string[] = []
  const server = await buildServer({
    log: pino({ level: 'error' }, { write: (line: string) => void logged.push(line) }),
    ready: async () => undefined,
    scim: {
      operations: world.operations,
      exchanges: { record: () => undefined, flush: async () => undefined },
      baseUrl: () => 'http://localhost/scim/v2',
    },
    admin: async () => undefined,
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const socket: Socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return { server, socket, logged }
}

describe('a connection', () => {
  test('that never says anything does not keep the server from closing', async () => {
    const { server, socket } = await connected()
    const closed = once(socket, 'close')
    await closeServer(server, 200)
    socket.resume()
    await closed
    expect(server.server.listening).toBe(false)
  })
  test('that ends in the middle of a body is no fault of the database, and no error to look into', async () => {
    const { server, socket, logged } = await connected()
    socket.write(
      [
        'POST /scim/v2/Users HTTP/1.1',
        'Host: localhost',
        'Authorization: Bearer acme-okta-token',
        'Content-Type: application/scim+json',
        'Content-Length: 1000',
        '',
        '{"userName"',
      ].join('\r\n'),
    )
    // Long enough to be signed in: what comes before that is another matter.
    await pause(500)
    socket.destroy()
    await until(
      () => promisify(server.server.getConnections.bind(server.server))(),
      (count) => count === 0,
    )
    await pause(100)
    expect(logged).toEqual([])
    await closeServer(server, 200)
  })
  test('that breaks is told from one to the database that breaks', () => {
    const reset = Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
    expect(scimErrorOf(reset, 'r')).toMatchObject({ error: { status: 503 }, fault: true })
    expect(problemOf(reset, 'r')).toMatchObject({ problem: { code: 'unavailable' }, fault: true })
    const aborted = Object.assign(reset, { statusCode: 400 })
    const words = expect.stringContaining('before the whole body had come')
    expect(scimErrorOf(aborted, 'r')).toMatchObject({ error: { status: 400, detail: words }, fault: false })
    expect(problemOf(aborted, 'r')).toMatchObject({ problem: { code: 'bad-request', message: words }, fault: false })
  })
})
