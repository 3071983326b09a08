// Decides that no sequence of calls, legal or not, loses a user, doubles a name or lets what is read differ from what
// is stored.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Caller, replacementFor, type Row, startCaller } from './caller.ts'
import { defaultSwitches, SWITCH_NAMES, type SwitchName, SWITCHES, type SwitchValue } from './switches.ts'

let sim: Caller

beforeAll(async () => {
  sim = await startCaller({ users: 15 })
})
afterAll(() => sim.close())

type Step =
  | { readonly do: 'create'; readonly name: string }
  | { readonly do: 'rename'; readonly who: number; readonly name: string }
  | { readonly do: 'deactivate' | 'revive' | 'invite' | 'activate' | 'lock'; readonly who: number }

const USERS = '/user-management/v1/users'
const aName = fc
  .tuple(fc.constantFrom('ann', 'Ann', 'bob', 'BOB', 'zoë'), fc.constantFrom('@a.example', '@A.example'))
  .map((parts) => parts.join(''))
const who = fc.nat(30)
const aStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), name: aName }),
  fc.record({ do: fc.constant('rename' as const), who, name: aName }),
  fc.record({
    do: fc.constantFrom(
      'deactivate' as const,
      'revive' as const,
      'invite' as const,
      'activate' as const,
      'lock' as const,
    ),
    who,
  }),
)
const someSwitches: fc.Arbitrary<Partial<Record<SwitchName, SwitchValue>>> = fc
  .uniqueArray(
    fc.constantFrom(
      ...SWITCH_NAMES.filter((name) => !['deletedHoldsName', 'readLagMs', 'tokensOfDeactivated'].includes(name)),
    ),
    { maxLength: 6 },
  )
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom<SwitchValue>(...SWITCHES[name].values)]))),
  )

async function take(step: Step, users: readonly Row[]): Promise<void> {
  if (step.do === 'create') {
    await sim.api('POST', USERS, {
      firstName: 'A',
      lastName: 'B',
      emailAddress: step.name,
      userName: step.name,
      role: 'Agent',
    })
    return
  }
  const { id } = users[step.who % users.length]!
  if (step.do === 'rename') {
    const read = (await sim.api('GET', `/user-management/v3/users/${id}`)).body.user
    await sim.api('PUT', USERS, { ...replacementFor(read ?? { id }), userName: step.name })
  } else if (step.do === 'deactivate') await sim.api('POST', `${USERS}/deactivate`, { userIds: [id, id] })
  else if (step.do === 'revive') await sim.api('POST', `${USERS}/${id}/revive`)
  else if (step.do === 'invite')
    await sim.api('POST', '/user-management/v2/users/inviteById', { inviteUserIds: [id], senderUserId: users[0]!.id })
  else await sim.control('POST', `/users/${id}/${step.do}`)
}

const stateUsers = async (): Promise<Row[]> => (await sim.control('GET', '/state')).body.users

test('whatever is called in whatever order, names stay unique, nobody is lost, states stay legal', async () => {
  await fc.assert(
    fc.asyncProperty(someSwitches, fc.array(aStep, { minLength: 5, maxLength: 16 }), async (switches, steps) => {
      await sim.control('PUT', '/switches', { ...defaultSwitches(), ...switches })
      await sim.control('POST', '/reset')
      await sim.signIn()
      let before = await stateUsers()
      for (const step of steps) {
        await take(step, before)
        const after = await stateUsers()
        expect(after.map(({ id }) => id).slice(0, before.length)).toEqual(before.map(({ id }) => id))
        expect(after.length - before.length).toBeLessThanOrEqual(step.do === 'create' ? 1 : 0)
        before = after
      }
      expect(new Set(before.map(({ userName }) => userName.toLowerCase())).size).toBe(before.length)
      for (const user of before) {
        expect(user.status === 'DELETED').toBe(user['deletedDate'] !== null)
        expect(user.status !== 'ACTIVE' || switches.reviveStatus === 'active' || user['activatedOnce']).toBe(true)
      }
      expect(before[0]!.status).not.toBe('DELETED')
    }),
    { numRuns: 15 },
  )
})

test('what is read is what is stored, by id, by name and in the list', async () => {
  await sim.control('PUT', '/switches', defaultSwitches())
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 3, maxLength: 15 }), async (steps) => {
      await sim.control('POST', '/reset')
      await sim.signIn()
      for (const step of steps) await take(step, await stateUsers())
      const state = await stateUsers()
      const listed = (await sim.api('GET', `${USERS}?includeDeleted=true`)).body.users
      expect(listed.map(({ id }) => id)).toEqual(state.map(({ id }) => id))
      for (const [index, user] of state.entries()) {
        const byId = (await sim.api('GET', `/user-management/v3/users/${user.id}`)).body.user
        const byName = (
          await sim.api('POST', '/user-management/v2/users/search', { filter: { userName: [user.userName] } })
        ).body
        expect(byName.users.map(({ id }) => id)).toEqual([user.id])
        for (const row of [byId, listed[index]!, byName.users[0]!]) expect(user).toMatchObject(row)
      }
    }),
    { numRuns: 5 },
  )
})

const SAFE = [
  'POST /user-management/v1/users',
  'PUT /user-management/v1/users',
  'POST /user-management/v1/users/deactivate',
  'POST /user-management/v2/users/search',
  'POST /user-management/v2/users/inviteById',
  'POST /user-management/v2/users/inviteByEmail',
  'POST /authorization/v1/roles/search',
  'POST /user-management/v4/teams/search',
  'POST /user-management/v3/teams',
]

test('no body makes the service fail', async () => {
  await sim.control('POST', '/reset')
  await sim.signIn()
  const names = [
    'id',
    'firstName',
    'lastName',
    'emailAddress',
    'userName',
    'role',
    'userIds',
    'filter',
    'operations',
    'orderBy',
    'skip',
    'top',
    'fields',
    'page',
    'name',
    'status',
    'inviteUserIds',
    'senderUserId',
    'emailAddressesList',
    'senderEmail',
    'customAttributes',
    'views',
    '__proto__',
    'constructor',
  ]
  const aBody = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), fc.jsonValue()))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...SAFE), aBody, async (route, body) => {
      const [method, path] = route.split(' ') as [string, string]
      const headers = {
        accept: 'application/json',
        'content-type': 'application/json',
        authorization: `Bearer ${sim.accessToken}`,
      }
      const { status } = await call(method, `${sim.apiEndpoint}${path}`, { body: JSON.stringify(body), headers })
      expect([200, 400, 404]).toContain(status)
    }),
    { numRuns: 200 },
  )
})
