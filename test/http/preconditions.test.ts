/** Entity tags and bulk requests: RFC 7644 sections 3.7 and 3.14. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { ENTERPRISE_USER_SCHEMA } from '../../src/scim/schema/enterprise-user.ts'
import { patchOf, scimClient, userOf, type ScimBody, type ScimClient } from '../support/scim.ts'

let rollcall: TestRollcall
let call: ScimClient
beforeAll(async () => {
  rollcall = await startRollcallForTest()
  call = scimClient(rollcall.base, rollcall.scimToken)
})
afterAll(() => rollcall.close())

const fresh = (): string => `${randomUUID()}@acme.test`
const make = async (): Promise<ScimBody> => (await call('POST', '/Users', userOf(fresh()))).body

async function send(method: string, path: string, sent: { headers: Record<string, string>; body?: object }) {
  const response = await fetch(rollcall.base + path, {
    method,
    headers: { authorization: `Bearer ${rollcall.scimToken}`, 'content-type': 'application/json', ...sent.headers },
    ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('an entity tag', () => {
  test('is the version in meta, and comes with the address of the resource', async () => {
    const made = await call('POST', '/Users', userOf(fresh()))
    const { location, version, created, lastModified } = made.body.meta as Readonly<Record<string, string>>
    expect(version).toBe('W/"1"')
    expect(lastModified).toBe(created)
    for (const answer of [
      made,
      await call('GET', `/Users/${made.body.id}`),
      await call('PUT', `/Users/${made.body.id}`, userOf(made.body.userName)),
    ]) {
      expect(answer.headers.get('etag')).toBe(answer.body.meta.version)
      expect(answer.headers.get('content-location')).toBe(location)
    }
    expect(made.headers.get('location')).toBe(location)
  })

  test.each([
    ['W/"1"', 304],
    ['"1"', 304],
    ['W/"7", W/"1"', 304],
    ['*', 304],
    ['W/"2"', 200],
    ['nonsense', 200],
  ])('that the client knows as %s is answered %i', async (tag, status) => {
    const { id } = await make()
    const answer = await send('GET', `/Users/${id}`, { headers: { 'if-none-match': tag } })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('etag')).toBe('W/"1"')
    if (status === 304) expect(answer.text).toBe('')
  })

  test.each(['PUT', 'PATCH', 'DELETE'])(
    'that is old keeps %s from doing anything, and the right one does not',
    async (method) => {
      const { id, userName } = await make()
      await call('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'title', value: 'Lead' }))
      const body = {
        PUT: userOf(userName, { title: 'Boss' }),
        PATCH: patchOf({ op: 'replace', path: 'title', value: 'Boss' }),
      }
      const sent = method === 'DELETE' ? {} : { body: body[method as 'PUT' | 'PATCH'] }
      for (const tag of ['W/"1"', '"9"', 'nonsense']) {
        const stale = await send(method, `/Users/${id}`, { headers: { 'if-match': tag }, ...sent })
        expect(stale.status).toBe(412)
        expect(JSON.parse(stale.text)).toMatchObject({ status: '412', detail: expect.stringContaining('it is W/"2"') })
      }
      expect((await call('GET', `/Users/${id}`)).body).toMatchObject({ title: 'Lead', meta: { version: 'W/"2"' } })
      const right = await send(method, `/Users/${id}`, { headers: { 'if-match': 'W/"2"' }, ...sent })
      expect(right.status).toBe(method === 'DELETE' ? 204 : 200)
    },
  )

  test.each(['PUT', 'PATCH', 'DELETE'])(
    'that is known keeps %s from doing anything with If-None-Match',
    async (method) => {
      const { id, userName } = await make()
      const bodies: Readonly<Record<string, object>> = {
        PUT: userOf(userName, { title: 'Boss' }),
        PATCH: patchOf({ op: 'replace', path: 'title', value: 'Boss' }),
      }
      const body = bodies[method]
      const write = (tag: string) =>
        send(method, `/Users/${id}`, { headers: { 'if-none-match': tag }, ...(body === undefined ? {} : { body }) })
      for (const tag of ['*', 'W/"1"']) expect((await write(tag)).status).toBe(412)
      expect((await call('GET', `/Users/${id}`)).body.meta.version).toBe('W/"1"')
      expect((await write('W/"2"')).status).toBeLessThan(300)
    },
  )

  test('moves with the groups that a user shows, and a change may name an older one', async () => {
    const { id } = await make()
    const read = (tag?: string, query = '') =>
      send('GET', `/Users/${id}${query}`, { headers: tag === undefined ? {} : { 'if-none-match': tag } })
    const group = await call('POST', '/Groups', { displayName: fresh(), members: [{ value: id }] })
    const seen = ['W/"1"']
    const moved = async (): Promise<void> => {
      const answer = await read(seen.at(-1))
      expect(answer.status).toBe(200)
      const tag = answer.headers.get('etag') ?? ''
      expect((JSON.parse(answer.text) as ScimBody).meta.version).toBe(tag)
      expect(seen).not.toContain(tag)
      expect((await read(tag)).status).toBe(304)
      seen.push(tag)
    }
    await moved()
    await call('PATCH', `/Groups/${group.body.id}`, patchOf({ op: 'replace', path: 'displayName', value: fresh() }))
    await moved()
    // Where no groups are shown, it is that of the rest.
    expect((await read('W/"1"', '?excludedAttributes=groups')).status).toBe(304)
    const write = (value: string) =>
      send('PATCH', `/Users/${id}`, {
        headers: { 'if-match': seen[1] ?? '' },
        body: patchOf({ op: 'replace', path: 'title', value }),
      })
    const written = await write('Lead')
    expect(written.status).toBe(200)
    expect((JSON.parse(written.text) as ScimBody).meta.version).toBe(written.headers.get('etag'))
    expect((await write('Boss')).status).toBe(412)
    await moved()
    await call('DELETE', `/Groups/${group.body.id}`)
    expect((await read(seen.at(-1))).headers.get('etag')).toBe('W/"2"')
  })

  test('lets one of many writers through who know the same version', async () => {
    const { id } = await make()
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        send('PATCH', `/Users/${id}`, {
          headers: { 'if-match': 'W/"1"' },
          body: patchOf({ op: 'replace', path: 'title', value: `t${n}` }),
        }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array<number>(11).fill(412)])
  })
  test('of nobody is 404, whatever it says', async () => {
    expect((await send('DELETE', `/Users/${randomUUID()}`, { headers: { 'if-match': '*' } })).status).toBe(404)
  })
})

interface BulkResult {
  readonly method: string
  readonly bulkId?: string
  readonly status: string
  readonly location?: string
  readonly version?: string
  readonly response?: { readonly scimType?: string; readonly status: string }
}

const bulk = async (Operations: object[], more: object = {}): Promise<readonly BulkResult[]> => {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
  const { status, body } = await call('POST', '/Bulk', { schemas, Operations, ...more })
  expect(status).toBe(200)
  expect(body['schemas']).toEqual(['urn:ietf:params:scim:api:messages:2.0:BulkResponse'])
  return body['Operations'] as BulkResult[]
}
const idOf = (result: BulkResult | undefined): string => result?.location?.split('/').at(-1) ?? ''

describe('a bulk request', () => {
  test('creates, links, changes and deletes, with references that point forward', async () => {
    const leaver = await make()
    const [group, worker, boss, gone] = await bulk([
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'g',
        data: { displayName: fresh(), members: [{ value: 'bulkId:w' }] },
      },
      {
        method: 'post',
        path: '/Users',
        bulkId: 'w',
        data: userOf(fresh(), {
          'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: 'bulkId:b' } },
        }),
      },
      { method: 'POST', path: '/Users', bulkId: 'b', data: userOf(fresh()) },
      { method: 'DELETE', path: `/Users/${leaver.id}` },
      { method: 'PATCH', path: '/Users/bulkId:b', data: patchOf({ op: 'replace', path: 'title', value: 'Boss' }) },
    ])
    expect([group, worker, boss].map((result) => result?.status)).toEqual(['201', '201', '201'])
    expect(worker).toMatchObject({ method: 'POST', bulkId: 'w', version: 'W/"1"' })
    expect(gone).toMatchObject({ method: 'DELETE', status: '204' })
    expect((await call('GET', `/Groups/${idOf(group)}`)).body['members']).toMatchObject([{ value: idOf(worker) }])
    expect(JSON.stringify((await call('GET', `/Users/${idOf(worker)}`)).body)).toContain(`"value":"${idOf(boss)}"`)
    expect((await call('GET', `/Users/${idOf(boss)}`)).body).toMatchObject({ title: 'Boss' })
    expect((await call('GET', `/Users/${leaver.id}`)).status).toBe(404)
  })

  test('reports each failure by itself, and goes on', async () => {
    const there = await make()
    const results = await bulk([
      { method: 'POST', path: '/Users', bulkId: '1', data: userOf(there.userName) },
      { method: 'POST', path: '/Users', data: userOf(fresh()) },
      { method: 'GET', path: '/Users' },
      { method: 'PUT', path: '/Devices/1', data: {} },
      { method: 'DELETE', path: `Users/${randomUUID()}` },
      { method: 'PUT', path: `/Users/${there.id}` },
      {
        method: 'PATCH',
        path: `/Users/${there.id}`,
        version: 'W/"9"',
        data: patchOf({ op: 'add', path: 'title', value: 'x' }),
      },
      {
        method: 'POST',
        path: '/Users',
        bulkId: '2',
        data: userOf(fresh(), { [ENTERPRISE_USER_SCHEMA]: { manager: { value: 'bulkId:1' } } }),
      },
      {
        method: 'PATCH',
        path: `/Users/${there.id}`,
        version: 'W/"1"',
        data: patchOf({ op: 'add', path: 'title', value: 'y' }),
      },
    ])
    expect(results.map(({ status }) => status)).toEqual(['409', '400', '400', '400', '404', '400', '412', '400', '200'])
    expect(results[0]).toMatchObject({ bulkId: '1', response: { status: '409', scimType: 'uniqueness' } })
    expect(results[0]).not.toHaveProperty('location')
    expect(results[4]?.location).toContain('/v2/Users/')
  })

  test('stops after as many failures as it allows', async () => {
    const nobody = { method: 'DELETE', path: `/Users/${randomUUID()}` }
    const userName = fresh()
    const last = { method: 'POST', path: '/Users', bulkId: 'x', data: userOf(userName) }
    expect((await bulk([nobody, nobody, last], { failOnErrors: 2 })).map(({ status }) => status)).toEqual([
      '404',
      '404',
    ])
    expect((await call('GET', `/Users?filter=userName%20eq%20%22${userName}%22`)).body.totalResults).toBe(0)
    expect(await bulk([nobody, nobody, last], { failOnErrors: 3 })).toHaveLength(3)
  })

  test('whose groups refer to each other in a circle is refused with 409 for those, and for nobody else', async () => {
    const group = (bulkId: string, ...members: string[]) => ({
      method: 'POST',
      path: '/Groups',
      bulkId,
      data: { displayName: fresh(), members: members.map((value) => ({ value: `bulkId:${value}` })) },
    })
    const results = await bulk([group('a', 'b'), group('b', 'a'), group('c')])
    expect(results.map(({ status }) => status)).toEqual(['409', '409', '201'])
  })

  test('that is too large is 413', async () => {
    const nobody = { method: 'DELETE', path: '/Users/1' }
    const many = await call('POST', '/Bulk', { Operations: Array.from({ length: 1_001 }, () => nobody) })
    expect(many).toMatchObject({ status: 413, body: { status: '413' } })
    expect(await call('POST', '/Bulk', { Operations: [{ ...nobody, data: 'x'.repeat(1_100_000) }] })).toMatchObject({
      status: 413,
      body: { status: '413' },
    })
  })
})
