// Decides that no request makes native SCIM fail, and that whatever is asked of it in whatever order and under whatever
// switches, what it shows is what is stored, and nothing happens to anybody else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call, type Row } from '../caller.ts'
import { stateOf } from '../switch-case.ts'
import { createBy, enable, patchBy, resource, SCIM, searchBy } from '../switch-cases-scim.ts'
import { defaultSwitches, type SwitchName, SWITCHES, type SwitchValue } from '../switches.ts'
import { testCaller } from '../test-caller.ts'
import { OPTIONAL } from './account.ts'
import { NICE } from './show-user.ts'
import { SCIM_SWITCHES } from './switches.ts'

const sim = testCaller({ users: 12, before: (fresh) => fresh.control('PUT', '/switches', defaultSwitches()) })

/** Any but those that take the service away. */
const SETTABLE = (Object.keys(SCIM_SWITCHES) as SwitchName[]).filter(
  (name) => name !== 'nativeScim' && name !== 'scimAddress',
)
const someSwitches = fc
  .tuple(...SETTABLE.map((name) => fc.constantFrom<SwitchValue>(...SWITCHES[name].values)))
  .map((values) => Object.fromEntries(SETTABLE.map((name, index) => [name, values[index]])))

const name = fc.integer({ min: 1, max: 3 }).map((number) => `scim.${number}@alpenglow.example`)
const text = fc.string({ minLength: 1, maxLength: 12 }).map((said) => `x${said}`)
const operation = fc.oneof(
  fc.record({ path: fc.constant('active'), value: fc.constantFrom<unknown>('true', 'false', true, false) }),
  fc.record({ path: fc.constant('userName'), value: name }),
  fc.record({ path: fc.constantFrom('name.familyName', 'userType', 'displayName', 'timezone'), value: text }),
)
const step = fc.oneof(
  fc.record({ do: fc.constant('create' as const), userName: name, active: fc.boolean() }),
  fc.record({ do: fc.constant('put' as const), who: fc.nat(20), userName: name, active: fc.boolean() }),
  fc.record({
    do: fc.constant('patch' as const),
    who: fc.nat(20),
    operations: fc.array(operation, { minLength: 1, maxLength: 3 }),
  }),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function take(one: Step): Promise<{ status: number; id: string | undefined }> {
  if (one.do === 'create') {
    const { userName, active } = one
    const { status, body } = await createBy(sim, { userName, active })
    return { status, id: body.id }
  }
  const { users } = await stateOf(sim)
  const { id = '' } = users[one.who % users.length] ?? {}
  if (one.do === 'patch') return { status: (await patchBy(sim, id, ...one.operations)).status, id }
  const { userName, active } = one
  return { status: (await sim.api('PUT', `${SCIM}/Users/${id}`, resource({ id, userName, active }))).status, id }
}

test('whatever is asked in whatever order, it shows what is stored and touches nobody else', async () => {
  await fc.assert(
    fc.asyncProperty(someSwitches, fc.array(step, { maxLength: 6 }), async (switches, steps) => {
      await sim.control('POST', '/reset')
      await sim.set(switches)
      await sim.signIn()
      await enable(sim, ...OPTIONAL)
      for (const one of steps) {
        const before = await stateOf(sim)
        const { status, id } = await take(one)
        const after = await stateOf(sim)
        const others = (rows: readonly Row[]): Row[] => rows.filter((user) => status >= 400 || user.id !== id)
        expect(others(after.users)).toEqual(others(before.users))
        const names = after.users.map(({ userName }) => userName.toLowerCase())
        expect(new Set(names).size).toBe(names.length)
      }
      for (const user of (await stateOf(sim)).users.filter(({ status }) => status !== 'DELETED')) {
        const { body } = await sim.api('GET', `${SCIM}/Users/${user.id}`)
        expect(body).toMatchObject({ id: user.id, userName: user.userName, name: { familyName: user['lastName'] } })
        expect((await searchBy(sim, `userName eq ${JSON.stringify(user.userName)}`)).body['totalResults']).toBe(1)
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

test('no body makes it fail', async () => {
  const names = ['schemas', 'Operations', 'userName', 'name', 'emails', 'active', 'roles', 'id', NICE, '__proto__']
  const paths = ['active', 'emails', `${NICE}:team`, 'name.givenName', 'roles', '', 'name', NICE, 'constructor']
  const patch = fc.record({
    schemas: fc.constant(['x']),
    Operations: fc.array(fc.record({ path: fc.constantFrom(...paths), value: fc.jsonValue() }), { maxLength: 2 }),
  })
  const aBody = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom(...names), fc.jsonValue()),
    patch,
    fc.dictionary(fc.constantFrom(...names), fc.jsonValue()).map((change) => resource(change)),
  )
  const switches = {
    ...Object.fromEntries(SETTABLE.map((one) => [one, SWITCHES[one].values.at(-1)])),
    scimErrorBody: 'scim',
  }
  await enable(sim, ...OPTIONAL)
  const { users } = await stateOf(sim)
  const routes = ['POST /Users', `PUT /Users/${users[5]?.id}`, `PATCH /Users/${users[6]?.id}`]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), aBody, fc.boolean(), async (route, body, other) => {
      await sim.set(other ? switches : defaultSwitches())
      const [method = '', path = ''] = route.split(' ')
      const answer = await call(method, `${sim.apiEndpoint}${SCIM}${path}`, {
        body: JSON.stringify(body),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${sim.accessToken}`,
          'content-type': 'application/json',
        },
      })
      expect([200, 201, 204, 400, 409]).toContain(answer.status)
    }),
    { numRuns: 400 },
  )
}, 120_000)
