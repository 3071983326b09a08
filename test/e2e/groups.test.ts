import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'

let rollcall: TestRollcall
let scim: ScimClient
/** Of a connection without tolerance. */
let strict: ScimClient
beforeAll(async () => {
  rollcall = await startRollcallForTest({ profile: 'okta', delivery: 'confirm' })
  scim = scimClient(rollcall.base, rollcall.scimToken)
  strict = scimClient(rollcall.base, rollcall.otherToken)
})
afterAll(() => rollcall.close())

const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'

const groupOf = (displayName: string, ...members: string[]): object => ({
  schemas: [GROUP_SCHEMA],
  displayName,
  members: members.map((value) => ({ value })),
})

let made = 0
async function person(who = scim): Promise<string> {
  made += 1
  return (await who('POST', '/Users', userOf(`person${made}@acme.test`))).body.id
}

async function create(...members: string[]): Promise<string> {
  made += 1
  return (await scim('POST', '/Groups', groupOf(`Group ${made}`, ...members))).body.id
}

const addTo = (id: string, ...ids: string[]) =>
  scim('PATCH', `/Groups/${id}`, patchOf({ op: 'add', path: 'members', value: ids.map((value) => ({ value })) }))

interface Shown {
  readonly value: string
  readonly display: string
  readonly type: string
  readonly $ref: string
}

const listed = (body: object, name: 'members' | 'groups'): readonly Shown[] =>
  (body as Readonly<Record<string, readonly Shown[] | undefined>>)[name] ?? []

const members = async (id: string): Promise<string[]> =>
  listed((await scim('GET', `/Groups/${id}`)).body, 'members')
    .map(({ value }) => value)
    .toSorted()

const search = async (path: string, filter: string): Promise<string[]> => {
  const { status, body } = await scim('GET', `${path}?filter=${encodeURIComponent(filter)}&count=10`)
  if (status !== 200) throw new Error(`${status}: ${body.detail}`)
  return body.Resources.map(({ id }) => id)
}

