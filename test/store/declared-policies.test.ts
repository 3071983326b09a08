import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compileDeclared, compilerOf, readerOf } from '../../src/app/policies.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { policyChanges } from '../../src/operations/policy-changes.ts'
import { savePolicy } from '../../src/operations/save-policy.ts'
import { readCurrentPolicy } from '../../src/store/policies.ts'
import { readPolicyStanding, readVersion } from '../../src/store/views/policies.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
})
beforeEach(() => world.declare([tenant('acme', ['cxone'])]))
afterAll(() => world.close())

const key = { tenant: 'acme', app: 'cxone' }

const compiled = (document: object) => {
  const { policy } = compileDeclared(document as never, [])
  if (policy === undefined) throw new Error('the test needs a policy that can be used')
  return policy
}
const declare = (document: object, text?: string) => {
  const acme = tenant('acme', ['cxone'])
  const policy = { policy: compiled(document), ...(text === undefined ? {} : { text }) }
  return world.declare([{ ...acme, apps: acme.apps.map((app) => ({ ...app, policy })) }])
}
const save = (document: object, expected?: number) =>
  savePolicy(
    { ...world.operations, readPolicy: readerOf(compilerOf(new Map())) },
    { ...key, written: { document }, expected, actor: 'key:ops' },
  )
const saidEvents = async () =>
  (await world.db.query(`select actor, data from event where kind = 'policy.saved' order by seq`)).rows as {
    actor: string
    data: { version: number; changes: string[] }
  }[]

const AGENTS = { rules: [{ name: 'all', give: { role: 'Agent' } }] }
const BY_GROUP = { rules: [{ name: 'desk', when: '"Desk" in groups', give: { role: 'Agent' } }] }

describe('a policy that rollcall.yaml declares', () => {
  test('is a version once, however often it is declared, and is logged once', async () => {
    expect(await declare(BY_GROUP, '# desk')).toMatchObject({ changed: true })
    expect(await declare(BY_GROUP, '# desk')).toMatchObject({ changed: false })
    expect(await readVersion(world.db, { ...key, version: 1 })).toMatchObject({
      origin: 'declared',
      savedBy: 'configuration',
      text: '# desk',
      current: true,
    })
    expect(await saidEvents()).toMatchObject([{ actor: 'configuration', data: { version: 1 } }])
    expect((await world.db.query('select reads_groups from app')).rows).toEqual([{ reads_groups: true }])
  })
  test('cannot be saved otherwise', async () => {
    await declare(BY_GROUP)
    expect(await save(AGENTS)).toEqual({ ok: false, refusal: { kind: 'declared' } })
  })
  test('stays in force once it is taken out, until another is saved', async () => {
    await declare(BY_GROUP)
    expect(await world.declare([tenant('acme', ['cxone'])])).toMatchObject({ changed: true })
    expect(await readPolicyStanding(world.db, key)).toEqual({ declared: false, version: 1 })
    expect(await save(AGENTS, 1)).toMatchObject({ ok: true, saved: { version: 2 } })
    expect((await world.db.query('select reads_groups from app')).rows).toEqual([{ reads_groups: false }])
    expect(await world.declare([tenant('acme', ['cxone'])])).toMatchObject({ changed: false })
    expect(await readPolicyStanding(world.db, key)).toEqual({ declared: false, version: 2 })
  })
  test('stays when its app is taken out; nobody saves one for an app that is not there', async () => {
    await world.declare([tenant('acme')])
    expect(await save(BY_GROUP)).toEqual({ ok: false, refusal: { kind: 'detached' } })
    expect(await readCurrentPolicy(world.db, key)).toMatchObject({ version: 2 })
    expect((await world.db.query('select from delivery')).rows).toEqual([])
  })
  test('makes nobody due but those who waited for it', async () => {
    for (const userName of ['held@x.test', 'fine@x.test', 'busy@x.test'])
      await createUser(world.operations, caller(), { userName, active: true })
    await world.db.query(
      `update delivery set state = 'delivered', delivered = wanted, next_at = now() + interval '1 day'`,
    )
    await world.db.query(
      `update delivery set state = 'refused', code = 'held', delivered = 0 where subject = 'name:held@x.test'`,
    )
    await world.db.query(
      `update delivery set state = 'due', delivered = 0, lease_token = gen_random_uuid(), lease_until = now() + interval '1 hour'
       where subject = 'name:busy@x.test'`,
    )
    await declare(BY_GROUP)
    const { rows } = await world.db.query(
      `select subject, state, wanted - delivered as owed, next_at <= now() as now from delivery order by subject`,
    )
    expect(rows).toEqual([
      // Somebody works on it, perhaps by the policy before: it is looked at once more, also if it was taken up in between.
      { subject: 'name:busy@x.test', state: 'due', owed: 3, now: false },
      { subject: 'name:fine@x.test', state: 'delivered', owed: 0, now: false },
      { subject: 'name:held@x.test', state: 'due', owed: 1, now: true },
    ])
  })
  test('of two who save at once on the same version, one is told that it is another by now', async () => {
    await world.declare([tenant('acme', ['cxone'])])
    const version = (await readPolicyStanding(world.db, key))?.version ?? 0
    const both = await Promise.all([save(AGENTS, version), save({}, version)])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    expect(both.find(({ ok }) => !ok)).toMatchObject({
      refusal: { kind: 'other-version', version: version + 1 },
    })
  })
})

describe('what differs between two policies', () => {
  interface Case {
    readonly what: string
    readonly before: unknown
    readonly after: unknown
    readonly lines: readonly string[]
  }
  test.each<Case>([
    { what: 'nothing', before: { a: 1, b: [1, 2] }, after: { b: [1, 2], a: 1 }, lines: [] },
    { what: 'a value', before: { a: { b: 'x' } }, after: { a: { b: 'y' } }, lines: ['a.b: "x" is now "y"'] },
    { what: 'a key more', before: {}, after: { a: 1 }, lines: ['a: added, 1'] },
    { what: 'a key less', before: { a: null }, after: {}, lines: ['a: removed, was null'] },
    {
      what: 'names in another order',
      before: { r: [{ name: 'a' }, { name: 'b' }] },
      after: { r: [{ name: 'b' }, { name: 'a' }] },
      lines: ['r: in another order'],
    },
    {
      what: 'the second of two of one name',
      before: { r: ['a', 'a'] },
      after: { r: ['a'] },
      lines: ['r "a" (2): removed, was "a"'],
    },
    { what: 'nothing, where there was none', before: undefined, after: {}, lines: [] },
  ])('$what', ({ before, after, lines }) => {
    expect(policyChanges(before, after)).toEqual(lines)
  })
  test('is told in at most 50 lines', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, at) => [`key${at}`, at]))
    const lines = policyChanges({}, many)
    expect(lines).toHaveLength(50)
    expect(lines.at(-1)).toBe('and 31 more')
  })
})
