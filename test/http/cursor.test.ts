/** RFC 9865: a walk by cursors, whatever happens to the list meanwhile. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCursor, writeCursor } from '../../src/http/scim/cursor.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, userOf, type ScimClient } from '../support/scim.ts'

let rollcall: TestRollcall
let call: ScimClient
beforeAll(async () => {
  rollcall = await startRollcallForTest()
  call = scimClient(rollcall.base, rollcall.scimToken)
})
afterAll(() => rollcall.close())

const make = async (title?: string): Promise<string> => {
  const userName = `${randomUUID()}@acme.test`
  return (await call('POST', '/Users', userOf(userName, title === undefined ? {} : { title }))).body.id
}

/** Walks to the end; `between` happens after each page. */
async function walk(query: string, between: () => Promise<unknown> = async () => undefined): Promise<string[]> {
  const met: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const { status, body } = await call('GET', `/Users?${query}&cursor=${cursor}`)
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('startIndex')
    met.push(...body.Resources.map(({ id }) => id))
    cursor = body['nextCursor'] as string | undefined
    if (cursor !== undefined) expect(cursor).toMatch(/^[\w.~-]+$/)
    await between()
  }
  return met
}

describe('a walk by cursors', () => {
  test.each([
    'count=3',
    'count=3&sortBy=title',
    'count=3&sortBy=title&sortOrder=descending',
    'count=4&filter=active%20eq%20true',
  ])('%s meets everybody who was there throughout, and nobody twice, while others come and go', async (query) => {
    const stay: string[] = []
    const go: string[] = []
    for (let n = 0; n < 14; n += 1) (n % 3 === 0 ? go : stay).push(await make(n % 4 === 0 ? undefined : `t${n % 5}`))
    let n = 0
    const met = await walk(query, async () => {
      n += 1
      const leaver = n % 2 === 0 ? go.shift() : go.pop()
      if (leaver !== undefined) await call('DELETE', `/Users/${leaver}`)
      if (n < 6) await make(n % 2 === 0 ? 't0' : 't9')
    })
    expect(met.filter((id) => stay.includes(id)).toSorted()).toEqual(stay.toSorted())
    expect(new Set(met).size).toBe(met.length)
  })

  test('has a next cursor on every page but the last, and says how many there are', async () => {
    const total = (await call('GET', '/Users?count=0')).body.totalResults
    const { body } = await call('GET', `/Users?cursor&count=${total}`)
    expect(body).toMatchObject({ totalResults: total, itemsPerPage: total })
    expect(body).not.toHaveProperty('nextCursor')
    expect((await call('GET', `/Users?cursor&count=${total - 1}`)).body).toHaveProperty('nextCursor')
  })

  test.each(['title', 'title&sortOrder=descending', 'meta.created&sortOrder=descending', 'emails'])(
    'by %s is in the order of the list',
    async (sortBy) => {
      const list = (await call('GET', `/Users?count=1000&sortBy=${sortBy}`)).body.Resources
      expect(await walk(`count=5&sortBy=${sortBy}`)).toEqual(list.map(({ id }) => id))
    },
  )

  test('goes on by POST as well', async () => {
    const first = await call('POST', '/Users/.search', { cursor: '', count: 2, attributes: ['id'] })
    const second = await call('POST', '/Users/.search', {
      cursor: first.body['nextCursor'],
      count: 2,
      attributes: ['id'],
    })
    const both = (await call('GET', '/Users?count=4&attributes=id')).body.Resources
    expect([...first.body.Resources, ...second.body.Resources]).toEqual(both)
  })
})

describe('a cursor that cannot be used', () => {
  test.each(['x', '%00', 'e30', 'bnVsbA', '4'.repeat(5_000), 'WzFd'])('%s is no cursor', async (cursor) => {
    expect(await call('GET', `/Users?cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { scimType: 'invalidCursor' },
    })
  })
  test('is one of another filter, order, type or connection', async () => {
    await make()
    await make()
    const { nextCursor } = (await call('GET', '/Users?cursor&count=1')).body
    for (const [client, path] of [
      [call, '/Users?filter=active%20eq%20true&'],
      [call, '/Users?sortBy=title&'],
      [call, '/Groups?'],
      [scimClient(rollcall.base, rollcall.otherToken), '/Users?'],
    ] as const) {
      expect(await client('GET', `${path}cursor=${nextCursor as string}`)).toMatchObject({
        status: 400,
        body: { scimType: 'invalidCursor' },
      })
    }
  })
  test.each([
    ['active', 'maybe'],
    ['meta.created', 'yesterday'],
    ['meta.created', '9'.repeat(30)],
    ['title', '\u0000'],
    ['', 'a key where nothing is sorted'],
  ])('is one whose place in a list by %s somebody has made up', async (sortBy, key) => {
    await make('a')
    await make('b')
    const list = `/Users?sortBy=${sortBy}&count=1&cursor`
    const { nextCursor } = (await call('GET', list)).body
    const held: object = JSON.parse(Buffer.from(nextCursor as string, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...held, k: key })).toString('base64url')
    expect(await call('GET', `${list}=${forged}`)).toMatchObject({ status: 400, body: { scimType: 'invalidCursor' } })
  })
  test('is one that is older than a day', () => {
    const made = new Date('2026-11-24T10:00:00Z')
    const cursor = writeCursor({ seq: 7, key: null }, 'list', made)
    expect(readCursor(cursor, 'list', new Date('2026-11-25T10:00:00Z'))).toMatchObject({ seq: 7, key: null })
    expect(() => readCursor(cursor, 'list', new Date('2026-11-25T10:00:01Z'))).toThrow(
      expect.objectContaining({ status: 400, scimType: 'expiredCursor' }),
    )
  })
  test.each([
    ['cursor&count=0', 'invalidCount'],
    ['cursor&count=-1', 'invalidCount'],
    ['cursor&count=x', 'invalidCount'],
    ['cursor&startIndex=1', 'invalidCursor'],
  ])('%s is refused', async (query, scimType) => {
    expect(await call('GET', `/Users?${query}`)).toMatchObject({ status: 400, body: { scimType } })
  })
})
