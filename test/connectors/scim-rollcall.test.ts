/** One Rollcall provisions another: what a provider pushes to the first arrives in the second, with its groups. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../sign-in/stage.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimBody, type ScimClient } from '../support/scim.ts'
import { until } from '../support/wait.ts'
import { makeGroup } from './scim-world.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let target: Stage
let first: TestRollcall
let provider: ScimClient
let second: ScimClient

beforeAll(async () => {
  target = await openStage()
  const { address } = await target.start([{ id: 'from-first', tokens: [{ value: 'second-token-0123456789' }] }])
  second = scimClient(`${address}/scim/v2`, 'second-token-0123456789')
  await makeGroup(second, 'Agents')
  await makeGroup(second, 'Supervisors')
  first = await startRollcallForTest({
    alone: true,
    apps: [
      {
        id: 'second',
        type: 'scim',
        url: `${address}/scim/v2`,
        auth: { token: { value: 'second-token-0123456789' } },
        policy: {
          owns: { groups: 'always' },
          rules: [
            { name: 'agents', when: '"Phones" in groups', give: { groups: ['Agents'] } },
            { name: 'leads', when: '"Leads" in groups', give: { groups: ['Supervisors'] } },
          ],
          otherwise: 'none',
        },
      },
    ],
  })
  provider = scimClient(first.base, first.scimToken)
})
afterAll(async () => {
  await first.close()
  await target.close()
})

async function arrived(userName: string): Promise<ScimBody | undefined> {
  const { body } = await second('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`)
  return body.Resources[0]
}

const groupsOf = (user: ScimBody | undefined): readonly string[] =>
  ((user?.['groups'] ?? []) as readonly { display: string }[]).map(({ display }) => display).toSorted()

test('people arrive with their groups, change groups, are renamed, and are disabled', async () => {
  const people = ['ada@acme.test', 'bo@acme.test']
  const ids: string[] = []
  for (const userName of people)
    ids.push((await provider('POST', '/Users', userOf(userName, { title: 'Agent' }))).body.id)
  const phones = await makeGroup(provider, 'Phones')
  const leads = await makeGroup(provider, 'Leads')
  const join = (group: string, ...members: readonly string[]) =>
    provider(
      'PATCH',
      `/Groups/${group}`,
      patchOf({ op: 'add', path: 'members', value: members.map((value) => ({ value })) }),
    )
  await join(phones, ...ids)

  for (const userName of people) {
    const user = await until(
      () => arrived(userName),
      (seen) => groupsOf(seen).length > 0,
    )
    expect(groupsOf(user)).toEqual(['Agents'])
    expect(user).toMatchObject({
      userName,
      title: 'Agent',
      active: true,
      name: { givenName: 'Mia', familyName: 'Roth' },
    })
  }

  const [ada = '', bo = ''] = ids
  await join(leads, ada)
  await provider('PATCH', `/Groups/${phones}`, patchOf({ op: 'remove', path: `members[value eq "${ada}"]` }))
  await until(
    () => arrived('ada@acme.test'),
    (user) => groupsOf(user).join() === 'Supervisors',
  )

  await provider('PATCH', `/Users/${ada}`, patchOf({ op: 'replace', path: 'userName', value: 'ada.l@acme.test' }))
  const renamed = await until(
    () => arrived('ada.l@acme.test'),
    (user) => user !== undefined,
  )
  expect(groupsOf(renamed)).toEqual(['Supervisors'])

  await provider('PATCH', `/Users/${bo}`, patchOf({ op: 'replace', path: 'active', value: false }))
  await until(
    () => arrived('bo@acme.test'),
    (user) => user?.['active'] === false,
  )
  expect((await second('GET', '/Users')).body.totalResults).toBe(2)
})
