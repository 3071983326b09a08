// Decides who gets through to a route and how everybody else is told: facts 5 and 7, and what bad input does.
import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { type Answer, call } from './caller.ts'
import { testCaller } from './test-caller.ts'

const sim = testCaller({ users: 20 })

const LIST = '/user-management/v1/users'
const withHeaders = (headers: Record<string, string>): Promise<Answer> =>
  call('GET', `${sim.apiEndpoint}${LIST}`, { headers })
const bearer = () => `Bearer ${sim.accessToken}`

/** fetch adds an Accept of its own; this sends exactly what it is given. */
function bare(headers: Record<string, string>): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${sim.apiEndpoint}${LIST}`, { headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () => {
        resolve({ status: response.statusCode, text })
      })
    })
    request.on('error', reject)
    request.end()
  })
}

test.each<[string, Record<string, string>]>([
  ['no token', {}],
  ['a wrong token', { authorization: 'Bearer nonsense' }],
  ['another scheme', { authorization: 'Basic nonsense' }],
])('%s is answered 401 in the Spring shape', async (_what, headers) => {
  const answer = await withHeaders({ accept: 'application/json', ...headers })
  expect(answer.status).toBe(401)
  expect(Object.keys(answer.body)).toEqual(['timestamp', 'status', 'error', 'message', 'path'])
})

test('without Accept there is a text instead of JSON', async () => {
  expect(await bare({ authorization: bearer() })).toEqual({ status: 200, text: 'No known way to render data' })
  expect(
    JSON.parse((await bare({ authorization: bearer(), accept: 'text/html, application/json;q=0.5' })).text),
  ).toHaveProperty('users')
})

test('CorrelationId comes back, and is made up when missing', async () => {
  const given = await withHeaders({ accept: 'application/json', authorization: bearer(), CorrelationId: 'trace-1' })
  const made = await withHeaders({ accept: 'application/json', authorization: bearer() })
  expect(given.headers.get('correlationid')).toBe('trace-1')
  expect(made.headers.get('correlationid')).toMatch(/^[0-9a-f-]{36}$/)
})

test('each route asks for its right, and create or edit implies view', async () => {
  const needs: [string, string, string][] = [
    ['GET', LIST, 'employees.view'],
    ['POST', LIST, 'employees.create'],
    ['PUT', LIST, 'employees.edit'],
    ['POST', `${LIST}/deactivate`, 'employees.edit'],
    ['POST', `${LIST}/x/revive`, 'employees.edit'],
    ['GET', '/user-management/v3/users/x', 'employees.view'],
    ['POST', '/user-management/v2/users/search', 'employees.view'],
    ['GET', '/user-management/v2/users/identities', 'employees.view'],
    ['POST', '/user-management/v2/users/inviteById', 'employees.edit'],
    ['POST', '/user-management/v2/users/inviteByEmail', 'employees.edit'],
    ['PUT', `${LIST}/x/login-authenticator`, 'loginAuthenticators.edit'],
    ['POST', '/authorization/v1/roles/search', 'roles.view'],
    ['POST', '/user-management/v4/teams/search', 'teams.view'],
    ['POST', '/user-management/v3/teams', 'teams.edit'],
    ['GET', '/access-key-management/v1/access-keys', 'accessKeys.view'],
  ]
  const statuses = async () =>
    Promise.all(
      needs.map(async ([method, path]) => (await sim.api(method, path, method === 'GET' ? undefined : {})).status),
    )
  await sim.control('PUT', '/service-role', { permissions: [] })
  expect(await statuses()).toEqual(needs.map(() => 403))
  await sim.control('PUT', '/service-role', { permissions: [...new Set(needs.map(([, , right]) => right))] })
  expect((await statuses()).filter((status) => status === 403)).toEqual([])
  await sim.control('PUT', '/service-role', { permissions: ['employees.create'] })
  expect((await sim.api('GET', LIST)).status).toBe(200)
  expect((await sim.api('PUT', LIST, {})).body['message']).toContain('employees.edit')
})

const deep = (depth: number): string => `${'{"filter":'.repeat(depth)}{}${'}'.repeat(depth)}`

test.each([
  ['broken JSON', '{"firstName":', 'application/json', 400],
  ['JSON 10,000 deep', deep(10_000), 'application/json', 400],
  ['a body of 2 MB', JSON.stringify({ firstName: 'x'.repeat(2_000_000) }), 'application/json', 413],
  ['XML', '<user/>', 'text/xml', 415],
  ['a text', '"firstName"', 'application/json', 400],
  ['null', 'null', 'application/json', 400],
  ['nothing', '', 'application/json', 400],
  ['a prototype', '{"__proto__":{"role":"Agent"},"constructor":{"prototype":{}}}', 'application/json', 400],
  [
    'a NUL in a name',
    '{"firstName":"\\u0000","lastName":"\\ud800","emailAddress":"a@b","role":"Agent","rank":"x"}',
    'application/json',
    400,
  ],
])('%s is refused in JSON and the service lives', async (...[, body, type, status]) => {
  const headers = { accept: 'application/json', authorization: bearer(), 'content-type': type }
  const answer = await call('POST', `${sim.apiEndpoint}${LIST}`, { body, headers })
  expect(answer.status).toBe(status)
  expect(answer.body.details).toEqual(expect.any(String))
  expect((await sim.api('GET', LIST)).status).toBe(200)
})

test('an unknown path and an unknown method are 404, below the API and beside it', async () => {
  expect((await sim.api('GET', '/user-management/v9/users')).status).toBe(404)
  expect((await sim.api('DELETE', LIST)).status).toBe(404)
  expect((await sim.issuer('GET', '/nothing')).body).toMatchObject({ status: 404, path: '/nothing' })
  expect((await sim.issuer('GET', '/%zz')).status).toBe(400)
})

test('a revive with a JSON content type and no body works', async () => {
  const gone = (await sim.control('GET', '/state')).body.users.find(({ status }) => status === 'DELETED')!
  const headers = { accept: 'application/json', authorization: bearer(), 'content-type': 'application/json' }
  const answer = await call('POST', `${sim.apiEndpoint}${LIST}/${gone.id}/revive`, { headers })
  expect(answer.body).toEqual({ success: true, uuid: gone.id })
})