describe('a group', () => {
  test('shows each member with name, type and address', async () => {
    const [mia, inner] = [await person(), await create()]
    const answer = await scim('POST', '/Groups', groupOf('Shown', mia, inner))
    expect(answer.status).toBe(201)
    const { id, meta } = answer.body
    expect(answer.headers.get('location')).toBe(`${rollcall.base}/Groups/${id}`)
    expect(meta).toMatchObject({ resourceType: 'Group', location: `${rollcall.base}/Groups/${id}`, version: 'W/"1"' })
    const read = await scim('GET', `/Groups/${id}`)
    expect(read.body).toEqual(answer.body)
    const user = (await scim('GET', `/Users/${mia}`)).body
    expect(listed(read.body, 'members')).toEqual(
      expect.arrayContaining([
        { value: mia, type: 'User', display: user.userName, $ref: user.meta.location },
        expect.objectContaining({ value: inner, type: 'Group', $ref: `${rollcall.base}/Groups/${inner}` }),
      ]),
    )
  })
  test('of a strict connection keeps everybody where a replace picks nobody (RFC 7644 section 3.5.2.3)', async () => {
    const [mia, kim, lou] = [await person(strict), await person(strict), await person(strict)]
    const { id } = (await strict('POST', '/Groups', groupOf('Strict', mia))).body
    const there = async (): Promise<string[]> =>
      listed((await strict('GET', `/Groups/${id}`)).body, 'members').map(({ value }) => value)
    const replace = (path: string, value: unknown) =>
      strict(
        'PATCH',
        `/Groups/${id}`,
        patchOf({ op: 'add', path: 'members', value: kim }, { op: 'replace', path, value }),
      )
    for (const path of [
      `members[value eq "${lou}"]`,
      'members[type eq "Group"]',
      `members[value eq "${lou}"].display`,
    ]) {
      const refused = await replace(path, path.endsWith('display') ? 'Lou' : { value: lou })
      expect(refused).toMatchObject({ status: 400, body: { scimType: 'noTarget' } })
      expect(refused.body.detail).toMatch(/^Operations\[1\]: no member of the group satisfies the filter/)
      expect(await there()).toEqual([mia])
    }
    expect((await replace(`members[value eq "${mia}"]`, { value: lou })).status).toBe(204)
    expect((await there()).toSorted()).toEqual([kim, lou].toSorted())
  })
  test('of a provider that replaces whom nobody added gets the member (T7)', async () => {
    const [id, mia] = [await create(), await person()]
    const path = `members[value eq "${mia}"]`
    expect((await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'replace', path, value: { value: mia } }))).status).toBe(
      204,
    )
    expect(await members(id)).toEqual([mia])
  })
  test('is changed without its members being answered, unless they are asked for', async () => {
    const id = await create()
    const mia = await person()
    const changed = await addTo(id, mia)
    expect([changed.status, changed.headers.get('etag')]).toEqual([204, 'W/"2"'])
    const asked = await scim(
      'PATCH',
      `/Groups/${id}?attributes=members.value`,
      patchOf({ op: 'remove', path: `members[value eq "${await person()}"]` }),
    )
    expect([asked.status, asked.headers.get('etag')]).toEqual([200, 'W/"2"'])
    expect(asked.body).toEqual({ schemas: [GROUP_SCHEMA], id, members: [{ value: mia }] })
  })
  test.each([
    ['excludedAttributes=members', false, []],
    ['attributes=displayName', false, []],
    ['attributes=members', true, ['$ref', 'display', 'type', 'value']],
    ['excludedAttributes=members.display', true, ['$ref', 'type', 'value']],
  ])('shows what %s leaves', async (query, hasMembers, parts) => {
    const id = await create(await person())
    for (const path of [`/Groups/${id}?${query}`, `/Groups?${query}&filter=id%20eq%20%22${id}%22`]) {
      const { body } = await scim('GET', path)
      const group = body.Resources?.[0] ?? body
      expect('members' in group).toBe(hasMembers)
      expect(Object.keys(listed(group, 'members')[0] ?? {}).toSorted()).toEqual(parts)
    }
  })
  test('is found by name, externalId, id and member, and by all of them at once', async () => {
    const [mia, kim] = [await person(), await person()]
    const body = { ...groupOf('Straße "EMEA"', mia), externalId: 'X-1' }
    const { id } = (await scim('POST', '/Groups', body)).body
    await create(kim)
    const quoted = JSON.stringify('STRASSE "emea"'.replace('SS', 'ß'))
    for (const filter of [
      `displayName eq ${quoted}`,
      'externalId eq "X-1"',
      `id eq "${id}"`,
      `members eq "${mia}"`,
      `members.value eq "${mia.toUpperCase()}"`,
      `members[value eq "${mia}" and type eq "User"]`,
      `id eq "${id}" and members eq "${mia}"`,
      `displayName sw "stra" and not (members eq "${kim}")`,
    ])
      expect(await search('/Groups', filter), filter).toEqual([id])
    for (const filter of ['externalId eq "x-1"', `id eq "${id}" and members eq "${kim}"`, 'members eq "nobody"'])
      expect(await search('/Groups', filter), filter).toEqual([])
  })
  test('that was read with a version is changed only in that version', async () => {
    const id = await create()
    await addTo(id, await person())
    const headers = { authorization: `Bearer ${rollcall.scimToken}`, 'content-type': 'application/scim+json' }
    const stale = (method: string, body?: object) =>
      fetch(`${rollcall.base}/Groups/${id}`, {
        method,
        headers: { ...headers, 'if-match': 'W/"1"' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    expect((await stale('PATCH', patchOf({ op: 'remove', path: 'members' }))).status).toBe(412)
    expect((await stale('PUT', groupOf('Other'))).status).toBe(412)
    const bodiless = { ...headers, 'if-match': 'W/"1"', 'content-type': 'application/json' }
    expect((await fetch(`${rollcall.base}/Groups/${id}`, { method: 'DELETE', headers: bodiless })).status).toBe(412)
    expect(await members(id)).toHaveLength(1)
    const known = await fetch(`${rollcall.base}/Groups/${id}`, { headers: { ...headers, 'if-none-match': 'W/"2"' } })
    expect(known.status).toBe(304)
  })
  test('says what is wrong with it, and nothing is changed', async () => {
    const id = await create()
    const { displayName } = (await scim('GET', `/Groups/${id}`)).body as unknown as { displayName: string }
    const nobody = '00000000-0000-4000-8000-000000000000'
    const cases = [
      [await scim('POST', '/Groups', groupOf(displayName.toUpperCase())), 409, 'uniqueness'],
      [await scim('POST', '/Groups', { members: [] }), 400, 'invalidValue'],
      [await scim('PUT', `/Groups/${id}`, {}), 400, 'invalidValue'],
      [await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'remove', path: 'displayName' })), 400, 'mutability'],
      [await addTo(id, id), 400, 'invalidValue'],
      [await scim('GET', `/Groups/${nobody}`), 404, undefined],
      [await scim('DELETE', `/Groups/${nobody}`), 404, undefined],
      [await scim('GET', '/Groups/1'), 404, undefined],
      [await strict('POST', '/Groups', groupOf('Strict', nobody)), 404, undefined],
    ] as const
    expect(cases.map(([{ status, body }]) => [status, (body as { scimType?: string }).scimType])).toEqual(
      cases.map(([, status, scimType]) => [status, scimType]),
    )
    expect((await scim('GET', `/Groups/${id}`)).headers.get('etag')).toBe('W/"1"')
  })
})

