// Decides which calls reach the ACD half: versions, spelling of the path, Accept, and the right each route needs.
import { expect, test } from 'vitest'
import { call } from '../caller.ts'
import { PERMISSIONS, type Permission } from '../permissions.ts'
import { testCaller } from '../test-caller.ts'

const sim = testCaller({ users: 20 })

test.each(['v20.0', 'v31.0', 'V34.0'])('version %s answers', async (version) => {
  expect((await sim.api('GET', `/incontactapi/services/${version}/skills`)).status).toBe(200)
})

test.each(['v19.0', 'v35.0', 'v31', '31.0', 'v100.0'])('version %s is not there', async (version) => {
  const answer = await sim.api('GET', `/incontactapi/services/${version}/skills`)
  expect([answer.status, answer.body.error]).toEqual([404, 'VERSION_NOT_FOUND'])
})

test.each(['inContactAPI', 'incontactAPI', 'INCONTACTAPI'])('the segment may be spelled %s', async (segment) => {
  expect((await sim.api('GET', `/${segment}/services/v31.0/skills?x=/incontactAPI/`)).status).toBe(200)
})

test('without Accept there is a text, without a token 401, and an unknown path is 404', async () => {
  const url = `${sim.apiEndpoint}/incontactapi/services/v31.0/skills`
  await sim.set({ anyAccept: 'missing' })
  const text = await call('GET', url, { headers: { authorization: `Bearer ${sim.accessToken}` } })
  expect(text.text).toBe('No known way to render data')
  await sim.set({ anyAccept: 'enough' })
  expect((await call('GET', url, { headers: { accept: 'application/json' } })).status).toBe(401)
  expect((await sim.acd('GET', '/carrots')).status).toBe(404)
})

const OPEN = ['GET /apiversion', 'GET /apiversionreleaseinfo', 'GET /timezones', 'GET /countries']

const RIGHTS: readonly (readonly [Permission, string])[] = [
  ['agents.view', 'GET /agents'],
  ['agents.view', 'GET /agents/1'],
  ['agents.view', 'POST /agents/search'],
  ['agents.view', 'GET /agents-states'],
  ['agents.view', 'GET /agents/1/groups'],
  ['agents.view', 'GET /agents/1/skills'],
  ['agents.view', 'GET /agents/1/skills/unassigned'],
  ['agents.view', 'GET /agents/skills'],
  ['agents.create', 'POST /agents'],
  ['agents.edit', 'PUT /agents'],
  ['agents.edit', 'PUT /agents/1'],
  ['agents.edit', 'POST /agents/1/state'],
  ['agents.edit', 'POST /agents/1/logout'],
  ['agents.edit', 'POST /agents/1/skills'],
  ['agents.edit', 'PUT /agents/1/skills'],
  ['agents.edit', 'DELETE /agents/1/skills'],
  ['agents.edit', 'POST /agents/skills'],
  ['skills.view', 'GET /skills'],
  ['skills.view', 'GET /skills/1'],
  ['skills.view', 'GET /skills/1/agents'],
  ['skills.view', 'GET /skills/1/agents/unassigned'],
  ['skills.edit', 'POST /skills/1/agents'],
  ['skills.edit', 'PUT /skills/1/agents'],
  ['skills.edit', 'DELETE /skills/1/agents'],
  ['skills.edit', 'DELETE /skills/1/agents/1'],
  ['teams.view', 'GET /teams'],
  ['teams.view', 'GET /teams/1'],
  ['teams.view', 'GET /teams/agents'],
  ['teams.view', 'GET /teams/1/agents'],
  ['teams.edit', 'POST /teams'],
  ['teams.edit', 'PUT /teams/1'],
  ['teams.edit', 'POST /teams/1/agents'],
  ['teams.edit', 'DELETE /teams/1/agents'],
  ['securityProfiles.view', 'GET /security-profiles'],
  ['securityProfiles.view', 'GET /security-profiles/1'],
  ['groups.view', 'GET /groups'],
  ['groups.view', 'GET /groups/1'],
  ['groups.view', 'GET /groups/1/agents'],
  ['groups.edit', 'POST /groups'],
  ['groups.edit', 'PUT /groups/1'],
  ['groups.edit', 'POST /groups/1/agents'],
  ['groups.edit', 'DELETE /groups/1/agents'],
  ['reports.view', 'GET /agents/1/login-history'],
  ['reports.view', 'GET /agents/state-history'],
  ['reports.view', 'GET /agents/1/state-history'],
  ['reports.view', 'GET /agents/performance'],
  ['reports.view', 'GET /agents/1/performance'],
  ['businessUnit.view', 'GET /business-unit'],
  ['accessKeys.view', 'GET /access-keys'],
  ['accessKeys.view', 'GET /access-keys/1'],
  ['accessKeys.create', 'POST /access-keys'],
  ['accessKeys.edit', 'PATCH /access-keys/1'],
  ['accessKeys.delete', 'DELETE /access-keys/1'],
]

test.each(RIGHTS)('%s opens %s, and everything else does not', async (right, route) => {
  const [method, path] = route.split(' ') as [string, string]
  const [area] = right.split('.')
  const others = PERMISSIONS.filter(
    (name) => name !== right && !(right.endsWith('.view') && name.startsWith(`${area}.`)),
  )
  await sim.control('PUT', '/service-role', { permissions: others })
  expect((await sim.acd(method, path)).status).toBe(403)
  await sim.control('PUT', '/service-role', { permissions: [right] })
  expect([200, 400, 404]).toContain((await sim.acd(method, path)).status)
})

test.each(OPEN)('%s needs a token but no right', async (route) => {
  const [method, path] = route.split(' ') as [string, string]
  await sim.control('PUT', '/service-role', { permissions: [] })
  expect((await sim.acd(method, path)).status).toBe(200)
})
