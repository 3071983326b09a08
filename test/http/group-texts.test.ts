import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGroupTexts } from '../../src/http/scim/group-texts.ts'
import { createGroup } from '../../src/operations/create-group.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { GROUP, USER } from '../../src/scim/schema/resource-type.ts'
import { changeMembers } from '../../src/store/group-members.ts'
import { readGroup } from '../../src/store/views/groups.ts'
import { caller, openTestWorld, tenant, type TestWorld } from '../store/world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme')])
})
afterAll(() => world.close())

test('nothing is held of a group whose member was getting another name as it became a member', async () => {
  const reading = { unknownMembers: 'refuse', note: () => undefined, baseUrl: '' } as const
  const group = await createGroup(world.operations, caller(), {
    document: { displayName: 'Sales' },
    members: undefined,
    reading,
  })
  const user = await createUser(world.operations, caller(), { userName: 'ada', active: true })
  if (!group.ok || !user.ok) throw new Error('not made')
  const texts = openGroupTexts()
  const asked = async (): Promise<string | undefined> => {
    const now = await readGroup(world.db, caller(), group.value.id)
    if (now === undefined) throw new Error('it has gone')
    const shown = { db: world.db, world: caller(), type: GROUP, baseUrl: '', projection: undefined }
    return (await texts.whole(shown, now))?.toString()
  }
  const operations = parsePatch({ Operations: [{ op: 'replace', path: 'userName', value: 'bea' }] }, USER)
  await world.db.transaction(async (tx) => {
    const context = { ...world.operations, db: { ...world.db, query: tx.query.bind(tx) } }
    await patchUser(context, caller(), { id: user.value.id, operations, note: () => {} })
    const join = { id: group.value.id, at: new Date(), actor: 'test', kind: 'group.patched' }
    await changeMembers(world.db, caller(), { ...join, add: [user.value.id], remove: [] })
    await asked()
  })
  expect(await asked()).toContain('"display":"bea"')
  expect(await asked()).toContain('"display":"bea"')
})
