import { describe, expect, test } from 'vitest'
import { groupText } from '../../src/http/scim/group-text.ts'
import { parseProjection } from '../../src/scim/projection.ts'
import { GROUP } from '../../src/scim/schema/resource-type.ts'
import type { Queryable } from '../../src/store/db.ts'

const group = {
  id: 'g1',
  document: { displayName: 'Sales' },
  version: 1,
  names: 0,
  createdAt: new Date(0),
  modifiedAt: new Date(0),
}

/** Gives pieces of two members each, and counts how often it is asked. */
function database(pieces: number): { db: Queryable; asked: () => number } {
  let asked = 0
  const query = async () => {
    asked += 1
    const [one, two] = [2 * asked - 1, 2 * asked].map((n) => `{"value":"u${n}"}`)
    return { rows: [{ text: `${one},${two}`, count: asked < pieces ? 5_000 : 2, last: `u${2 * asked}` }] }
  }
  return { db: { query } as unknown as Queryable, asked: () => asked }
}

async function read(db: Queryable, query: { attributes?: string; excludedAttributes?: string } = {}): Promise<unknown> {
  const world = { tenant: 'acme', connection: 'okta' }
  const pieces = groupText({ db, world, type: GROUP, baseUrl: 'x', projection: parseProjection(query, GROUP) }, group)
  if (typeof pieces === 'string') return JSON.parse(pieces)
  let text = ''
  for await (const piece of pieces) text += piece
  return JSON.parse(text)
}

describe('a group as text', () => {
  test.each([
    { excludedAttributes: 'members' },
    { excludedAttributes: 'urn:ietf:params:scim:schemas:core:2.0:Group:members' },
    { attributes: 'displayName' },
    { attributes: 'id,externalId' },
  ])('never asks for members that are not shown: %j', async (query) => {
    const { db, asked } = database(1)
    expect(await read(db, query)).not.toHaveProperty('members')
    expect(asked()).toBe(0)
  })
  test('takes a large group piece by piece', async () => {
    const { db, asked } = database(3)
    const members = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6'].map((value) => ({ value }))
    expect(await read(db)).toMatchObject({ id: 'g1', displayName: 'Sales', members })
    expect(asked()).toBe(3)
  })
})
