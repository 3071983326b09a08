import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, type ScimClient } from '../support/scim.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'

let rollcall: TestRollcall
let call: ScimClient
beforeAll(async () => {
  rollcall = await startRollcallForTest()
  call = scimClient(rollcall.base, rollcall.scimToken)
})
afterAll(() => rollcall.close())

describe('what the service says of itself', () => {
  test('is what it can do and how far', async () => {
    const { status, body } = await call('GET', '/ServiceProviderConfig')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
      filter: { supported: true, maxResults: 1000 },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      authenticationSchemes: ['oauthbearertoken', 'oauth2', 'httpbasic'].map((type) => ({
        type,
        name: expect.any(String),
        description: expect.any(String),
      })),
      pagination: { cursor: true, index: true, defaultPaginationMethod: 'index', maxPageSize: 1000 },
      meta: { resourceType: 'ServiceProviderConfig', location: `${rollcall.base}/ServiceProviderConfig` },
    })
  })

  test('names its resource types with their extensions', async () => {
    const { body } = await call('GET', '/ResourceTypes')
    expect(body).toMatchObject({
      totalResults: 2,
      itemsPerPage: 2,
      startIndex: 1,
      Resources: [
        { id: 'User', endpoint: '/Users', schema: USER, schemaExtensions: [{ schema: ENTERPRISE, required: false }] },
        { id: 'Group', endpoint: '/Groups', schema: GROUP, schemaExtensions: [] },
      ],
    })
    for (const type of body.Resources)
      expect((await call('GET', type.meta.location.slice(rollcall.base.length))).body).toEqual(type)
  })

  test('has every schema, by its id too, with all characteristics and without null', async () => {
    const { body } = await call('GET', '/Schemas')
    expect(body.Resources.map(({ id }) => id).slice(0, 3)).toEqual([USER, ENTERPRISE, GROUP])
    expect(JSON.stringify(body)).not.toContain('null')
    for (const schema of body.Resources) {
      expect((await call('GET', `/Schemas/${schema.id}`)).body).toEqual(schema)
      for (const row of everyAttribute(schema['attributes'])) {
        expect(row).toMatchObject({
          name: expect.any(String),
          type: expect.stringMatching(/^(string|boolean|decimal|integer|dateTime|reference|binary|complex)$/),
          multiValued: expect.any(Boolean),
          required: expect.any(Boolean),
          mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
          returned: expect.stringMatching(/^(always|never|default|request)$/),
          uniqueness: expect.stringMatching(/^(none|server|global)$/),
        })
        if (row['type'] === 'reference') expect(row['referenceTypes']).not.toHaveLength(0)
      }
    }
    const users = everyAttribute(body.Resources[0]?.['attributes'])
    expect(users.find(({ name }) => name === 'userName')).toMatchObject({
      required: true,
      uniqueness: 'server',
      caseExact: false,
    })
    expect(users.find(({ name }) => name === 'password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' })
    expect(users.find(({ name }) => name === 'groups')).toMatchObject({ mutability: 'readOnly', multiValued: true })
  })

  test.each([
    ['GET', '/Schemas?filter=id%20pr', 403],
    ['GET', '/ResourceTypes?FILTER=id%20pr', 403],
    ['GET', '/ServiceProviderConfig?filter=', 403],
    ['GET', '/Schemas/urn:nothing', 404],
    ['GET', '/ResourceTypes/Device', 404],
    ['POST', '/Schemas', 405],
    ['PUT', `/Schemas/${USER}`, 405],
    ['PATCH', '/ServiceProviderConfig', 405],
    ['DELETE', '/ResourceTypes/User', 405],
  ])('%s %s is %i', async (method, path, status) => {
    const answer = await call(method, path, ['GET', 'DELETE'].includes(method) ? undefined : {})
    expect(answer).toMatchObject({ status, body: { status: String(status), detail: expect.any(String) } })
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET')
  })

  test('passes over other parameters', async () => {
    expect((await call('GET', '/ResourceTypes?count=1&sortBy=id&attributes=id')).body).toEqual(
      (await call('GET', '/ResourceTypes')).body,
    )
  })
})

