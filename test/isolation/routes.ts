/**
 * Every route of the server, as the server itself lists them.
 * Must not name a route: one that is new is walked without anybody thinking of it.
 */
import pino from 'pino'
import type { FastifyInstance } from 'fastify'
import { compilerOf, policiesOf } from '../../src/app/policies.ts'
import { adminRoutes } from '../../src/http/admin/routes.ts'
import { buildServer } from '../../src/http/server.ts'
import type { TestWorld } from '../store/world.ts'

export interface Route {
  readonly method: string
  /** With its parameters, such as `/scim/v2/Users/:id`. */
  readonly path: string
}

const WALKED = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export async function everyRoute(world: TestWorld): Promise<readonly Route[]> {
  const server = await buildServer({
    log: pino({ level: 'silent' }),
    ready: async () => undefined,
    scim: {
      operations: world.operations,
      exchanges: { record: () => undefined, flush: async () => undefined },
      baseUrl: () => 'http://localhost/scim/v2',
    },
    admin: (app: FastifyInstance) =>
      app.register(adminRoutes, {
        db: world.db,
        wake: world.operations.wake,
        version: '0.0.0-test',
        production: false,
        startRun: async () => '',
        mentionsOf: async () => [],
        signOn: { guide: async () => undefined, check: async () => undefined, give: async () => undefined },
        policies: policiesOf({ db: world.db, targets: new Map(), compile: compilerOf(new Map()) }),
        alerts: { ids: () => [], test: async () => undefined },
      }),
  })
  await server.ready()
  const routes = readTree(server.printRoutes({ commonPrefix: false }))
  await server.close()
  return routes
}

/** `│   ├── /:id (GET, PUT)`: four characters a level, then the path behind that of the level above, then its methods. */
function readTree(tree: string): Route[] {
  const above: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', path = '', methods = ''] = /^([│ ]*)[├└]── (\S+)(?: \(([-A-Z, ]+)\))?$/.exec(line) ?? []
    if (path === '') return []
    const depth = indent.length / 4
    const whole = `${depth === 0 ? '' : (above[depth - 1] ?? '')}${path}`
    above[depth] = whole
    const known = methods.split(', ').filter((method) => WALKED.includes(method))
    return known.map((method) => ({ method, path: whole }))
  })
}
