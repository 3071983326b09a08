/** Totals of searches that were counted before, against what the table says, while people come, go, return and change. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { parseFilter } from '../../src/scim/filter/parse.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import type { Db, Queryable } from '../../src/store/db.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', [], ['okta', 'entra'])])
})
afterAll(() => world.close())

/** The database, with the statements that count. */
function watched(): { readonly db: Db; readonly counts: () => number } {
  let counts = 0
  const query = (async (statement: { text: string }) => {
    if (statement.text.startsWith('select count(*)')) counts++
    return world.db.query(statement)
  }) as Queryable['query']
  return { db: { ...world.db, query }, counts: () => counts }
}

const OF = (connection: string) => ({ tenant: 'acme', connection })
const SALES = parseFilter(`${ENTERPRISE}:department eq "sales" and title eq "agent"`, USER)

async function created(connection: string, title: string): Promise<string> {
  const document = { userName: `${randomUUID()}@acme.test`, active: true, title, [ENTERPRISE]: { department: 'Sales' } }
  const result = await createUser(world.operations, caller('acme', connection), document)
  if (!result.ok) throw new Error(result.refusal.kind)
  return result.value.id
}

async function total(db: Queryable, connection: string): Promise<number> {
  const page = await listUsers(db, OF(connection), { from: { offset: 0 }, limit: 1, filter: SALES })
  return page.total
}

async function promoted(connection: string, id: string, title: string): Promise<void> {
  const operations = parsePatch(
    {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'title', value: title }],
    },
    USER,
  )
  await patchUser(world.operations, caller('acme', connection), { id, operations, note: () => {} })
}

test('a total is counted once while nobody comes, goes or changes', async () => {
  for (let n = 0; n < 3; n++) await created('okta', 'Agent')
  const { db, counts } = watched()
  expect([await total(db, 'okta'), await total(db, 'okta'), await total(db, 'okta')]).toEqual([3, 3, 3])
  expect(counts()).toBe(1)
  await created('okta', 'Agent')
  expect([await total(db, 'okta'), await total(db, 'okta')]).toEqual([4, 4])
  expect(counts()).toBe(2)
  await created('entra', 'Agent')
  expect(await total(db, 'okta')).toBe(4)
  expect(counts()).toBe(2)
})

const acts = fc.array(
  fc.record({
    kind: fc.constantFrom('create', 'delete', 'hide', 'show', 'agent', 'lead'),
    of: fc.nat(20),
    connection: fc.constantFrom('okta', 'entra'),
  }),
  { minLength: 1, maxLength: 12 },
)

test('a total is always that of the table', async () => {
  const { db } = watched()
  const people: Record<string, string[]> = { okta: [], entra: [] }
  const hide = (id: string, hidden: boolean) =>
    world.db.query('update identity set undecided = $2 where id = $1', [id, hidden])
  await fc.assert(
    fc.asyncProperty(acts, async (steps) => {
      for (const { kind, of, connection } of steps) {
        const there = people[connection] ?? []
        const id = there[of % Math.max(1, there.length)]
        if (kind === 'create' || id === undefined)
          there.push(await created(connection, of % 3 === 0 ? 'Lead' : 'Agent'))
        else if (kind === 'delete') {
          await deleteUser(world.operations, caller('acme', connection), id)
          there.splice(there.indexOf(id), 1)
        } else if (kind === 'hide' || kind === 'show') await hide(id, kind === 'hide')
        else await promoted(connection, id, kind === 'agent' ? 'Agent' : 'Lead')
        const { rows } = await world.db.query<{ count: number }>(
          `select count(*) from identity where connection_id = $1 and deleted_at is null and not undecided
             and department_key = 'sales' and title_key = 'agent'`,
          [connection],
        )
        expect(await total(db, connection)).toBe(rows[0]?.count)
      }
      for (const id of [...(people['okta'] ?? []), ...(people['entra'] ?? [])]) await hide(id, false)
    }),
    { numRuns: 30 },
  )
})
