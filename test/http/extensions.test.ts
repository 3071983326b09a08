/** Schema extensions and extra attributes that rollcall.yaml declares. */
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'

const AGENT = 'urn:acme:scim:schemas:extension:agent:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const TEAM = 'urn:acme:scim:schemas:extension:team:2.0:Group'

const EXTENSIONS = [
  {
    schema: AGENT,
    description: 'What an agent has.',
    attributes: [
      { name: 'badge', required: true, indexed: true },
      { name: 'since', type: 'dateTime' },
      { name: 'languages', multiValued: true },
      { name: 'wage', type: 'decimal', returned: 'request' },
      {
        name: 'seats',
        type: 'complex',
        multiValued: true,
        attributes: [{ name: 'value' }, { name: 'level', type: 'integer' }],
      },
    ],
  },
  { schema: ENTERPRISE, attributes: [{ name: 'floor', type: 'integer' }] },
  { schema: USER, attributes: [{ name: 'shoeSize', type: 'integer', indexed: false }] },
  { schema: TEAM, resource: 'Group', attributes: [{ name: 'region' }] },
]

let rollcall: TestRollcall
let call: ScimClient
beforeAll(async () => {
  rollcall = await startRollcallForTest({ extensions: EXTENSIONS })
  call = scimClient(rollcall.base, rollcall.scimToken)
})
afterAll(() => rollcall.close())

