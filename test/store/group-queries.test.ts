import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGroup } from '../../src/operations/create-group.ts'
import { deleteGroup } from '../../src/operations/delete-group.ts'
import { patchGroup } from '../../src/operations/patch-group.ts'
import { replaceGroup } from '../../src/operations/replace-group.ts'
import { parseFilter } from '../../src/scim/filter/parse.ts'
import { parseGroupPatch } from '../../src/scim/patch/members.ts'
import { GROUP, USER } from '../../src/scim/schema/resource-type.ts'
import { fanOutBatch } from '../../src/store/fan-outs.ts'
import { listGroups, readGroup } from '../../src/store/views/groups.ts'
import { readMembersText } from '../../src/store/views/members.ts'
import { groupsOfUsers } from '../../src/store/views/user-groups.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { listening, sequentialScans, type Asked } from './plans.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

/** Tables that grow with the directory or with use. */
const BIG = ['identity', 'delivery', 'event', 'scim_group', 'membership']

let world: TestWorld
let everybody: string

beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'big'])])
  await world.db.query('update app set reads_groups = true')
  await world.db.query(`
    insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at)
    select 'acme', case when n % 20 = 0 then 'okta' else 'big' end, gen_random_uuid(), gen_random_uuid(), 'u' || n, 'u' || n, true,
           jsonb_build_object('userName', 'u' || n, 'active', true, 'title', repeat('x', 300)), now(), now()
    from generate_series(1, 6000) as n`)
  await world.db.query(`
    insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, delivered, state)
    select tenant_id, 'cxone', 'name:' || user_name_key, connection_id, id, 1, 'delivered' from identity`)
  await world.db.query(`
    insert into scim_group (tenant_id, connection_id, id, display_name, display_name_key, external_id, document, created_at, modified_at)
    select 'acme', case when n % 20 = 0 then 'okta' else 'big' end, gen_random_uuid(), 'g' || n, 'g' || n, 'x' || n,
           jsonb_build_object('displayName', 'g' || n), now(), now()
    from generate_series(1, 2000) as n`)
  // Everybody of a connection in one group of it, and each in one more.
  await world.db.query(`
    insert into membership (tenant_id, connection_id, group_id, member_id, nested)
    select identity.tenant_id, identity.connection_id, first.id, identity.id, false
    from identity join lateral (select id from scim_group where scim_group.connection_id = identity.connection_id order by seq limit 1) first on true
    union all
    (select distinct on (identity.id) identity.tenant_id, identity.connection_id, scim_group.id, identity.id, false
     from identity join scim_group on scim_group.connection_id = identity.connection_id and scim_group.seq % 97 = identity.seq % 97
       and scim_group.display_name not in ('g1', 'g20'))
    on conflict do nothing`)
  await world.db.query('analyze')
  const { rows } = await world.db.query<{ id: string }>(`select id from scim_group where display_name = 'g20'`)
  everybody = rows[0]?.id ?? ''
})
afterAll(() => world.close())

test('no statement about groups scans a big table', async () => {
  const asked: Asked[] = []
  const db = listening(world.db, asked)
  const operations = { ...world.operations, db }
  const reading = { unknownMembers: 'skip', baseUrl: 'https://acme.test/scim/v2', note: () => undefined } as const
  const { rows } = await world.db.query<{ id: string }>(`select id from identity where connection_id = 'okta' limit 3`)
  const [mia = '', kim = '', lou = ''] = rows.map(({ id }) => id)
  const check = () => undefined
  const body = { document: { displayName: 'Sales' }, members: new Set([mia, kim]), reading }
  const created = await createGroup(operations, caller(), body)
  if (!created.ok) throw new Error(created.refusal.kind)
  const { id } = created.value
  const Operations = [
    { op: 'add', path: 'members', value: [{ value: lou }, { value: everybody }] },
    { op: 'remove', path: `members[value eq "${mia}"]` },
  ]
  await patchGroup(operations, caller(), { id, patch: parseGroupPatch({ Operations }), type: GROUP, reading, check })
  const next = () => ({ displayName: 'Support' })
  await replaceGroup(operations, caller(), { id, members: new Set([kim]), next, reading })
  await readGroup(db, caller(), id)
  const parts = ['value', '$ref', 'type', 'display'] as const
  await readMembersText(db, caller(), { group: id, parts, baseUrl: 'x', limit: 100 })
  await groupsOfUsers(db, caller(), [mia, kim])
  for (const filter of ['displayName eq "g40"', 'externalId eq "x40"', `id eq "${id}"`, `members eq "${kim}"`])
    await listGroups(db, caller(), { from: { offset: 0 }, limit: 100, filter: parseFilter(filter, GROUP) })
  const inGroup = parseFilter(`groups eq "${id}"`, USER)
  await listUsers(db, caller(), { from: { offset: 0 }, limit: 100, filter: inGroup })
  while ((await fanOutBatch(db, 100)) !== undefined);
  await deleteGroup(operations, caller(), { id, check })
  await fanOutBatch(db, 100)

  expect(new Set(asked.map(({ text }) => text)).size).toBeGreaterThanOrEqual(15)
  expect(await sequentialScans(world.db, asked, BIG)).toEqual([])
})
