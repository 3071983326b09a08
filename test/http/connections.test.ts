import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildServer, closeServer } from '../../src/http/server.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'

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
})
