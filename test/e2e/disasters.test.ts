/** What must not happen by a policy, tried. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDifferenceRig, SEED, type DifferenceRig } from './difference-rig.ts'

// Many deliveries, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

let rig: DifferenceRig
beforeAll(async () => {
  rig = await openDifferenceRig()
})
afterAll(() => rig.close())
beforeEach(() => rig.clear())

const MANY = 40
const nameOf = (at: number): string => `p${at}@acme.test`
const everybody = Array.from({ length: MANY }, (_, at) => nameOf(at))

/** All are there already, as an administrator of the directory made them; then the provider pushes them. */
async function arrive(attributes: object, state: 'active' | 'unregistered' = 'active'): Promise<readonly string[]> {
  const accounts = everybody.map((userName) =>
    rig.seed({ userName, givenName: 'Mia', familyName: 'Roth', team: 'team-Plain', ...attributes }, { state }),
  )
  for (const userName of everybody) await rig.push(userName)
  return accounts
}

describe('everybody gets an e-mail', () => {
  const INVITING = {
    account: { invite: true },
    rules: [{ name: 'All', give: { role: 'Agent', team: 'Plain', loginAuthenticator: 'Passwords' } }],
  }

  test('not those whose accounts were there, whoever made them and whatever the policy says', async () => {
    await rig.save(INVITING)
    await arrive({ role: 'role-Agent', loginAuthenticator: 'own' }, 'unregistered')
    await rig.mode('enforce')
    for (let rounds = 0; rounds < 3; rounds++) {
      await rig.drain()
      await rig.everybody()
    }
    await rig.drain()
    expect(rig.target.mails()).toEqual([])
  })

  test('not before somebody has seen how many they would be, and then each of them once', async () => {
    await rig.mode('observe')
    expect(await rig.save(INVITING)).toContainEqual(expect.stringContaining('asked in by e-mail'))
    for (const userName of everybody) await rig.push(userName)
    await rig.drain()
    expect(rig.writes()).toBe(0)
    const seen = await rig.compare()
    expect(seen.kept.numbers).toMatchObject({ mails: MANY, kinds: { create: MANY } })
    expect(seen.kept.warnings).toContainEqual(expect.objectContaining({ people: MANY }))
    expect(await rig.enforce({ ...seen, hash: 'another' })).toMatchObject({ ok: false })
    await rig.drain()
    expect(rig.target.mails()).toEqual([])
    expect(await rig.enforce(seen)).toMatchObject({ ok: true })
    for (let rounds = 0; rounds < 3; rounds++) {
      await rig.drain()
      await rig.everybody()
    }
    expect(new Set(rig.target.mails()).size).toBe(MANY)
    expect(rig.target.mails()).toHaveLength(MANY)
  })
})

describe('every adopted supervisor becomes an agent', () => {
  test.each([
    ['by a rule for everybody', { owns: { role: 'always' }, rules: [{ name: 'All', give: { role: 'Agent' } }] }],
    ['by what is left for the others', { owns: { role: 'always' }, otherwise: { role: 'Agent' } }],
    ['by the defaults of the app', {}],
  ])('not %s: accounts of supervisors are not adopted', async (_, policy) => {
    await rig.save(policy)
    const accounts = await arrive({ role: 'role-Supervisor' })
    await rig.mode('enforce')
    await rig.drain()
    await rig.everybody()
    await rig.drain()
    for (const id of accounts) expect(rig.target.raw(id)?.attributes.role).toBe('role-Supervisor')
    expect(rig.writes()).toBe(0)
  })

  test('not those who became supervisors after they were adopted, unless a rule for them says that it decides', async () => {
    await rig.save({ rules: [{ name: 'All', give: { role: 'Agent' } }] })
    const accounts = await arrive({ role: 'role-Agent' })
    await rig.mode('enforce')
    await rig.drain()
    for (const id of accounts) {
      const record = rig.target.raw(id)
      if (record === undefined) throw new Error('the account is there')
      rig.target.put({ ...record, attributes: { ...record.attributes, role: 'role-Supervisor' } })
    }
    await rig.everybody()
    await rig.drain()
    for (const id of accounts) expect(rig.target.raw(id)?.attributes.role).toBe('role-Supervisor')
    const owning = { owns: { role: 'always' }, rules: [{ name: 'All', give: { role: 'Agent' } }] }
    const seen = await rig.compare(owning)
    expect(seen.kept.numbers.adoptedRoles).toEqual([{ from: 'Supervisor', to: 'Agent', people: MANY }])
    expect(seen.people.map(({ userName }) => userName).toSorted()).toEqual(everybody.toSorted())
    expect(await rig.save(owning)).toContainEqual(expect.stringContaining('also of adopted ones'))
  })
})

describe('a team move doubles the bill', () => {
  const MOVING = { owns: { team: 'always' }, rules: [{ name: 'All', give: { team: 'Rich' } }] }

  test('not unnoticed: the difference counts the moves, and saving says what the team is charged for', async () => {
    await rig.save({ owns: { team: 'always' }, rules: [{ name: 'All', give: { team: 'Plain' } }] })
    for (const userName of everybody) await rig.push(userName)
    await rig.mode('enforce')
    await rig.drain()
    const seen = await rig.compare(MOVING)
    expect(seen.kept.numbers).toMatchObject({
      costlier: MANY,
      moves: [{ from: 'Plain', to: 'Rich', adds: ['Quality', 'Forecasts'], people: MANY }],
    })
    await rig.world.db.query(
      `insert into entitlement (tenant_id, app_id, kind, id, name, name_key, active, detail, first_seen, last_seen)
       select 'acme', 'cxone', 'team', team ->> 'id', team ->> 'name', lower(team ->> 'name'), true, team, now(), now()
       from jsonb_array_elements($1) as team`,
      [JSON.stringify(SEED.teams)],
    )
    expect(await rig.save(MOVING)).toEqual([
      expect.stringMatching(
        /^Everybody in the team "Rich" is charged for Quality, Forecasts\. .*\(rules\[0\]\.give\.team\)$/,
      ),
    ])
  })
})