describe('a member', () => {
  test('keeps memberships while disabled, and loses them when deleted', async () => {
    const [mia, kim] = [await person(), await person()]
    const id = await create(mia, kim)
    await scim('PATCH', `/Users/${mia}`, patchOf({ op: 'replace', path: 'active', value: false }))
    expect(await members(id)).toEqual([mia, kim].toSorted())
    expect((await scim('DELETE', `/Users/${mia}`)).status).toBe(204)
    expect(await members(id)).toEqual([kim])
    expect((await scim('GET', `/Groups/${id}`)).headers.get('etag')).toBe('W/"2"')
    expect(await search('/Groups', `members eq "${mia}"`)).toEqual([])
  })
  test('shows its groups, direct and indirect, and is found by them', async () => {
    const [mia, kim] = [await person(), await person()]
    const inner = await create(mia)
    const outer = await create(inner, kim)
    const shown = async (id: string) =>
      listed((await scim('GET', `/Users/${id}`)).body, 'groups').map(({ value, type }) => `${value} ${type}`)
    expect(await shown(mia)).toEqual([`${inner} direct`, `${outer} indirect`])
    expect(await shown(kim)).toEqual([`${outer} direct`])
    const page = (await scim('GET', `/Users?filter=${encodeURIComponent(`id eq "${mia}"`)}`)).body.Resources[0]
    expect(listed(page ?? {}, 'groups')).toHaveLength(2)
    const replaced = await scim('PUT', `/Users/${mia}`, userOf('mia@acme.test', { groups: [] }))
    expect(listed(replaced.body, 'groups')).toHaveLength(2)
    expect('groups' in (await scim('GET', `/Users/${mia}?excludedAttributes=groups`)).body).toBe(false)
    expect(await search('/Users', `groups eq "${outer}"`)).toEqual([mia, kim])
    expect(await search('/Users', `groups[value eq "${outer}" and type eq "direct"]`)).toEqual([kim])
    expect(await search('/Users', 'groups.display eq "none"')).toEqual([])
  })
})
