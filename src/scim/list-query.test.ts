import { describe, expect, it } from 'vitest'
import { ScimError } from './errors.ts'
import { printFilter } from './filter/print.ts'
import { parseListQuery, type QueryParameters } from './list-query.ts'
import { USER } from './schema/resource-type.ts'

const read = (query: QueryParameters) => parseListQuery(query, USER)

function refusalOf(query: QueryParameters): ScimError {
  try {
    read(query)
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('This was to be refused, but it was accepted')
}

describe('the query of a list', () => {
  it('is the first hundred when it says nothing', () => {
    expect(read({})).toStrictEqual({
      startIndex: 1,
      count: 100,
      cursor: undefined,
      filter: undefined,
      sortBy: undefined,
      sortOrder: 'ascending',
      projection: undefined,
    })
  })

  it.each([
    [{ startIndex: '101', count: '50' }, 101, 50],
    [{ startIndex: '0', count: '0' }, 1, 0],
    [{ startIndex: '-5', count: '-1' }, 1, 0],
    [{ startIndex: '', count: ' ' }, 1, 100],
    [{ startIndex: '2', count: '5000' }, 2, 1000],
    [{ startIndex: '9'.repeat(40), count: '9'.repeat(40) }, Number.MAX_SAFE_INTEGER, 1000],
    [{ STARTINDEX: '3', Count: '4' }, 3, 4],
  ])('moves a page into its bounds, %#', (query, startIndex, count) => {
    expect(read(query)).toMatchObject({ startIndex, count })
  })

  it.each(['x', '1.5', '1e3', '0x10', 'NaN', '1 2'])('is refused with the count %s', (count) => {
    expect(refusalOf({ count })).toMatchObject({ status: 400, scimType: 'invalidCount' })
    expect(refusalOf({ startIndex: count }).detail).toContain('startIndex must be a whole number')
  })

  it('has one filter or none', () => {
    const { filter } = read({ filter: 'userName eq "x"', '': '', aadOptscim062020: '', 'amp;count': '3' })
    expect(filter && printFilter(filter)).toBe('userName eq "x"')
    expect(refusalOf({ filter: ['id pr', 'id pr'] })).toMatchObject({ status: 400, scimType: 'invalidFilter' })
    expect(refusalOf({ filter: '' })).toMatchObject({ status: 400, scimType: 'invalidFilter' })
    expect(refusalOf({ filter: 'userName eq' })).toMatchObject({ status: 400, scimType: 'invalidFilter' })
  })

  it('takes attributes as one list or several', () => {
    expect(read({ attributes: ['userName', 'active,name.givenName'] }).projection?.only).toStrictEqual(
      new Set(['userName', 'active', 'name.givenName']),
    )
    expect(read({ excludedAttributes: 'groups' }).projection).toStrictEqual({
      only: undefined,
      without: new Set(['groups']),
    })
  })

  it('sorts by a place that has one value', () => {
    expect(read({ sortBy: 'NAME.familyName', sortOrder: 'Descending' })).toMatchObject({
      sortBy: { name: 'name.familyName' },
      sortOrder: 'descending',
    })
    expect(read({ sortBy: 'emails' }).sortBy?.name).toBe('emails.value')
    expect(refusalOf({ sortBy: 'name' }).detail).toContain('name one of them, such as name.formatted')
    expect(refusalOf({ sortBy: 'nope' }).scimType).toBe('invalidValue')
    expect(refusalOf({ sortBy: 'password' }).status).toBe(403)
    expect(refusalOf({ sortBy: 'id', sortOrder: 'up' }).detail).toContain('sortOrder must be ascending or descending')
  })

  it('cannot be read from a prototype', () => {
    expect(read(Object.create({ count: '7' }) as QueryParameters).count).toBe(100)
  })
})
