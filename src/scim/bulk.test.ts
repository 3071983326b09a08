import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bulkPlace, orderBulk, parseBulk, withIds, type BulkOperation } from './bulk.ts'
import { ScimError } from './errors.ts'

const post = (bulkId: string, ...needs: string[]): BulkOperation => ({
  method: 'POST',
  bulkId,
  path: '/Groups',
  version: undefined,
  data: { members: needs.map((need) => ({ value: `bulkId:${need}` })) },
})

describe('a bulk request', () => {
  it.each([
    [null, 'invalidSyntax'],
    [{}, 'invalidSyntax'],
    [{ Operations: {} }, 'invalidSyntax'],
    [{ Operations: ['x'] }, 'invalidSyntax'],
    [{ Operations: [{ method: 1 }] }, 'invalidSyntax'],
    [{ Operations: [], failOnErrors: 0 }, 'invalidValue'],
    [{ Operations: [], failOnErrors: '1' }, 'invalidValue'],
    [{ Operations: [{ bulkId: 'a' }, { bulkId: 'a' }] }, 'invalidValue'],
  ])('%j is refused as a whole', (body, scimType) => {
    expect(() => parseBulk(body)).toThrow(expect.objectContaining({ status: 400, scimType }))
  })

  it('holds a thousand operations and no more', () => {
    const Operations = Array.from({ length: 1_000 }, () => ({ method: 'delete', path: '/Users/1' }))
    expect(parseBulk({ Operations }).operations).toHaveLength(1_000)
    expect(() => parseBulk({ Operations: [...Operations, {}] })).toThrow(expect.objectContaining({ status: 413 }))
  })
})

describe('the order of operations', () => {
  it('is that of the request, but for references that point forward', () => {
    const { order, circular } = orderBulk([post('a', 'c'), post('b'), post('c', 'd'), post('d')])
    expect(order).toEqual([3, 2, 0, 1])
    expect(circular.size).toBe(0)
  })

  it('names all who refer to each other in a circle, or to one who does, and nobody else', () => {
    const { circular } = orderBulk([
      post('a', 'b'),
      post('b', 'a'),
      post('c', 'a'),
      post('d'),
      post('e', 'e'),
      post('f', 'd'),
    ])
    expect(circular).toEqual(new Set([0, 1, 2, 4]))
  })

  it('has each operation once, after everything it refers to', () => {
    const references = fc.array(fc.array(fc.nat(15), { maxLength: 3 }), { maxLength: 16 })
    fc.assert(
      fc.property(references, (lists) => {
        const { order, circular } = orderBulk(lists.map((list, index) => post(String(index), ...list.map(String))))
        expect(order.toSorted((a, b) => a - b)).toEqual(lists.map((_, index) => index))
        for (const [index, list] of lists.entries()) {
          for (const need of list.filter((one) => one < lists.length)) {
            if (!circular.has(index)) expect(order.indexOf(need)).toBeLessThan(order.indexOf(index))
          }
        }
      }),
    )
  })
})

describe('a reference', () => {
  const ids = new Map([['a', 'ID']])

  it.each([
    ['members', { members: [{ value: 'bulkId:a' }, 'bulkId:a'] }, { members: [{ value: 'ID' }, 'ID'] }],
    ['a $ref', { members: [{ $ref: '/Users/bulkId:a' }] }, { members: [{ $ref: '/Users/ID' }] }],
    ['a manager', { 'urn:x:User': { Manager: 'bulkId:a' } }, { 'urn:x:User': { Manager: 'ID' } }],
    ['a name that is a path', { 'urn:x:User:manager.value': 'bulkId:a' }, { 'urn:x:User:manager.value': 'ID' }],
    [
      'the value at a path',
      { Operations: [{ op: 'add', path: 'urn:x:Group:members', value: [{ value: 'bulkId:a' }] }] },
      { Operations: [{ op: 'add', path: 'urn:x:Group:members', value: [{ value: 'ID' }] }] },
    ],
    [
      'the filter of a path',
      { Operations: [{ op: 'remove', path: 'members[value eq "bulkId:a"]' }] },
      { Operations: [{ op: 'remove', path: 'members[value eq "ID"]' }] },
    ],
  ])('is exchanged in %s', (_, data, expected) => {
    expect(withIds(data, ids)).toEqual(expected)
  })

  it.each([
    [{ displayName: 'bulkId:a', title: 'bulkId:b' }],
    [{ emails: [{ value: 'bulkId:a' }] }],
    [{ Operations: [{ op: 'replace', path: 'displayName', value: 'bulkId:a' }] }],
    [{ Operations: [{ op: 'remove', path: 'emails[value eq "bulkId:a"]' }] }],
    [{ Operations: [{ op: 'replace', value: { displayName: 'bulkId:a' } }] }],
  ])('is only what stands where a resource is meant: %j', (data) => {
    expect(withIds(data, ids)).toEqual(data)
    expect(orderBulk([{ ...post('x'), data }, post('a')]).order).toEqual([0, 1])
  })

  it.each([
    ['/Users/bulkId:a', { name: 'users', id: 'ID' }],
    ['Groups/bulkId%3Aa/', { name: 'groups', id: 'ID' }],
    ['/groups/2819%2d23', { name: 'groups', id: '2819-23' }],
    ['/Users', { name: 'users', id: '' }],
    ['/Users/%', undefined],
    ['/Roles/1', undefined],
    ['/Users/1/2', undefined],
  ])('or an id is read from the path %s', (path, place) => {
    expect(bulkPlace(path, ids)).toEqual(place)
  })

  it('to nothing that was made is refused', () => {
    expect(() => withIds({ members: ['bulkId:b'] }, ids)).toThrow(ScimError)
  })

  it('leaves every prototype as it is', () => {
    const hostile: unknown = JSON.parse('{"__proto__": {"members": ["bulkId:a"]}, "constructor": {"prototype": 1}}')
    const made = withIds(hostile as never, ids)
    expect(Object.keys(made as object)).toEqual(['__proto__', 'constructor'])
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})
