/**
 * What is kept beside the documents says what the documents say, whoever comes, changes, goes, comes back, is refused, is
 * shown or hidden: addresses, keys and totals, and what tells a text of a group from the next.
 */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { userNameKey } from '../../src/identity/user-name.ts'
import { createGroup } from '../../src/operations/create-group.ts'
import { createUser } from '../../src/operations/create-user.ts'
import type { Caller, OperationContext } from '../../src/operations/context.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { replaceUser } from '../../src/operations/replace-user.ts'
import { columnsOf } from '../../src/operations/user-columns.ts'
import type { UserDocument } from '../../src/scim/resource.ts'
import { leaseReading } from '../../src/store/account-readings.ts'
import { acceptAllOfApp, takeBack } from '../../src/store/confirmations.ts'
import { changeMembers } from '../../src/store/group-members.ts'
import { leaseDeliveries } from '../../src/store/leases.ts'
import { hideAccounts, showAccounts, type Reading } from '../../src/store/shown-accounts.ts'
import { readGroup } from '../../src/store/views/groups.ts'
import { readMembersText } from '../../src/store/views/members.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

let world: TestWorld
let reading: Reading
beforeAll(async () => {
  world = await openTestWorld()
  const acme = tenant('acme', ['cxone'])
  const connections = acme.connections.map((one) => ({ ...one, showAccountsOf: ['cxone'] }))
  await world.declare([{ ...acme, connections }])
  const leased = await leaseReading(world.db, { keys: [APP], token: randomUUID() })
  if (leased === undefined) throw new Error('no reading was due')
  reading = leased
})
afterAll(() => world.close())

const text = fc.constantFrom('Ada', 'ADA', 'Éva', 'x'.repeat(250), 'x'.repeat(199) + 'É', '')
const someone = fc.constantFrom('ada', 'Ada', 'bea', 'cyd')
const document: fc.Arbitrary<UserDocument> = fc
  .record({
    userName: someone,
    title: fc.option(text, { nil: undefined }),
    department: fc.option(text, { nil: undefined }),
    emails: fc.array(text, { maxLength: 3 }),
  })
  .map(({ userName, title, department, emails }) => ({
    userName,
    active: true,
    ...(title === undefined ? {} : { title }),
    ...(department === undefined ? {} : { [ENTERPRISE]: { department } }),
    ...(emails.length === 0 ? {} : { emails: emails.map((value, n) => ({ value, type: `t${n}` })) }),
  }))