const agent = {
  badge: 'B-7',
  since: '2026-11-23T10:00:00+01:00',
  languages: ['de', 'fr'],
  wage: 12.5,
  seats: [{ value: 's1', level: 3 }],
}
const make = async (more: object) => call('POST', '/Users', userOf(`${randomUUID()}@acme.test`, more))
const found = async (filter: string): Promise<unknown[]> =>
  (await call('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.Resources.map(({ id }) => id)

describe('a declared attribute', () => {
  test('is kept, shown and found', async () => {
    const made = await make({ [AGENT]: agent, [ENTERPRISE]: { floor: 4, department: 'Ops' }, shoeSize: 41 })
    expect(made.status).toBe(201)
    const { wage: _, ...shown } = agent
    expect(made.body).toMatchObject({ schemas: [USER, ENTERPRISE, AGENT], shoeSize: 41, [ENTERPRISE]: { floor: 4 } })
    expect(made.body[AGENT]).toEqual(agent)
    expect((await call('GET', `/Users/${made.body.id}`)).body[AGENT]).toEqual(shown)
    const { id } = made.body
    expect((await call('GET', `/Users/${id}?attributes=${AGENT}:wage`)).body[AGENT]).toEqual({ wage: 12.5 })
    await make({ [AGENT]: { badge: 'other' } })
    for (const filter of [
      `${AGENT}:badge eq "b-7"`,
      `${AGENT}:since lt "2026-11-23T09:30:00Z"`,
      `${AGENT}:languages eq "FR"`,
      `${AGENT}:wage gt 12`,
      `${AGENT}:seats[level ge 3 and value sw "s"]`,
      `${ENTERPRISE}:floor eq 4`,
      'shoeSize le 41',
      `schemas eq "${ENTERPRISE}"`,
      'badge eq "B-7"',
    ]) {
      expect(await found(filter), filter).toEqual([id])
    }
    expect(
      (await call('GET', `/Users?sortBy=${AGENT}:badge&sortOrder=descending&count=1&filter=badge%20pr`)).body.Resources,
    ).toMatchObject([{ [AGENT]: { badge: 'other' } }])
  })

  test.each([
    [{ [AGENT]: { ...agent, since: 'yesterday' } }, 'since'],
    [{ [AGENT]: { ...agent, languages: [1] } }, 'languages'],
    [{ [AGENT]: { ...agent, wage: 'much' } }, 'wage'],
    [{ [AGENT]: { ...agent, seats: [{ level: 1.5 }] } }, 'level'],
    [{ [AGENT]: { since: agent.since } }, 'badge is missing'],
    [{ shoeSize: '41' }, 'shoeSize'],
  ])('is held to its type and to being there: %j', async (more, words) => {
    expect(await make(more)).toMatchObject({
      status: 400,
      body: { scimType: 'invalidValue', detail: expect.stringContaining(words) },
    })
  })

  test('is patched as any other, with its extension and without', async () => {
    const { id } = (await make({})).body
    const patch = (...operations: object[]) => call('PATCH', `/Users/${id}`, patchOf(...operations))
    expect(await patch({ op: 'add', path: `${AGENT}:languages`, value: ['it'] })).toMatchObject({ status: 400 })
    const set = await patch(
      { op: 'replace', value: { [`${AGENT}:badge`]: 'B-9', [AGENT]: { languages: 'it' } } },
      { op: 'add', path: `${AGENT}:languages`, value: 'de' },
      { op: 'add', path: `${AGENT}:seats[value eq "s2"].level`, value: 1 },
      { op: 'replace', path: `${ENTERPRISE}:floor`, value: 2 },
    )
    expect(set.body).toMatchObject({
      [AGENT]: { badge: 'B-9', languages: ['it', 'de'], seats: [{ value: 's2', level: 1 }] },
      [ENTERPRISE]: { floor: 2 },
    })
    expect(await patch({ op: 'remove', path: `${AGENT}:badge` })).toMatchObject({ status: 400 })
    expect((await patch({ op: 'remove', path: AGENT })).body).not.toHaveProperty([AGENT])
  })

  test('is in the schemas and resource types of its tenant, and of no other', async () => {
    const schema = await call('GET', `/Schemas/${AGENT}`)
    expect(schema.body).toMatchObject({ id: AGENT, name: 'User', description: 'What an agent has.' })
    expect(schema.body['attributes']).toMatchObject([
      { name: 'badge', type: 'string', required: true, caseExact: false, mutability: 'readWrite', returned: 'default' },
      { name: 'since', type: 'dateTime' },
      { name: 'languages', multiValued: true },
      { name: 'wage', returned: 'request' },
      { name: 'seats', type: 'complex', subAttributes: [{ name: 'value' }, { name: 'level', type: 'integer' }] },
    ])
    expect(JSON.stringify((await call('GET', `/Schemas/${ENTERPRISE}`)).body)).toContain('"floor"')
    expect((await call('GET', '/ResourceTypes/User')).body['schemaExtensions']).toEqual([
      { schema: ENTERPRISE, required: false },
      { schema: AGENT, required: false },
    ])
    const stranger = scimClient(rollcall.base, rollcall.strangerToken)
    expect((await stranger('GET', `/Schemas/${AGENT}`)).status).toBe(404)
    expect((await stranger('POST', '/Users', userOf('sam', { [AGENT]: agent }))).body).not.toHaveProperty([AGENT])
    expect(await stranger('GET', '/Users?filter=badge%20pr')).toMatchObject({
      status: 400,
      body: { scimType: 'invalidFilter' },
    })
  })

  test('of groups is one of groups', async () => {
    const made = await call('POST', '/Groups', { displayName: 'North', [TEAM]: { region: 'n' } })
    expect(made).toMatchObject({ status: 201, body: { [TEAM]: { region: 'n' } } })
    const query = encodeURIComponent(`${TEAM}:region eq "N"`)
    expect((await call('GET', `/Groups?filter=${query}`)).body.totalResults).toBe(1)
  })
})

test('an index that is asked for is the one that finds, and goes when nobody asks for it any more', async () => {
  const client = new Client(rollcall.databaseUrl)
  await client.connect()
  const indexes = async (): Promise<string[]> =>
    (
      await client.query<{ name: string }>(
        `select indexname as name from pg_indexes where indexname like 'identity_declared_%'`,
      )
    ).rows.map(({ name }) => name)
  expect(await indexes()).toHaveLength(1)
  await client.query('set enable_seqscan = off')
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `explain select 1 from identity where identity.tenant_id = 'acme' and scim_fold((identity.document -> '${AGENT}' ->> 'badge')) = 'b-7'`,
  )
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('identity_declared_')
  const again = await startRollcallForTest({ databaseUrl: rollcall.databaseUrl, extensions: EXTENSIONS.slice(1) })
  expect(await indexes()).toEqual([])
  await again.close()
  await client.end()
})

describe('an attribute that is returned on request', () => {
  const wageOf = async (id: string) => {
    const { body } = await call('GET', `/Users/${id}?attributes=${encodeURIComponent(`${AGENT}:wage`)}`)
    return (body[AGENT] as { wage?: number } | undefined)?.wage
  }

  test('is in the answer to a write that names it, and to no other', async () => {
    const { id, userName } = (await make({ [AGENT]: agent })).body
    const wage = { op: 'replace', path: `${AGENT}:wage`, value: 13 }
    expect((await call('PATCH', `/Users/${id}`, patchOf(wage))).body[AGENT]).toMatchObject({ badge: 'B-7', wage: 13 })
    const title = { op: 'replace', path: 'title', value: 'Lead' }
    expect((await call('PATCH', `/Users/${id}`, patchOf(title))).body[AGENT]).not.toHaveProperty('wage')
    const put = await call('PUT', `/Users/${id}`, userOf(userName, { [AGENT]: { badge: 'B-8', wage: 14 } }))
    expect(put.body[AGENT]).toEqual({ badge: 'B-8', wage: 14 })
    const asked = await call('PUT', `/Users/${id}?attributes=title`, userOf(userName, { [AGENT]: agent }))
    expect(asked.body).not.toHaveProperty(AGENT)
  })

  test('outlives a PUT of what was read, and ends with one that says so', async () => {
    const { id } = (await make({ [AGENT]: agent })).body
    const { body: read } = await call('GET', `/Users/${id}`)
    const { body: put } = await call('PUT', `/Users/${id}`, { ...read, title: 'Lead' })
    expect(put).toMatchObject({ title: 'Lead', [AGENT]: { badge: 'B-7' } })
    expect(put[AGENT]).not.toHaveProperty('wage')
    expect(await wageOf(id)).toBe(12.5)
    await call('PUT', `/Users/${id}`, { ...read, [AGENT]: { ...(read[AGENT] as object), wage: null } })
    expect(await wageOf(id)).toBeUndefined()
    await call('PATCH', `/Users/${id}`, patchOf({ op: 'add', path: `${AGENT}:wage`, value: 1 }))
    await call('PUT', `/Users/${id}`, { ...read, [AGENT]: null })
    expect(await wageOf(id)).toBeUndefined()
  })
})