type Row = Readonly<Record<string, unknown>>

function everyAttribute(rows: unknown): Row[] {
  return Array.isArray(rows) ? (rows as Row[]).flatMap((row) => [row, ...everyAttribute(row['subAttributes'])]) : []
}

describe('what is asked for and cannot be had', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s /Me is 501, since a connection is no user',
    async (method) => {
      const body = ['GET', 'DELETE'].includes(method) ? undefined : {}
      expect(await call(method, '/Me', body)).toMatchObject({ status: 501, body: { status: '501' } })
      expect(await call(method, '/Me/photo', body)).toMatchObject({ status: 501 })
    },
  )
  test.each([
    ['PATCH', '/Bulk', 'POST'],
    ['GET', '/Bulk', 'POST'],
    ['GET', '/.search', 'POST'],
    ['PUT', '/Users/.search', 'POST'],
    ['DELETE', '/', 'GET'],
    ['PUT', '/Groups', 'GET, POST'],
    ['POST', '/Groups/1', 'GET, PUT, PATCH, DELETE'],
  ])('%s %s is 405 and says what is possible', async (method, path, allow) => {
    const answer = await call(method, path, ['GET', 'DELETE'].includes(method) ? undefined : {})
    expect(answer).toMatchObject({ status: 405, body: { status: '405' } })
    expect(answer.headers.get('allow')).toBe(allow)
  })

  test.each([
    ['/Users', 'GET, POST'],
    ['/Users/1', 'GET, PUT, PATCH, DELETE'],
    ['/Schemas', 'GET'],
    ['/Bulk', 'POST'],
  ])('OPTIONS %s says what is possible', async (path, allow) => {
    const answer = await fetch(rollcall.base + path, {
      method: 'OPTIONS',
      headers: { authorization: `Bearer ${rollcall.scimToken}` },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('allow')).toBe(allow)
    expect(await answer.text()).toBe('')
  })

  const get = (headers: Record<string, string>) =>
    fetch(`${rollcall.base}/Users?count=0`, { headers: { authorization: `Bearer ${rollcall.scimToken}`, ...headers } })

  test.each(['text/html', 'application/xml, text/*', 'application/json;q=0', 'application/scim+json; q=0.0'])(
    'an answer as %s is 406',
    async (accept) => {
      const response = await get({ accept })
      expect(response.status).toBe(406)
      expect(response.headers.get('content-type')).toMatch(/^application\/scim\+json/)
      expect(await response.json()).toMatchObject({
        status: '406',
        detail: expect.stringContaining('application/scim+json'),
      })
    },
  )
  test.each(['*/*', 'application/*', 'Application/SCIM+JSON; charset=utf-8', 'text/html, application/json;q=0.1', ''])(
    'an answer as %j can be had',
    async (accept) => expect((await get({ accept })).status).toBe(200),
  )
  test('a body that is compressed is 415, and one that says it is not is read', async () => {
    const post = (encoding: string) =>
      fetch(`${rollcall.base}/Users/.search`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${rollcall.scimToken}`,
          'content-type': 'application/json',
          'content-encoding': encoding,
        },
        body: encoding === 'gzip' ? gzipSync('{}') : '{}',
      })
    const packed = await post('gzip')
    expect(packed.status).toBe(415)
    expect(await packed.json()).toMatchObject({ status: '415', detail: expect.stringContaining('content-encoding') })
    expect((await post('identity')).status).toBe(200)
  })
  test('a body in another form is 415', async () => {
    const response = await fetch(`${rollcall.base}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rollcall.scimToken}`, 'content-type': 'text/xml' },
      body: '<user/>',
    })
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({ status: '415' })
  })
})
