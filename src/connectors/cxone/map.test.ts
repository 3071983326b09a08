/** Between user records and accounts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountOf, canonical, fieldsOf, harmed, HELD, MODEL, putBody } from './map.ts'
import { mergeReads } from './merge.ts'
import { oneUser, userList, type Entry, type User } from './schema.ts'

const roles: readonly Entry[] = [
  { id: 'r-old', name: 'Agent', active: false },
  { id: 'r-1', name: 'Agent', active: true },
  { id: 'r-2', name: 'MGR', alias: 'Manager', active: true },
]

const userOf = (raw: Record<string, unknown>): User => {
  const user = oneUser.parse({ user: { id: 'u-1', userName: 'a@x.test', ...raw } })
  return user ?? expect.fail('no user')
}

describe('an account', () => {
  it.each([
    ['UNREGISTERED', 'unregistered'],
    ['PENDING', 'pending'],
    ['ACTIVE', 'active'],
    ['BLOCKED', 'locked'],
    ['DELETED', 'inactive'],
    ['deleted', 'inactive'],
    ['SOMETHING_NEW', 'locked'],
    [null, 'locked'],
  ])('of status %j is %s', (status, state) => {
    expect(accountOf(userOf({ status }), []).state).toBe(state)
  })

  it.each([
    [{ role: 'Agent', roleUUID: 'r-2' }, 'r-2'],
    [{ role: 'agent' }, 'r-1'],
    [{ role: 'r-2' }, 'r-2'],
    [{ role: 'Manager' }, 'r-2'],
    [{ role: 'Nobody knows' }, 'Nobody knows'],
    [{ role: '' }, null],
    [{}, null],
  ])('with %j has the role %j', (raw, role) => {
    expect(accountOf(userOf(raw), roles).attributes.role).toBe(role)
  })

  it.each([
    ['2025-01-02T03:04:05Z', '2025-01-02T03:04:05.000Z'],
    [1_735_786_245_000, '2025-01-02T02:50:45.000Z'],
    ['yesterday', undefined],
    [null, undefined],
  ])('made at %j says %j', (creationDate, createdAt) => {
    expect(accountOf(userOf({ creationDate }), []).createdAt).toBe(createdAt)
  })

  it('reads empty, blank and missing fields as null', () => {
    const { attributes } = accountOf(userOf({ firstName: '', lastName: ' ', mobileNumber: null }), [])
    expect(attributes).toMatchObject({ givenName: null, familyName: null, mobile: null, timeZone: null, team: null })
  })
})

describe('the canonical form', () => {
  it('keeps what CXone has a field for, trimmed, and is its own canonical form', () => {
    const attributes = fc.record(
      Object.fromEntries([...HELD, 'title', 'displayName'].map((name) => [name, fc.option(fc.string())])),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(attributes, (want) => {
        const once = canonical(want)
        expect(canonical(once)).toEqual(once)
        expect(Object.keys(once).toSorted()).toEqual(HELD.filter((name) => name in want).toSorted())
        for (const value of Object.values(once)) expect(value).not.toBe('')
      }),
    )
  })

  it('empties a field with an empty text, and leaves the role to its form', () => {
    expect(fieldsOf({ mobile: null, givenName: 'Ana', role: 'r-1' })).toEqual({ mobileNumber: '', firstName: 'Ana' })
  })
})

describe('a PUT', () => {
  const raw = {
    status: 'ACTIVE', fullName: 'A B', roleUUID: 'r-1', role: 'Agent', firstName: 'A', displayName: 'Bee', rank: 3,
    hireDate: null, customAttributes: { x: { id: 'x', values: [] } }, emailToBeVerified: null, loginAuthenticatorId: 'la',
  } // prettier-ignore

  it('carries back everything as it was read, but for the changes and what CXone keeps for itself', () => {
    const body = putBody(userOf(raw), { firstName: 'Ana' }, { extras: true, blanks: false, role: 'Agent' })
    expect(body).toEqual({
      id: 'u-1', userName: 'a@x.test', role: 'Agent', firstName: 'Ana', displayName: 'Bee', rank: 3, hireDate: null,
      customAttributes: { x: { id: 'x', values: [] } }, emailToBeVerified: null, loginAuthenticatorId: 'la',
    }) // prettier-ignore
  })

  it('carries only the request model, and empty texts for what is required, where a tenant wants that', () => {
    const body = putBody(userOf(raw), {}, { extras: false, blanks: true, role: 'r-1' })
    expect(Object.keys(body).every((name) => MODEL.includes(name))).toBe(true)
    expect(body).toMatchObject({ role: 'r-1', emailToBeVerified: '', assignedGroup: '' })
  })

  it('is harmful where a field that held something is different afterwards', () => {
    const before = userOf(raw)
    expect(harmed(before, userOf({ ...raw, firstName: 'Ana', fullName: 'Ana B' }), ['firstName'])).toEqual([])
    expect(harmed(before, userOf({ ...raw, hireDate: '2020-01-01' }), [])).toEqual([])
    expect(harmed(before, userOf({ ...raw, displayName: null, rank: 4, seen: 2 }), [])).toEqual(['rank', 'displayName'])
  })
})

describe('several reads of one user', () => {
  it('are joined: the first is believed, and emptiness is filled from the others', () => {
    const merged = mergeReads([
      userOf({ firstName: 'New', groupIds: [], hireDate: null, billable: false }),
      userOf({
        firstName: 'Old',
        groupIds: ['7'],
        hireDate: '2020-01-01',
        billable: true,
        divisionId: 4,
        status: 'ACTIVE',
      }),
    ])
    expect(merged?.raw).toMatchObject({
      firstName: 'New',
      groupIds: ['7'],
      hireDate: '2020-01-01',
      billable: false,
      divisionId: 4,
    })
    expect(merged?.status).toBe('ACTIVE')
    expect(mergeReads([])).toBeUndefined()
  })

  it('never bring back what the first says is empty, for fields it is known to tell', () => {
    const merged = mergeReads([userOf({ mobileNumber: null }), userOf({ mobileNumber: '+1555' })], ['mobileNumber'])
    expect(merged?.raw['mobileNumber']).toBeNull()
  })
})

describe('the answer to a list', () => {
  it('keeps every field as it came', () => {
    const raw = { id: 'u', userName: null, status: 'odd', views: [{ id: 'v', objectType: 'X' }], n: 1.5, other: null }
    expect(userList.parse({ users: [raw] })[0]?.raw).toEqual(raw)
    expect(oneUser.parse({ user: null })).toBeUndefined()
    expect(oneUser.parse({})).toBeUndefined()
    expect(userList.safeParse({}).success).toBe(false)
    expect(userList.safeParse({ users: [{ userName: 'no id' }] }).success).toBe(false)
  })
})