const whom = fc.nat(30)
const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('create' as const, 'create refused' as const, 'create taken' as const), document }),
  fc.record({ kind: fc.constantFrom('replace' as const, 'replace refused' as const), whom, document }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'join' as const, 'leave' as const), whom }),
  fc.record({ kind: fc.constant('show' as const), account: fc.nat(2), document }),
  fc.record({ kind: fc.constant('hide' as const), account: fc.nat(2) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Whoever waits is refused, or taken. */
function decided(how: 'refused' | 'taken'): { context: OperationContext; who: Caller } {
  const wait = async (): Promise<void> => {
    const { rows } = await world.db.query<{ identity_id: string; version: number }>(
      'select identity_id, version from confirmation',
    )
    const leased = await leaseDeliveries(world.db, APP, { limit: 100, token: randomUUID() })
    const delivery = leased.find(({ identity }) => identity === rows[0]?.identity_id)
    const refusal = { version: rows[0]?.version ?? 0, cause: 'value-invalid', detail: 'no' } as const
    if (how === 'taken' || delivery === undefined || !(await takeBack(world.db, delivery, refusal)))
      await acceptAllOfApp(world.db, APP)
    await world.db.query('update delivery set lease_until = null, lease_token = null')
  }
  const answers = { ...world.operations.answers, wait }
  return { context: { ...world.operations, answers }, who: { ...caller(), confirm: { seconds: 60 } } }
}

async function doStep(asked: Step, group: string): Promise<unknown> {
  if ('whom' in asked) return doToOne(asked, group)
  const { context, who } = decided(asked.kind === 'create refused' ? 'refused' : 'taken')
  switch (asked.kind) {
    case 'create':
      return createUser(world.operations, caller(), asked.document)
    case 'create refused':
    case 'create taken':
      return createUser(context, who, asked.document)
    case 'show': {
      const { userName } = asked.document
      const { title: _, [ENTERPRISE]: __, ...shown } = asked.document
      const emails = Array.isArray(shown['emails']) ? { emails: shown['emails'].slice(0, 1) } : {}
      const account = {
        account: `a${asked.account}`,
        id: randomUUID(),
        userName,
        userNameKey: userNameKey(userName),
        active: true,
        document: { ...shown, ...emails },
      }
      return showAccounts(world.db, reading, { connection: 'okta', accounts: [account], at: new Date() })
    }
    case 'hide':
      return hideAccounts(world.db, reading, [`a${asked.account}`])
  }
}

async function doToOne(asked: Extract<Step, { whom: number }>, group: string): Promise<unknown> {
  const { rows } = await world.db.query<{ id: string }>(
    'select id from identity where deleted_at is null and not undecided order by seq',
  )
  const id = rows.length === 0 ? undefined : rows[asked.whom % rows.length]?.id
  if (id === undefined) return undefined
  const { context, who } = decided('refused')
  const members = { id: group, at: new Date(), actor: 'test', kind: 'group.patched' }
  switch (asked.kind) {
    case 'replace':
      return replaceUser(world.operations, caller(), { id, replacement: () => asked.document })
    case 'replace refused':
      return replaceUser(context, who, { id, replacement: () => asked.document })
    case 'delete':
      return deleteUser(world.operations, caller(), id)
    case 'join':
      return changeMembers(world.db, caller(), { ...members, add: [id], remove: [] })
    case 'leave':
      return changeMembers(world.db, caller(), { ...members, add: [], remove: [id] })
  }
}

interface Kept {
  document: UserDocument
  title_key: string | null
  department_key: string | null
  emails: string[]
  there: boolean
  deleted: boolean
}

async function expectAgreement(): Promise<void> {
  const { rows } = await world.db.query<Kept>(`
    select identity.document, identity.title_key, identity.department_key,
           identity.deleted_at is null and not identity.undecided as there, identity.deleted_at is not null as deleted,
           array(select value_key from identity_email where identity_email.identity_id = identity.id) as emails
    from identity`)
  for (const row of rows) {
    if (row.deleted) {
      expect(row.emails).toEqual([])
      continue
    }
    const { titleKey, departmentKey, emailKeys } = columnsOf(row.document)
    expect(row.emails.toSorted()).toEqual([...emailKeys].toSorted())
    expect([row.title_key, row.department_key]).toEqual([titleKey, departmentKey])
  }
  const { total } = await listUsers(world.db, caller(), { from: { offset: 0 }, limit: 0 })
  expect(total).toBe(rows.filter(({ there }) => there).length)
}

test('after anything that happens to people', async () => {
  let groups = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await world.db.query('truncate identity, delivery, link, event, confirmation, membership cascade')
      const created = await createGroup(world.operations, caller(), {
        document: { displayName: `Group ${++groups}` },
        members: undefined,
        reading: { unknownMembers: 'refuse', note: () => undefined, baseUrl: '' },
      })
      const group = created.ok ? created.value.id : ''
      const texts = new Map<string, string>()
      for (const asked of steps) {
        await doStep(asked, group)
        await expectAgreement()
        const { version, names } = (await readGroup(world.db, caller(), group)) ?? {}
        const query = { group, parts: ['value', 'display'], baseUrl: '', limit: 100 } as const
        const members = (await readMembersText(world.db, caller(), query)).text
        const before = texts.get(`${version}.${names}`) ?? members
        expect(members).toBe(before)
        texts.set(`${version}.${names}`, members)
      }
    }),
    {
      numRuns: 15,
      examples: [
        [
          [
            { kind: 'show', account: 0, document: { userName: 'ada', active: true } },
            { kind: 'join', whom: 0 },
            { kind: 'show', account: 0, document: { userName: 'Ada', active: true } },
          ],
        ],
      ],
    },
  )
})
