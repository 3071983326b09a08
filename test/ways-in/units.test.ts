/**
 * Two business units of one tenant, signed in to by different ways, and somebody who signs in to one of them before
 * Rollcall has brought them there. The simulators are black boxes, and what they hold is what counts.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { until } from '../support/wait.ts'
import { startSimulated, type Simulated } from './simulated.ts'

const folder = temporaryDirectory()
const POLICY = {
  waitForGroups: { minutes: 30 },
  rules: [{ name: 'Agents', when: '"Agents" in groups', give: { role: 'Evaluator', team: 'Default Team' } }],
  otherwise: 'none',
}

let west: Simulated
let east: Simulated
let rollcall: TestRollcall
let scim: ScimClient
let agents = ''
beforeAll(async () => {
  west = await startSimulated({ seed: 1 })
  east = await startSimulated({ seed: 2 })
  const secret = join(folder, 'client-secret')
  await writeFile(secret, `${west.application.clientSecret}\n`)
  const application = { clientId: { value: west.application.clientId }, clientSecret: { file: secret } }
  const westAuth = { ...(west.app['auth'] as object), application }
  rollcall = await startRollcallForTest({
    apps: [
      { ...west.app, id: 'cxone-west', auth: westAuth, policy: POLICY },
      { ...east.app, id: 'cxone-east' },
    ],
  })
  scim = scimClient(rollcall.base, rollcall.scimToken)
  const group = await scim('POST', '/Groups', { displayName: 'Agents', members: [] })
  agents = group.body.id
})
afterAll(async () => {
  await rollcall.close()
  await west.close()
  await east.close()
})

const intoAgents = (id: string) =>
  scim('PATCH', `/Groups/${agents}`, patchOf({ op: 'add', path: 'members', value: [{ value: id }] }))
const roleNamed = async (name: string): Promise<string> => {
  const { roles } = await west.control<{ roles: { roleId: string; roleName: string }[] }>('GET', '/state')
  return roles.find(({ roleName }) => roleName === name)?.roleId ?? ''
}

test('somebody gets an account in both, each by its own way in', async () => {
  const made = await scim('POST', '/Users', userOf('both@acme.test'))
  await until(
    () => east.userNamed('both@acme.test'),
    (user) => user !== undefined,
  )
  expect(await west.userNamed('both@acme.test')).toBeUndefined()
  await intoAgents(made.body.id)
  await until(
    () => west.userNamed('both@acme.test'),
    (user) => user !== undefined,
  )
  const [inWest, inEast] = [await west.signIns(), await east.signIns()]
  expect(inWest.filter((path) => path.endsWith('/auth/token')).length).toBeGreaterThan(0)
  expect(inWest.filter((path) => path.includes('token/access-key'))).toEqual([])
  expect(inEast.filter((path) => path.includes('token/access-key')).length).toBeGreaterThan(0)
})

test('who signs in before their groups have come is known, not made twice, and gets what the policy gives', async () => {
  const userName = 'early@acme.test'
  const made = await scim('POST', '/Users', userOf(userName))
  const { user } = await west.control<{ user: { id: string } }>('POST', '/jit', {
    nameId: userName,
    email: userName,
    firstName: 'Mia',
    lastName: 'Roth',
  })
  const evaluator = await roleNamed('Evaluator')
  expect((await west.userNamed(userName))?.['roleUUID']).not.toBe(evaluator)
  await intoAgents(made.body.id)
  const after = await until(
    () => west.userNamed(userName),
    (found) => found?.['roleUUID'] === evaluator,
  )
  expect(after).toMatchObject({ id: user.id, status: 'ACTIVE' })
  expect((await west.state()).users.filter((other) => other.userName === userName)).toHaveLength(1)
  expect((await west.state()).mails.filter(({ to, kind }) => to === userName && kind === 'invite')).toEqual([])
})
