/** Lists as clients read them: order, pages, searches. What a filter finds is filter-agreement.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, userOf, type ScimBody, type ScimClient } from '../support/scim.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

let rollcall: TestRollcall
let call: ScimClient

const PEOPLE = [
  { userName: 'ada', title: 'b', name: { familyName: 'Zorn' }, emails: [{ value: 'a@x' }, { value: 'z@x', primary: true }] },
  { userName: 'Bea', title: 'A', name: { familyName: 'adler' }, emails: [{ value: 'm@x' }] },
  { userName: 'cyd', name: { familyName: 'Ärmel' }, active: false, emails: undefined },
  { userName: 'dan', title: 'a', name: { givenName: 'Dan' }, emails: [{ value: 'B@x' }], [ENTERPRISE]: { department: 'Ops' } },
] // prettier-ignore

beforeAll(async () => {
  rollcall = await startRollcallForTest()
  call = scimClient(rollcall.base, rollcall.scimToken)
  for (const person of PEOPLE) await call('POST', '/Users', userOf(person.userName, person))
  await call('POST', '/Groups', { displayName: 'Sales' })
  await call('POST', '/Groups', { displayName: 'ada' })
})
afterAll(() => rollcall.close())

const names = ({ Resources }: ScimBody): unknown[] =>
  Resources.map((resource) => resource['userName'] ?? resource['displayName'])
const list = async (query: string): Promise<unknown[]> => names((await call('GET', `/Users?${query}`)).body)

describe('order', () => {
  test.each([
    ['sortBy=userName', ['ada', 'Bea', 'cyd', 'dan']],
    ['sortBy=USERNAME&sortOrder=Descending', ['dan', 'cyd', 'Bea', 'ada']],
    ['sortBy=title', ['Bea', 'dan', 'ada', 'cyd']],
    ['sortBy=title&sortOrder=descending', ['cyd', 'ada', 'Bea', 'dan']],
    ['sortBy=name.familyName', ['Bea', 'ada', 'cyd', 'dan']],
    ['sortBy=emails', ['dan', 'Bea', 'ada', 'cyd']],
    ['sortBy=emails.value&sortOrder=descending', ['cyd', 'ada', 'Bea', 'dan']],
    ['sortBy=active', ['cyd', 'ada', 'Bea', 'dan']],
    [`sortBy=${ENTERPRISE}:department`, ['dan', 'ada', 'Bea', 'cyd']],
    ['sortBy=meta.created&sortOrder=ascending', ['ada', 'Bea', 'cyd', 'dan']],
    ['sortBy=title&count=2&startIndex=2', ['dan', 'ada']],
  ])('by %s', async (query, wanted) => expect(await list(query)).toEqual(wanted))

  test.each([
    ['sortBy=name', 'invalidValue'],
    ['sortBy=nothing', 'invalidValue'],
    ['sortBy=userName&sortOrder=up', 'invalidValue'],
  ])('by %s is refused', async (query, scimType) => {
    expect(await call('GET', `/Users?${query}`)).toMatchObject({ status: 400, body: { scimType } })
  })
  test('by a secret is refused', async () => {
    expect(await call('GET', '/Users?sortBy=password')).toMatchObject({ status: 403, body: { scimType: 'sensitive' } })
  })
})

describe('pages by index', () => {
  test.each([
    ['startIndex=2&count=2', { startIndex: 2, itemsPerPage: 2, totalResults: 4 }],
    ['startIndex=0&count=-1', { startIndex: 1, itemsPerPage: 0, totalResults: 4 }],
    ['count=0', { itemsPerPage: 0, totalResults: 4, Resources: [] }],
    ['startIndex=5', { startIndex: 5, itemsPerPage: 0, totalResults: 4 }],
    ['startIndex=999999999999&count=999999999', { itemsPerPage: 0, totalResults: 4 }],
    ['startIndex=-3&count=3', { startIndex: 1, itemsPerPage: 3, totalResults: 4 }],
    ['filter=title%20pr&startIndex=3&count=1', { startIndex: 3, itemsPerPage: 1, totalResults: 3 }],
  ])('%s', async (query, wanted) => {
    expect(await call('GET', `/Users?${query}`)).toMatchObject({ status: 200, body: wanted })
  })
  test('a page without a cursor has none to go on with', async () => {
    expect((await call('GET', '/Users?count=1')).body).not.toHaveProperty('nextCursor')
  })
})

describe('a search by POST', () => {
  const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

  test('finds what a GET finds', async () => {
    const query = { filter: 'title co "a"', sortBy: 'userName', sortOrder: 'descending', startIndex: 1, count: 1 }
    const found = await call('POST', '/Users/.search', { schemas: [SEARCH], ...query, attributes: ['userName'] })
    expect(found.status).toBe(200)
    expect(found.body).toEqual(
      (
        await call(
          'GET',
          '/Users?filter=title%20co%20%22a%22&sortBy=userName&sortOrder=descending&count=1&attributes=userName',
        )
      ).body,
    )
    expect(names(found.body)).toEqual(['dan'])
    expect(Object.keys(found.body.Resources[0] ?? {})).toEqual(['schemas', 'id', 'userName'])
  })
  test('leaves out what is excluded', async () => {
    const { body } = await call('POST', '/Users/.search', {
      schemas: [SEARCH],
      excludedAttributes: ['emails', 'name'],
      count: 1,
    })
    expect(body.Resources[0]).not.toHaveProperty('emails')
    expect(body.Resources[0]).toHaveProperty('meta')
  })
  test.each([
    [[], 'invalidSyntax'],
    [{ filter: 7 }, 'invalidFilter'],
    [{ filter: {} }, 'invalidValue'],
    [{ count: 'many' }, 'invalidCount'],
    [{ filter: 'userName eq' }, 'invalidFilter'],
    [{ sortBy: ['userName'] }, 'invalidValue'],
  ])('of %j is refused', async (body, scimType) => {
    expect(await call('POST', '/Users/.search', body)).toMatchObject({ status: 400, body: { scimType } })
  })
})

describe('a search over all types', () => {
  const all = async (body: object) => (await call('POST', '/.search', body)).body

  test('has users and then groups, in pages that go over the border', async () => {
    expect(names(await all({}))).toEqual(['ada', 'Bea', 'cyd', 'dan', 'Sales', 'ada'])
    const page = await all({ startIndex: 4, count: 2 })
    expect(page).toMatchObject({ totalResults: 6, startIndex: 4, itemsPerPage: 2 })
    expect(names(page)).toEqual(['dan', 'Sales'])
    expect(names(await all({ startIndex: 6, count: 9 }))).toEqual(['ada'])
    expect(await all({ count: 0 })).toMatchObject({ totalResults: 6, itemsPerPage: 0 })
  })
  test('compares what a type does not have as something that is not there', async () => {
    expect(names(await all({ filter: 'displayName eq "sales" or userName eq "ADA"' }))).toEqual(['ada', 'Sales'])
    expect(names(await all({ filter: 'not (userName pr)' }))).toEqual(['Sales', 'ada'])
    expect(names(await all({ filter: 'meta.resourceType eq "Group"' }))).toEqual(['Sales', 'ada'])
    expect(
      names(await all({ filter: 'schemas eq "urn:ietf:params:scim:schemas:core:2.0:User" and title pr' })),
    ).toEqual(['ada', 'Bea', 'dan'])
  })
  test.each([
    ['displayName', 'ascending', ['ada', 'Sales', 'ada', 'Bea', 'cyd', 'dan']],
    ['displayName', 'descending', ['ada', 'Bea', 'cyd', 'dan', 'Sales', 'ada']],
    ['userName', 'ascending', ['ada', 'Bea', 'cyd', 'dan', 'Sales', 'ada']],
    ['userName', 'descending', ['Sales', 'ada', 'dan', 'cyd', 'Bea', 'ada']],
    ['meta.created', 'descending', ['ada', 'Sales', 'dan', 'cyd', 'Bea', 'ada']],
    ['meta.resourceType', 'ascending', ['Sales', 'ada', 'ada', 'Bea', 'cyd', 'dan']],
    ['active', 'ascending', ['cyd', 'ada', 'Bea', 'dan', 'Sales', 'ada']],
  ])('is one list by %s, %s, also page by page and by cursor', async (sortBy, sortOrder, wanted) => {
    expect(names(await all({ sortBy, sortOrder }))).toEqual(wanted)
    const pages = [1, 3, 5].map(async (startIndex) => names(await all({ sortBy, sortOrder, startIndex, count: 2 })))
    expect((await Promise.all(pages)).flat()).toEqual(wanted)
    const walked: unknown[] = []
    for (let cursor: unknown = ''; cursor !== undefined;) {
      const page = await all({ sortBy, sortOrder, cursor, count: 1 })
      expect(page).toMatchObject({ totalResults: 6, itemsPerPage: 1 })
      walked.push(...names(page))
      cursor = page['nextCursor']
    }
    expect(walked).toEqual(wanted)
  })
  test('goes on by cursor from one type to the next, and from nowhere else', async () => {
    const first = await all({ cursor: '', count: 4, filter: 'meta pr' })
    expect(names(first)).toEqual(['ada', 'Bea', 'cyd', 'dan'])
    const cursor = first['nextCursor']
    const rest = await all({ cursor, count: 4, filter: 'meta pr' })
    expect(names(rest)).toEqual(['Sales', 'ada'])
    expect(rest).not.toHaveProperty('nextCursor')
    for (const path of ['/.search', '/Users/.search', '/Groups/.search'])
      expect(await call('POST', path, { cursor, count: 4 })).toMatchObject({
        status: 400,
        body: { scimType: 'invalidCursor' },
      })
  })
  test('can be asked by GET at the root', async () => {
    expect(names((await call('GET', '/?filter=title%20eq%20%22B%22')).body)).toEqual(['ada'])
    expect(await call('POST', '/.search', { filter: 'nothing pr' })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidFilter' },
    })
  })
})

describe('what of a resource is shown', () => {
  const keys = async (query: string): Promise<string[]> =>
    Object.keys(
      (await call('GET', `/Users?filter=userName%20eq%20%22dan%22&${query}`)).body.Resources[0] ?? {},
    ).toSorted()

  test.each([
    ['attributes=userName', ['id', 'schemas', 'userName']],
    ['attributes=NAME.givenname,urn:ietf:params:scim:schemas:core:2.0:User:title', ['id', 'name', 'schemas', 'title']],
    [`attributes=${ENTERPRISE}`, ['id', 'schemas', ENTERPRISE]],
    [`attributes=${ENTERPRISE}:department,password,nothing`, ['id', 'schemas', ENTERPRISE]],
    ['excludedAttributes=emails,name,meta,id,schemas,active', ['id', 'schemas', 'title', ENTERPRISE, 'userName']],
    [`attributes=title,userName&excludedAttributes=title`, ['id', 'schemas', 'userName']],
  ])('%s', async (query, wanted) => expect(await keys(query)).toEqual(wanted))
})
