import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { judge, type StoredPerson, type Truth, type Wanted } from './cxone-oracle.ts'
import { readTruth } from './cxone-truth.ts'
import { startCxoneForTest, type TestCxone } from './cxone.ts'

let cxone: TestCxone
let before: Truth
let mia: StoredPerson
let jan: StoredPerson
beforeAll(async () => {
  cxone = await startCxoneForTest({ users: 30 })
})
afterAll(() => cxone.close())
beforeEach(async () => {
  await cxone.control('POST', '/reset', {})
  before = await truth()
  const [one, other] = before.people.filter(({ status, role }) => status === 'ACTIVE' && role === 'Agent')
  if (one === undefined || other === undefined) throw new Error('there are no two agents')
  mia = one
  jan = other
})

const truth = (): Promise<Truth> => readTruth((path) => cxone.control('GET', path))
const change = (person: StoredPerson, fields: object): Promise<unknown> =>
  cxone.control('PUT', `/users/${person.id}`, fields)
const asIs = ({ userName }: StoredPerson): Wanted => ({ userName, active: true })

async function verdict(wanted: readonly Wanted[], more: { untouchable?: readonly string[] } = {}) {
  return judge({ before, after: await truth(), wanted, ...more }).wrong
}

test('where nothing was wanted and nothing happened, all is well', async () => {
  expect(await verdict([])).toEqual([])
})

test('somebody who is as wanted is no complaint, and their other fields are', async () => {
  await change(mia, { lastName: 'Roth', fullName: 'Mia Roth' })
  const want: Wanted = { ...asIs(mia), familyName: 'Roth', role: 'Agent' }
  expect(await verdict([want])).toEqual([])
  await change(mia, { rank: 7 })
  expect(await verdict([want])).toEqual([expect.stringContaining(`${mia.userName}: rank was`)])
})

test.each<[string, { fields?: object; want?: Partial<Wanted>; told: RegExp }]>([
  ['a name', { fields: { firstName: 'Ana' }, want: { givenName: 'Mia' }, told: /has first name "Ana", wanted "Mia"/ }],
  ['a role', { want: { role: 'Manager' }, told: /has role "Agent", wanted "Manager"/ }],
  ['a team', { want: { team: 'Nobody knows' }, told: /has team .*, wanted "Nobody knows"/ }],
  ['an authenticator', { want: { authenticator: 'None' }, told: /has authenticator .*, wanted "None"/ }],
  ['any other field', { want: { fields: { rank: 7 } }, told: /has rank .*, wanted 7/ }],
  ['being at work', { fields: { status: 'DELETED', deletedDate: '2026-01-01' }, told: /is DELETED, wanted active/ }],
  ['having left', { want: { active: false }, told: /is ACTIVE, wanted inactive/ }],
])('%s that is not as wanted is told', async (_what, { fields = {}, want = {}, told }) => {
  await change(mia, fields)
  expect(await verdict([{ ...asIs(mia), ...want }])).toEqual([expect.stringMatching(told)])
})

test('somebody who was wanted and is not there is lost, and nobody is needed who left', async () => {
  const want = { userName: 'nobody@acme.test', active: true }
  expect(await verdict([want])).toEqual(['nobody@acme.test is lost: nobody has that name'])
  expect(await verdict([{ ...want, active: false }])).toEqual([])
})

test('what the other half knows of somebody is judged too', async () => {
  await cxone.control('PUT', `/agents/${jan.id}`, { custom1: 'CC-9', city: 'Brno' })
  const told = (field: string) => expect.stringContaining(`${jan.userName}: ${field} was`)
  expect(await verdict([])).toEqual([told('city'), told('custom1')])
  expect(await verdict([asIs(jan)])).toEqual([told('custom1')])
})

test('a bystander who was touched is told, field by field', async () => {
  await change(jan, { mobileNumber: '+15550009999' })
  expect(await verdict([asIs(mia)])).toEqual([expect.stringContaining(`${jan.userName}: mobileNumber was`)])
})

