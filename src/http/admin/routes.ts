/**
 * The admin API as one plugin.
 * Decides what every route of it has in common; must not know what any of them does.
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { alertRoutes } from './alerts.ts'
import { appRoutes } from './apps.ts'
import { connectionRoutes } from './connections.ts'
import { connectionReadingRoutes } from './connections-reading.ts'
import type { AdminContext } from './context.ts'
import { deliveryRoutes } from './deliveries.ts'
import { differenceRoutes } from './differences.ts'
import { doctorRoutes } from './doctor.ts'
import { entitlementRoutes } from './entitlements.ts'
import { exchangeRoutes } from './exchanges.ts'
import { inventoryRoutes } from './inventories.ts'
import { joiningRoutes } from './joining.ts'
import { linkRoutes } from './links.ts'
import { describeRoutes } from './openapi.ts'
import { personRoutes } from './people.ts'
import { policyRoutes } from './policies.ts'
import { answerProblem, Problem } from './problems.ts'
import { runRoutes } from './runs.ts'
import { requireApiKey } from './sign-in.ts'
import { lockOutRoutes, signOnRoutes } from './sso.ts'
import { problems, requireDeclaredStatuses } from './statuses.ts'
import { tokenRoutes } from './tokens.ts'

const LARGEST_BODY = 1024 * 1024

/** Register without a prefix: it owns /api, /api/v1 and everything below, unknown addresses included. */
export const adminRoutes: FastifyPluginAsync<AdminContext> = async (app, context) => {
  await app.register((scope) => api(scope, context), { prefix: '/api' })
}

async function api(scope: FastifyInstance, context: AdminContext): Promise<void> {
  scope.setValidatorCompiler(validatorCompiler)
  scope.setSerializerCompiler(serializerCompiler)
  scope.setErrorHandler(answerProblem)
  scope.setNotFoundHandler((request) => {
    const address = `${request.method} ${request.url.split('?', 1)[0]}`
    throw new Problem(
      'not-found',
      `There is nothing at ${address}. GET /api/openapi.json lists the addresses there are.`,
    )
  })
  await describeRoutes(scope, context.version)
  scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger())
  await scope.register((inner) => v1(inner, context), { prefix: '/v1' })
}

async function v1(scope: FastifyInstance, context: AdminContext): Promise<void> {
  requireApiKey(scope, context.db)
  requireDeclaredStatuses(scope, context.production)
  const methods = collectMethods(scope)
  for (const routes of [
    alertRoutes,
    appRoutes,
    policyRoutes,
    doctorRoutes,
    signOnRoutes,
    lockOutRoutes,
    entitlementRoutes,
    deliveryRoutes,
    runRoutes,
    exchangeRoutes,
    personRoutes,
    linkRoutes,
    connectionRoutes,
    connectionReadingRoutes,
    joiningRoutes,
    tokenRoutes,
    differenceRoutes,
    inventoryRoutes,
  ]) {
    await scope.register(routes, context)
  }
  refuseOtherMethods(scope, methods)
}

/** Which methods each address answers, once all routes are registered. */
function collectMethods(scope: FastifyInstance): ReadonlyMap<string, ReadonlySet<string>> {
  const methods = new Map<string, Set<string>>()
  scope.addHook('onRoute', (route) => {
    route.bodyLimit ??= LARGEST_BODY
    const known = methods.get(route.path) ?? new Set()
    for (const method of [route.method].flat()) known.add(method)
    methods.set(route.path, known)
  })
  return methods
}

function refuseOtherMethods(scope: FastifyInstance, methods: ReadonlyMap<string, ReadonlySet<string>>): void {
  // A copy: what is registered here is collected too.
  for (const [path, known] of new Map(methods)) {
    const allow = [...known].join(', ')
    scope.route({
      method: scope.supportedMethods.filter((method) => !known.has(method)),
      url: path.slice(scope.prefix.length),
      config: { right: 'read' },
      schema: { hide: true, response: problems('method-not-allowed') },
      handler: unreachable,
      // Before the body is read: what it holds does not matter.
      onRequest: async (request, reply) => {
        reply.header('allow', allow)
        throw new Problem('method-not-allowed', `${request.method} is not possible here; possible: ${allow}.`)
      },
    })
  }
}

function unreachable(): never {
  throw new Error('a method that is refused on request reached its handler')
}
