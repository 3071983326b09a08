// Decides that search selects, orders and pages as facts 4.2, 4.4 and 4.5 describe, under the default switches.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, type Row, startCaller } from './caller.ts'

let sim: Caller
let everybody: Row[]

beforeAll(async () => {
  sim = await startCaller({ users: 250 })
  everybody = (await sim.control('GET', '/state')).body.users
})
afterAll(() => sim.close())

const search = async (body: unknown) => (await sim.api('POST', '/user-management/v2/users/search', body)).body
const idsOf = (rows: readonly Row[]): string[] => rows.map(({ id }) => id)
const found = async (body: Record<string, unknown>): Promise<string[]> =>
  idsOf((await search({ top: 1000, ...body })).users)
const those = (keep: (user: Row) => boolean): string[] => idsOf(everybody.filter(keep))

test('without a filter everybody is found, deactivated people too, a hundred at a time', async () => {
  const page = await search({})
  expect([page['totalRecords'], page['skip'], page['top'], page.users.length]).toEqual([250, 0, 100, 100])
  expect((await sim.api('POST', '/user-management/v2/users/search')).body['totalRecords']).toBe(250)
})

test('pages in any order give everybody once', async () => {
  const order = { lastName: 'DESC', id: 'ASC' }
  const pages = await Promise.all([0, 90, 180].map((skip) => search({ skip, top: 90, orderBy: order })))
  const ids = pages.flatMap(({ users }) => idsOf(users))
  expect(ids.toSorted()).toEqual(idsOf(everybody).toSorted())
  const names = pages.flatMap(({ users }) => users.map((user) => String(user['lastName']).toLowerCase()))
  expect(names).toEqual(names.toSorted((one, other) => (one < other ? 1 : one > other ? -1 : 0)))
})

test('a page past the end is empty and keeps the total', async () => {
  const page = await search({ skip: 1000, top: 10 })
  expect([page.users, page['totalRecords']]).toEqual([[], 250])
})

test('filters meet in and, their values in or, without regard to case', async () => {
  const [one, other] = [everybody[20]!, everybody[21]!]
  expect(await found({ filter: { userName: [one.userName.toUpperCase(), other.userName] } })).toEqual([
    one.id,
    other.id,
  ])
  expect(await found({ filter: { id: [one.id], userName: [other.userName] } })).toEqual([])
  expect(await found({ filter: { status: ['pending'], role: ['AGENT'] } })).toEqual(
    those((user) => user.status === 'PENDING' && user['role'] === 'Agent'),
  )
  expect(await found({ filter: { teamId: one['teamId'] } })).toEqual(those((user) => user['teamId'] === one['teamId']))
  expect(await found({ filter: { status: [] } })).toHaveLength(250)
})

test('LIKE, NOT, BETWEEN and OR do what they say', async () => {
  const like = await found({ filter: { lastName: ['AN'] }, operations: { lastName: 'LIKE' } })
  expect(like).toEqual(those((user) => String(user['lastName']).toLowerCase().includes('an')))
  const not = await found({ filter: { status: ['ACTIVE'] }, operations: { status: 'NOT' } })
  expect(not).toEqual(those((user) => user.status !== 'ACTIVE'))
  const between = await found({ filter: { divisionId: [2, 3] }, operations: { divisionId: 'BETWEEN' } })
  expect(between).toEqual(those((user) => user['divisionId'] === 2 || user['divisionId'] === 3))
  const or = await found({ filter: { status: ['BLOCKED', 'PENDING'] }, operations: { status: 'OR' } })
  expect(or).toEqual(those((user) => user.status === 'BLOCKED' || user.status === 'PENDING'))
})

test('fields narrows the rows', async () => {
  const { users } = await search({ top: 1, fields: ['userName', 'id', 'nothing', '__proto__'] })
  expect(users).toEqual([{ userName: everybody[0]!.userName, id: everybody[0]!.id }])
})

test('a search sees what was just written', async () => {
  const user = everybody[30]!
  expect(await found({ filter: { lastName: ['Zzz'] } })).toEqual([])
  await sim.control('PUT', `/users/${user.id}`, { lastName: 'Zzz' })
  expect(await found({ filter: { lastName: ['Zzz'] } })).toEqual([user.id])
  await sim.control('PUT', `/users/${user.id}`, { lastName: user['lastName'] })
})

test.each([
  ['a list as body', [], 'body'],
  ['a list as filter', { filter: [] }, 'filter'],
  ['an object as value', { filter: { status: [{}] } }, 'filter.status[0]'],
  ['null as value', { filter: { status: null } }, 'filter.status[0]'],
  ['an unknown operation', { operations: { status: 'ILIKE' } }, 'operations.status'],
  ['an unknown direction', { orderBy: { id: 'UP' } }, 'orderBy.id'],
  ['a negative skip', { skip: -1 }, 'skip'],
  ['a broken top', { top: 1.5 }, 'top'],
  ['a text as fields', { fields: 'id' }, 'fields'],
  ['a number in fields', { fields: [1] }, 'fields'],
])('%s is refused and named', async (_what, body, named) => {
  const answer = await sim.api('POST', '/user-management/v2/users/search', body)
  expect([answer.status, answer.body.details]).toEqual([400, expect.stringContaining(named)])
})

test('fields of other objects are no filters', async () => {
  expect(await found({ filter: JSON.parse('{"__proto__":["x"],"constructor":["x"],"toString":["x"]}') })).toHaveLength(
    250,
  )
  expect(await found({ operations: JSON.parse('{"__proto__":"LIKE"}'), filter: { status: ['ACTIVE'] } })).toEqual(
    those((user) => user.status === 'ACTIVE'),
  )
})
