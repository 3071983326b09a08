import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDifferenceRig, type DifferenceRig } from './difference-rig.ts'

let rig: DifferenceRig
beforeAll(async () => {
  rig = await openDifferenceRig()
})
afterAll(() => rig.close())

const PEOPLE = 20_000

test('20,000 people are compared page by page; what that took is printed', async () => {
  await rig.clear()
  await rig.world.db.query(
    `insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at)
     select 'acme', 'okta', gen_random_uuid(), gen_random_uuid(), 'u' || n, 'u' || n, true,
            jsonb_build_object('userName', 'u' || n, 'active', true, 'name', jsonb_build_object('givenName', 'Mia', 'familyName', 'Roth')),
            now() - interval '1 day', now()
     from generate_series(1, $1::int) as n`,
    [PEOPLE],
  )
  // Half of them have an account there.
  for (let n = 1; n <= PEOPLE / 2; n++) rig.seed({ userName: `u${n}`, givenName: 'Mia', familyName: 'Roth' })
  await rig.world.db.query('analyze')
  await rig.save({
    owns: { role: 'always', skills: 'always' },
    rules: [{ name: 'All', give: { role: 'Agent', team: 'Plain', skills: ['Chat'] } }],
  })
  const begun = performance.now()
  const most = { heap: 0 }
  const watch = setInterval(() => {
    most.heap = Math.max(most.heap, process.memoryUsage().heapUsed)
  }, 50)
  const before = process.memoryUsage().heapUsed
  const { kept, people } = await rig.compare()
  clearInterval(watch)
  process.stdout.write(
    `20,000 people compared in ${((performance.now() - begun) / 1000).toFixed(1)} s, ${Math.round((most.heap - before) / 1048576)} MiB of heap more at most\n`,
  )
  expect(kept.numbers).toMatchObject({
    people: PEOPLE,
    kinds: { create: PEOPLE / 2, adopt: PEOPLE / 2, grant: PEOPLE },
  })
  expect(people.length).toBeGreaterThan(0)
  expect(rig.writes()).toBe(0)
}, 600_000)