describe('judged from what somebody might have left behind', () => {
  const judged = (after: Partial<Truth>, wanted: readonly Wanted[] = [], untouchable: readonly string[] = []) =>
    judge({ before, after: { ...before, ...after }, wanted, untouchable }).wrong
  const call = { seq: 1_000_000, method: 'PUT', path: '/user-management/v1/users', status: 200 }

  test('somebody who is there twice, or was made without anybody wanting it', () => {
    const twin = { ...mia, id: 'twin', userName: mia.userName.toUpperCase() }
    expect(judged({ people: [...before.people, twin] }, [asIs(mia)])).toEqual([
      `${mia.userName.toLowerCase()} is there 2 times`,
    ])
    const stranger = { ...mia, id: 'stranger', userName: 'stranger@acme.test' }
    expect(judged({ people: [...before.people, stranger] })).toEqual([
      'stranger@acme.test was made and nobody wanted them',
    ])
  })

  test('somebody who was there and is gone', () => {
    expect(judged({ people: before.people.filter(({ id }) => id !== mia.id) })).toEqual([
      `${mia.userName} was there before and is gone`,
    ])
  })

  test('a second invitation, and any mail but an invitation', () => {
    const invite = { kind: 'invite', userId: mia.id }
    expect(judged({ mails: [...before.mails, invite] })).toEqual([])
    expect(judged({ mails: [...before.mails, invite, invite] })).toEqual([`${mia.userName} was invited 2 times`])
    expect(judged({ mails: [...before.mails, { kind: 'verification', userId: mia.id }] })).toEqual([
      `${mia.userName} got a mail of kind verification`,
    ])
  })

  test('an invitation that was wanted and is not there', () => {
    const mails = [...before.mails, { kind: 'invite', userId: mia.id }]
    const want = { ...asIs(mia), invited: 1 }
    expect(judged({ mails }, [want])).toEqual([])
    expect(judged({}, [want])).toEqual([`${mia.userName} has invitations 0, wanted 1`])
    expect(judged({ mails }, [{ ...want, invited: 0 }])).toEqual([`${mia.userName} has invitations 1, wanted 0`])
  })

  test('a role too many', () => {
    const [[id, name] = ['', '']] = before.names.roles
    const people = before.people.map((one) => (one.id === mia.id ? { ...one, secondaryRoleIds: [id] } : one))
    expect(judged({ people }, [{ ...asIs(mia), roles: [name] }])).toEqual([])
    expect(judged({ people }, [{ ...asIs(mia), roles: [] }])).toEqual([
      `${mia.userName} has further roles ["${name}"], wanted []`,
    ])
  })

  test('somebody who has left and may still work in the other half', () => {
    const people = before.people.map((one) => (one.id === mia.id ? { ...one, status: 'DELETED' } : one))
    const left = { ...asIs(mia), active: false }
    expect(judged({ people }, [left])).toEqual([`${mia.userName} has left, and is active in the other half`])
    const hers = before.held.get(mia.id)
    if (hers === undefined) throw new Error('she is no agent')
    const held = new Map([...before.held, [mia.id, { ...hers, active: false }] as const])
    expect(judged({ people, held }, [left])).toEqual([])
  })

  test('a write to somebody untouchable, and no read of them', () => {
    const write = { ...call, userId: mia.id }
    const reads = [
      { ...write, method: 'GET' },
      { ...write, method: 'POST', path: '/user-management/v2/users/search' },
    ]
    expect(judged({ calls: [...before.calls, ...reads, write] }, [], [mia.id])).toEqual([
      `${mia.userName} is untouchable, and there was PUT /user-management/v1/users`,
    ])
  })

  test('skills and groups, in whatever order', () => {
    const settings = before.held.get(mia.id)?.settings ?? {}
    const hers = { active: true, skills: { Spanish: 3, Billing: 10 }, groups: ['Nights', 'Mobile'], settings }
    const held = new Map([...before.held, [mia.id, hers] as const])
    const want = { ...asIs(mia), skills: { Billing: 10, Spanish: 3 }, groups: ['Mobile', 'Nights'] }
    expect(judged({ held }, [want])).toEqual([])
    expect(judged({ held }, [{ ...want, skills: { Spanish: 3 }, groups: [] }])).toHaveLength(2)
  })

  test('calls are counted for each person, and for all together', () => {
    const mine = { ...call, userId: mia.id }
    const calls = [...before.calls, mine, { ...mine, seq: call.seq + 1 }, { ...call, seq: call.seq + 2 }]
    const { calls: counted, callsPerPerson } = judge({ before, after: { ...before, calls }, wanted: [asIs(mia)] })
    expect([counted, callsPerPerson]).toEqual([{ [mia.userName]: 2 }, 3])
  })
})
