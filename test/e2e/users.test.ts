import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { patchOf, scimClient, USER_SCHEMA as USER } from '../support/scim.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'

let rollcall: TestRollcall
beforeAll(async () => {
  rollcall = await startRollcallForTest()
})
afterAll(() => rollcall.close())

const call = (method: string, path: string, body?: unknown) =>
  scimClient(rollcall.base, rollcall.scimToken)(method, path, body)

let count = 0
const fresh = () => `user${++count}@acme.test`

describe('a user', () => {
  test('is created, read, found, replaced, patched and deleted', async () => {
    const userName = fresh()
    const made = await call('POST', '/Users', {
      schemas: [USER],
      userName,
      externalId: `x-${userName}`,
      name: { givenName: 'Mia', familyName: 'Roth' },
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ schemas: [USER], userName, active: true, meta: { resourceType: 'User' } })
    expect(made.headers.get('location')).toBe(made.body['meta'].location)
    expect(made.headers.get('content-type')).toMatch(/^application\/scim\+json/)
    const id = made.body['id']
    expect((await call('GET', `/Users/${id}`)).body).toEqual(made.body)
    for (const filter of [
      `userName eq "${userName.toUpperCase()}"`,
      `externalId eq "x-${userName}"`,
      `externalId eq "x-${userName}" and userName eq "${userName}"`,
    ]) {
      expect((await call('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body).toMatchObject({
        totalResults: 1,
        startIndex: 1,
        itemsPerPage: 1,
        Resources: [{ id }],
      })
    }
    const replaced = await call('PUT', `/Users/${id}`, { ...made.body, title: 'Lead' })
    expect(replaced).toMatchObject({
      status: 200,
      body: { title: 'Lead', externalId: `x-${userName}`, meta: { version: 'W/"2"' } },
    })
    const patched = await call('PATCH', `/Users/${id}`, patchOf({ op: 'Replace', value: { active: 'False' } }))
    expect(patched).toMatchObject({ status: 200, body: { active: false, title: 'Lead' } })
    const gone = await call('DELETE', `/Users/${id}`)
    expect(gone.status).toBe(204)
    expect((await call('GET', `/Users/${id}`)).status).toBe(404)
    expect((await call('POST', '/Users', { schemas: [USER], userName })).status).toBe(201)
  })
  test('is made once when many ask for it at the same time', async () => {
    const userName = fresh()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', '/Users', { schemas: [USER], userName })),
    )
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array<number>(19).fill(409),
    ])
    expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({
      status: '409',
      scimType: 'uniqueness',
      detail: expect.stringContaining(userName),
    })
  })
  test('is listed in pages that neither overlap nor miss anybody', async () => {
    for (let n = 0; n < 5; n++) await call('POST', '/Users', { schemas: [USER], userName: fresh() })
    const all = await call('GET', '/Users?startIndex=1&count=1000')
    const pages = [
      await call('GET', '/Users?startIndex=1&count=3'),
      await call('GET', '/Users?startIndex=4&count=1000'),
    ]
    expect(pages.flatMap((page) => page.body['Resources'])).toEqual(all.body['Resources'])
    expect((await call('GET', '/Users?count=0')).body).toMatchObject({
      totalResults: all.body['totalResults'],
      itemsPerPage: 0,
      Resources: [],
    })
  })
  test('is not found by the id of nobody', async () => {
    for (const id of ['nobody', '00000000-0000-0000-0000-000000000000', '']) {
      expect((await call('GET', `/Users?filter=${encodeURIComponent(`id eq "${id}"`)}`)).body.totalResults).toBe(0)
    }
  })
  test('is cut to the attributes asked for', async () => {
    const made = await call('POST', '/Users', { schemas: [USER], userName: fresh(), title: 'Lead' })
    expect(Object.keys((await call('GET', `/Users/${made.body['id']}?attributes=title`)).body).toSorted()).toEqual([
      'id',
      'schemas',
      'title',
    ])
  })
})

