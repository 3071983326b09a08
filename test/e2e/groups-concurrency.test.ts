import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimAnswer, type ScimClient } from '../support/scim.ts'

const CLIENTS = 50
let rollcall: TestRollcall
let scim: ScimClient
let sql: Client
let people: readonly string[]
beforeAll(async () => {
  rollcall = await startRollcallForTest({ profile: 'okta' })
  scim = scimClient(rollcall.base, rollcall.scimToken)
  sql = new Client(rollcall.databaseUrl)
  await sql.connect()
  people = await Promise.all(Array.from({ length: 2 * CLIENTS }, (_, n) => person(`p${n}@acme.test`)))
})
afterAll(async () => {
  await sql.end()
  await rollcall.close()
})

const person = async (userName: string): Promise<string> => (await scim('POST', '/Users', userOf(userName))).body.id

const clients = <T>(work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: CLIENTS }, (_, n) => work(n)))

const values = (ids: readonly (string | undefined)[]): object[] => ids.map((value) => ({ value }))
const add = (...ids: (string | undefined)[]): object => ({ op: 'add', path: 'members', value: values(ids) })
const remove = (id: string | undefined): object => ({ op: 'remove', path: `members[value eq "${id}"]` })

async function create(displayName: string, ...ids: (string | undefined)[]): Promise<string> {
  return (await scim('POST', '/Groups', { displayName, members: values(ids) })).body.id
}

interface GroupBody {
  readonly displayName: string
  readonly members?: readonly { readonly value: string }[]
  readonly meta: { readonly version: string }
}

async function read(id: string): Promise<{ displayName: string; members: string[]; version: number }> {
  const body = (await scim('GET', `/Groups/${id}`)).body as unknown as GroupBody
  const members = (body.members ?? []).map(({ value }) => value).toSorted()
  return { displayName: body.displayName, members, version: Number(/\d+/.exec(body.meta.version)?.[0]) }
}

const statuses = (answers: readonly ScimAnswer[]): number[] => [...new Set(answers.map(({ status }) => status))]

describe('fifty clients on one group', () => {
  test('who each add somebody and take somebody out lose nobody', async () => {
    const id = await create('Everybody', ...people.slice(0, CLIENTS))
    const answers = await clients((n) =>
      scim('PATCH', `/Groups/${id}`, patchOf(add(people[CLIENTS + n]), remove(people[n]))),
    )
    expect(statuses(answers)).toEqual([204])
    const { members, version } = await read(id)
    expect(members).toEqual(people.slice(CLIENTS).toSorted())
    expect(version).toBe(1 + CLIENTS)
  })

  test('who rename it, replace its members and change them end in some order of theirs', async () => {
    const id = await create('Contested', people[0])
    const halves = [people.slice(0, 20), people.slice(20, 40)] as const
    const answers = await clients((n) => {
      const half = halves[n % 2] ?? []
      const whole = { op: 'replace', value: { displayName: `Contested ${n % 2}`, members: values(half) } }
      return scim('PATCH', `/Groups/${id}`, patchOf(whole))
    })
    expect(statuses(answers)).toEqual([204])
    const { displayName, members } = await read(id)
    // Name and members were said together, so they are found together.
    expect(members).toEqual([...(halves[Number(displayName.at(-1))] ?? [])].toSorted())
  })

  test('whose events, read in their order, lead from the first state to the last', async () => {
    const id = await create('Replayed')
    await clients((n) => {
      const [one, two, three] = [people[n % 7], people[(n * 3) % 11], people[(n * 5) % 13]]
      const replace = { op: 'replace', path: 'members', value: values([one, two]) }
      const change = n % 5 === 0 ? replace : n % 2 === 0 ? add(one, three) : remove(two)
      return scim('PATCH', `/Groups/${id}`, patchOf(change))
    })
    const { rows } = await sql.query<{ data: { version: number; added?: string[]; removed?: string[] } }>(
      'select data from event where group_id = $1 order by seq',
      [id],
    )
    const replayed = new Set<string>()
    for (const [index, { data }] of rows.entries()) {
      expect(data.version).toBe(index + 1)
      for (const gone of data.removed ?? []) expect(replayed.delete(gone)).toBe(true)
      for (const come of data.added ?? []) {
        expect(replayed.has(come)).toBe(false)
        replayed.add(come)
      }
    }
    const { members, version } = await read(id)
    expect(members).toEqual([...replayed].toSorted())
    expect(version).toBe(rows.length)
  })

  test('who know its version: one of them is served, the others hear that it has changed', async () => {
    const id = await create('Versioned')
    const answers = await clients(async (n) => {
      const response = await fetch(`${rollcall.base}/Groups/${id}`, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${rollcall.scimToken}`,
          'content-type': 'application/scim+json',
          'if-match': 'W/"1"',
        },
        body: JSON.stringify(patchOf(add(people[n]))),
      })
      await response.text()
      return response.status
    })
    expect(answers.filter((status) => status === 204)).toHaveLength(1)
    expect(answers.filter((status) => status === 412)).toHaveLength(CLIENTS - 1)
    expect((await read(id)).members).toHaveLength(1)
  })

  test('who create a group of one name: one group, and the others hear of it', async () => {
    const answers = await clients((n) => scim('POST', '/Groups', { displayName: n % 2 === 0 ? 'One' : 'ONE' }))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(CLIENTS - 1)
  })
})

test('people who are deleted while groups take them in and let them go are in none, and nobody is kept waiting', async () => {
  const leavers = await Promise.all(Array.from({ length: 20 }, (_, n) => person(`leaver${n}@acme.test`)))
  const groups = await Promise.all(Array.from({ length: 5 }, (_, n) => create(`Left ${n}`, ...leavers.slice(0, 10))))
  const answers = await Promise.all([
    ...leavers.map((id) => scim('DELETE', `/Users/${id}`)),
    ...groups.flatMap((id) => [
      scim('PATCH', `/Groups/${id}`, patchOf(add(...leavers))),
      scim('PATCH', `/Groups/${id}`, patchOf(...leavers.map(remove))),
      scim('PATCH', `/Groups/${id}`, patchOf(add(...leavers.slice(5, 15), people[0]))),
    ]),
    scim('DELETE', `/Groups/${groups[4]}`),
  ])
  expect(answers.map(({ status }) => status).filter((status) => ![204, 404].includes(status))).toEqual([])
  for (const id of groups.slice(0, 4)) expect((await read(id)).members).toEqual([people[0]])
  expect((await scim('GET', `/Groups/${groups[4]}`)).status).toBe(404)
})
