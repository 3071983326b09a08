/** A group that is read again and again says who is in it now, whatever is held ready of it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'

let rollcall: TestRollcall
let scim: ScimClient
beforeAll(async () => {
  rollcall = await startRollcallForTest()
  scim = scimClient(rollcall.base, rollcall.scimToken)
})
afterAll(() => rollcall.close())

interface Read {
  readonly version: unknown
  readonly members: readonly string[]
}

async function read(id: string, query = ''): Promise<Read> {
  const { body } = await scim('GET', `/Groups/${id}${query}`)
  const { members = [], meta } = body as unknown as {
    members?: readonly { display?: string; value: string }[]
    meta: { version: string }
  }
  return { version: meta.version, members: members.map(({ display, value }) => display ?? value).toSorted() }
}

const person = async (name: string): Promise<string> => (await scim('POST', '/Users', userOf(name))).body.id

const change = async (path: string, ...operations: object[]): Promise<void> => {
  expect((await scim('PATCH', path, patchOf(...operations))).status).toBeLessThan(300)
}

test('after everything that can happen to its members', async () => {
  const [ada, bea, cyd] = [await person('ada@x.test'), await person('bea@x.test'), await person('cyd@x.test')]
  const inner = (await scim('POST', '/Groups', { displayName: 'Inner' })).body.id
  const members = [ada, bea, inner].map((value) => ({ value }))
  const group = (await scim('POST', '/Groups', { displayName: 'Outer', members })).body.id
  const first = await read(group)
  expect(first.members).toEqual(['Inner', 'ada@x.test', 'bea@x.test'])
  expect(await read(group)).toEqual(first)
  // Another part of it is another text.
  expect((await read(group, '?attributes=members.value,meta')).members).toEqual([ada, bea, inner].toSorted())
  expect((await read(group, '?excludedAttributes=members')).members).toEqual([])

  await change(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: cyd }] })
  const second = await read(group)
  expect(second.members).toEqual(['Inner', 'ada@x.test', 'bea@x.test', 'cyd@x.test'])
  expect(second.version).not.toBe(first.version)

  await change(`/Users/${ada}`, { op: 'replace', path: 'userName', value: 'Ada@x.test' })
  expect((await read(group)).members).toContain('Ada@x.test')
  await change(`/Groups/${inner}`, { op: 'replace', path: 'displayName', value: 'Renamed' })
  expect((await read(group)).members).toContain('Renamed')

  await scim('DELETE', `/Users/${bea}`)
  expect((await read(group)).members).toEqual(['Ada@x.test', 'Renamed', 'cyd@x.test'])
  await scim('DELETE', `/Groups/${inner}`)
  expect((await read(group)).members).toEqual(['Ada@x.test', 'cyd@x.test'])
  await change(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${cyd}"]` })
  expect((await read(group)).members).toEqual(['Ada@x.test'])
  await scim('PUT', `/Groups/${group}`, { displayName: 'Outer', members: [] })
  expect((await read(group)).members).toEqual([])
})

test('to nobody of another connection', async () => {
  const group = (await scim('POST', '/Groups', { displayName: 'Private' })).body.id
  await read(group)
  const other = scimClient(rollcall.base, rollcall.otherToken)
  expect((await other('GET', `/Groups/${group}`)).status).toBe(404)
})