describe('signing in', () => {
  test.each([
    ['without a token', {}],
    ['with an unknown token', { authorization: 'Bearer not-a-token-of-anybody' }],
    ['with two words', { authorization: 'Bearer two words' }],
    ['with basic credentials', { authorization: 'Basic b2t0YTpva3Rh' }],
  ])('%s is refused in SCIM form, on known and unknown addresses', async (_, headers) => {
    for (const path of ['/Users', '/Nothing', '/Users/1', '']) {
      const response = await fetch(rollcall.base + path, { headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('Bearer')
      expect(await response.json()).toMatchObject({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: '401',
        detail: expect.any(String),
      })
    }
  })
  test('works with both tokens of a connection, and with the bare token', async () => {
    expect((await scimClient(rollcall.base, rollcall.nextToken)('GET', '/Users?count=0')).status).toBe(200)
    expect(
      (await fetch(`${rollcall.base}/Users?count=0`, { headers: { authorization: rollcall.scimToken } })).status,
    ).toBe(200)
  })
  test('never shows one connection the users of another', async () => {
    const made = await call('POST', '/Users', { schemas: [USER], userName: fresh() })
    const { id, userName } = made.body
    for (const token of [rollcall.otherToken, rollcall.strangerToken]) {
      const stranger = scimClient(rollcall.base, token)
      for (const [method, body] of [
        ['GET', undefined],
        ['PUT', { schemas: [USER], userName }],
        ['PATCH', patchOf({ op: 'replace', path: 'active', value: false })],
        ['DELETE', undefined],
      ] as const) {
        expect((await stranger(method, `/Users/${id}`, body)).status).toBe(404)
      }
      expect(
        (await stranger('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`)).body[
          'totalResults'
        ],
      ).toBe(0)
    }
    expect((await call('GET', `/Users/${id}`)).body).toEqual(made.body)
  })
})

describe('a body that is not JSON', () => {
  const send = async (body: string) => {
    const response = await fetch(`${rollcall.base}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rollcall.scimToken}`, 'content-type': 'application/scim+json' },
      body,
    })
    return { status: response.status, text: await response.text() }
  }

  test.each([
    '{"userName":"x","password": hunter2}',
    '{"password":"hunter2" secret}',
    '{"password":"hunter2","x":"at position 1234567":}',
    'hunter2',
  ])('is refused without a word of it, since it may hold a password: %s', async (body) => {
    const answer = await send(body)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('The body is not JSON')
    expect(answer.text).not.toMatch(/hunter|secret|1234567/)
  })
  test.each([
    ['{"userName":', 'ends too early'],
    ['{"userName" "x"}', 'at position 12'],
  ])('%s is refused with the place: %s', async (body, words) => {
    expect((await send(body)).text).toContain(words)
  })
})

describe('an address or a method that is not there', () => {
  test.each([
    ['GET', '/Nothing', 404],
    ['GET', '/Users/1/2', 404],
    ['GET', '/Users/not-an-id', 404],
    ['DELETE', '/Users', 405],
    ['PUT', '/Users', 405],
    ['POST', '/Users/d5b2a8f0-0000-4000-8000-000000000000', 405],
    ['GET', '/Users/%ZZ', 400],
  ])('%s %s is %i in SCIM form', async (method, path, status) => {
    const answer = await call(method, path, ['PUT', 'POST'].includes(method) ? {} : undefined)
    expect(answer).toMatchObject({
      status,
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(status),
        detail: expect.any(String),
      },
    })
    expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/)
  })
  test('slashes too many are forgiven', async () => {
    expect((await call('GET', '//Users/?count=0')).status).toBe(200)
  })
})

test('the server says whether it lives and whether it can serve', async () => {
  expect(await (await fetch(`${rollcall.address}/healthz`)).json()).toEqual({ status: 'ok' })
  expect(await (await fetch(`${rollcall.address}/readyz`)).json()).toEqual({ status: 'ready' })
})
