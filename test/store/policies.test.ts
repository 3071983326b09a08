import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compilerOf } from '../../src/app/policies.ts'
import type { AppKey } from '../../src/store/deliveries.ts'
import {
  lockPolicy,
  readCurrentPolicy,
  readCurrentVersion,
  readPolicyVersion,
  savePolicy,
  type NewPolicy,
} from '../../src/store/policies.ts'
import { openPolicies } from '../../src/workflows/policies.ts'
import { openTestWorld, tenant, type TestWorld } from './world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
})
beforeEach(async () => {
  await world.declare([tenant('acme', ['cxone']), tenant('bravo', ['cxone'])])
})
afterAll(() => world.close())

const acme: AppKey = { tenant: 'acme', app: 'cxone' }
const bravo: AppKey = { tenant: 'bravo', app: 'cxone' }

const newPolicy = (hash: string, given: Partial<NewPolicy> = {}): NewPolicy => ({
  hash,
  document: { name: hash },
  origin: 'saved',
  readsGroups: false,
  by: 'key:ops',
  ...given,
})

const save = (key: AppKey, policy: NewPolicy) =>
  world.db.transaction(async (tx) => {
    const place = await lockPolicy(tx, key)
    if (place === undefined) throw new Error('there is no such app')
    return savePolicy(tx, key, { ...policy, ...(place.current && { current: place.current }) })
  })

const readsGroups = async ({ tenant: id, app }: AppKey): Promise<unknown> =>
  (await world.db.query('select reads_groups from app where tenant_id = $1 and id = $2', [id, app])).rows[0]

describe('the policy of an app', () => {
  test('is not there before one is saved', async () => {
    expect(await readCurrentVersion(world.db, acme)).toBeUndefined()
    expect(await readCurrentPolicy(world.db, acme)).toBeUndefined()
    expect(await readCurrentVersion(world.db, { tenant: 'acme', app: 'nothing' })).toBeUndefined()
  })
  test('is the version that was saved last, of this tenant and app only', async () => {
    expect(await save(acme, newPolicy('one', { readsGroups: true }))).toEqual({ version: 1, changed: true })
    expect(await readCurrentPolicy(world.db, acme)).toEqual({ version: 1, hash: 'one', document: { name: 'one' } })
    expect(await readsGroups(acme)).toEqual({ reads_groups: true })
    expect(await readCurrentPolicy(world.db, bravo)).toBeUndefined()
    expect(await readPolicyVersion(world.db, { ...bravo, version: 1 })).toBeUndefined()
    expect(await readsGroups(bravo)).toEqual({ reads_groups: false })
  })
  test('saved again is no new version; going back to an earlier one is', async () => {
    expect(await save(acme, newPolicy('one'))).toEqual({ version: 1, changed: false })
    expect(await save(acme, newPolicy('two'))).toEqual({ version: 2, changed: true })
    expect(await readsGroups(acme)).toEqual({ reads_groups: false })
    expect(await save(acme, newPolicy('one'))).toEqual({ version: 3, changed: true })
    expect(await readPolicyVersion(world.db, { ...acme, version: 2 })).toMatchObject({ hash: 'two' })
    expect(await save(bravo, newPolicy('two'))).toEqual({ version: 1, changed: true })
  })
  test('is kept as it was: no version can be changed or removed', async () => {
    for (const sql of ['update policy_version set hash = $1', 'delete from policy_version where hash <> $1'])
      await expect(world.db.query(sql, ['other'])).rejects.toThrow('never changed or removed')
  })
})

describe('what is decided by', () => {
  const open = (asked: unknown[] = []) =>
    openPolicies({
      db: world.db,
      compile: (id, document) => {
        asked.push(document)
        return compilerOf(new Map())(id, document)
      },
    })
  const giving = (role: unknown) => ({ rules: [{ name: 'all', give: { role } }] })

  test('is compiled once a version, and is the version in force from the moment it is saved', async () => {
    const asked: unknown[] = []
    const policies = open(asked)
    await save(acme, newPolicy('first', { document: giving('First') }))
    const all = await Promise.all(Array.from({ length: 20 }, () => policies.current(acme)))
    expect(new Set(all).size).toBe(1)
    expect(all[0]?.policy?.document).toMatchObject(giving('First'))
    await save(acme, newPolicy('second', { document: giving('Second') }))
    expect((await policies.current(acme))?.policy?.document).toMatchObject(giving('Second'))
    expect(asked).toEqual([giving('First'), giving('Second')])
  })
  test('is nothing where the app has no policy', async () => {
    expect(await open().current({ tenant: 'bravo', app: 'nothing' })).toBeUndefined()
  })
  test('is a refusal for everybody where the policy cannot be used any more', async () => {
    const policies = open()
    const { version } = await save(acme, newPolicy('bad', { document: giving(7) }))
    const current = await policies.current(acme)
    expect(current?.invalid).toMatchObject({ code: 'policy-invalid', retry: 'later' })
    expect(current?.invalid?.detail).toBe(
      `Version ${version} of the policy cannot be used any more: rules[0].give.role: this is a number. Put it into quotes. Nobody is decided about until a policy is saved that can be: rollcall policy save --app cxone`,
    )
    await save(acme, newPolicy('good', { document: {} }))
    expect((await policies.current(acme))?.invalid).toBeUndefined()
  })
})
