import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerProblem } from '../../src/http/admin/problems.ts'
import { requireApiKey } from '../../src/http/admin/sign-in.ts'
import { problems, requireDeclaredStatuses } from '../../src/http/admin/statuses.ts'
import { openAdminServer, type AdminServer } from './server.ts'

interface OpenApi {
  readonly openapi: string
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, unknown>; parameters?: { name: string; in: string }[] }>
  >
  readonly components: { readonly schemas: Record<string, unknown> }
}

let server: AdminServer
let document: OpenApi
beforeAll(async () => {
  server = await openAdminServer()
  document = (await server.ask('/api/openapi.json', { key: null })).json()
})
afterAll(() => server.close())

describe('/api/openapi.json', () => {
  test('is OpenAPI 3.1 and lists every route', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(
      Object.entries(document.paths)
        .map(([path, methods]) => `${path}: ${Object.keys(methods).join(' ')}`)
        .toSorted(),
    ).toEqual([
      '/api/v1/alerts/{alert}/test: post',
      '/api/v1/apps/{app}/deliver: post',
      '/api/v1/apps/{app}/differences: post',
      '/api/v1/apps/{app}/doctor/shapes: get',
      '/api/v1/apps/{app}/doctor: get post',
      '/api/v1/apps/{app}/enforce: post',
      '/api/v1/apps/{app}/entitlements/read: post',
      '/api/v1/apps/{app}/entitlements: get',
      '/api/v1/apps/{app}/inventories: post',
      '/api/v1/apps/{app}/observe: post',
      '/api/v1/apps/{app}/policy/test: post',
      '/api/v1/apps/{app}/policy/versions/{version}: get',
      '/api/v1/apps/{app}/policy/versions: get',
      '/api/v1/apps/{app}/policy: get put',
      '/api/v1/apps/{app}/sso/accounts: post',
      '/api/v1/apps/{app}/sso/check: post',
      '/api/v1/apps/{app}/sso/given: put',
      '/api/v1/apps/{app}/sso: get',
      '/api/v1/apps/{app}: get',
      '/api/v1/apps: get',
      '/api/v1/connections/{connection}/exchanges: get',
      '/api/v1/connections/{connection}/handover: post',
      '/api/v1/connections/{connection}/unknown-calls: get',
      '/api/v1/connections/{connection}: get',
      '/api/v1/deliveries: get',
      '/api/v1/differences/{id}/people: get',
      '/api/v1/differences/{id}: get',
      '/api/v1/inventories/{id}/accounts: get',
      '/api/v1/inventories/{id}: get',
      '/api/v1/links/{id}/settle: post',
      '/api/v1/links: get',
      '/api/v1/people/join: post',
      '/api/v1/people/part: post',
      '/api/v1/people: get',
      '/api/v1/runs/{id}: get',
      '/api/v1/runs: get',
      '/api/v1/tokens/{token}/revoke: post',
      '/api/v1/tokens: get post',
    ])
  })

  test('declares for every route what it may be refused with, as problem details', () => {
    for (const methods of Object.values(document.paths)) {
      for (const { responses } of Object.values(methods)) {
        for (const status of [400, 401, 403, 422, 500, 503]) {
          expect(responses[status]).toMatchObject({
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          })
        }
      }
    }
  })

  test('has no reference that leads nowhere, and no schema that nothing refers to', () => {
    const referred = new Set(
      [...JSON.stringify(document).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name = '']) => name),
    )
    expect(referred).toEqual(new Set(Object.keys(document.components.schemas)))
  })

  test('describes the query of a list', () => {
    const names = document.paths['/api/v1/deliveries']?.['get']?.parameters?.map(
      (parameter) => `${parameter.in}:${parameter.name}`,
    )
    expect(names?.toSorted()).toEqual(['query:app', 'query:cursor', 'query:limit', 'query:state'])
  })
})

describe('a status that a route does not declare', () => {
  const answering = async (production: boolean) => {
    const app = Fastify().withTypeProvider<ZodTypeProvider>()
    app.setValidatorCompiler(validatorCompiler)
    app.setSerializerCompiler(serializerCompiler)
    app.setErrorHandler(answerProblem)
    requireDeclaredStatuses(app, production)
    app.get('/', { schema: { response: { 200: z.object({}), ...problems() } } }, async (_request, reply) =>
      reply.code(299 as 200).send({}),
    )
    const { statusCode } = await app.inject('/')
    await app.close()
    return statusCode
  }

  test('is a fault wherever developers are', async () => {
    expect(await answering(false)).toBe(500)
  })

  test('is sent where customers are', async () => {
    expect(await answering(true)).toBe(299)
  })
})

test('a route of the admin API without a right does not register', async () => {
  const app = Fastify()
  requireApiKey(app, server.db)
  expect(() => app.get('/open', async () => ({}))).toThrow('GET /open does not say which right it needs')
  await app.close()
})
