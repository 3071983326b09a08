// Decides that the control API sees and changes what its readme says, and is itself never touched by trouble.
import { expect, test } from 'vitest'
import { somebody } from './caller.ts'
import { testCaller } from './test-caller.ts'

let now = Date.parse('2026-03-01T10:00:00Z')
const sim = testCaller({ users: 30, now: () => now })

const LIST = '/user-management/v1/users'
const status = async (path = LIST): Promise<number> => (await sim.api('GET', path)).status
const fault = (effect: unknown, rest: Record<string, unknown> = {}) =>
  sim.control('POST', '/faults', { faults: [{ effect, ...rest }] })

test('state shows everything stored, tokens, mails and calls by route', async () => {
  await sim.api('POST', LIST, somebody())
  await sim.api('GET', `${LIST}/nobody`)
  const { body } = await sim.control('GET', '/state')
  expect(body.users).toHaveLength(31)
  expect(body.users[30]).toMatchObject({
    userName: somebody()['userName'],
    role: 'Agent',
    billable: true,
    rank: null,
    activatedOnce: false,
  })
  expect([body.roles.length, body.mails, body['tokensIssued']]).toEqual([9, [], 1])
  expect(body.calls.byRoute).toMatchObject({
    'POST /authentication/v1/token/access-key': 1,
    'POST /user-management/v1/users': 1,
    'GET /user-management/v1/users/:userId': 1,
  })
  expect(JSON.stringify(body)).not.toContain(sim.simulator.accessKeySecret)
})

test('calls are numbered, complete and can be read on from the last number', async () => {
  const { uuid } = (await sim.api('POST', LIST, somebody())).body
  const last = (await sim.control('GET', '/calls')).rows.at(-1)
  expect(last).toMatchObject({
    method: 'POST',
    status: 200,
    userId: uuid,
    correlationId: expect.any(String),
    at: new Date(now).toISOString(),
  })
  expect(last!.path).toMatch(/\/user-management\/v1\/users$/)
  await sim.api('GET', `${LIST}/${uuid}?fields=x`)
  await sim.issuer('GET', '/nothing')
  const more = (await sim.control('GET', `/calls?since=${last!.seq}`)).rows
  expect(more.map((call) => [call.seq - last!.seq, call['method'], call['status'], call.userId])).toEqual([
    [1, 'GET', 200, uuid],
    [2, 'GET', 404, undefined],
  ])
  expect((await sim.control('GET', `/calls?since=${last!.seq}&limit=1`)).rows).toEqual(more.slice(0, 1))
  expect((await sim.control('GET', '/calls?since=x')).status).toBe(400)
})

test('switches are read, changed all or none, and explained', async () => {
  const before = (await sim.control('GET', '/switches')).body
  const bad = await sim.control('PUT', '/switches', { putMissing: 'keeps', roleEcho: 'colour' })
  expect([bad.status, bad.body.error]).toEqual([400, 'switch "roleEcho" cannot be "colour"; allowed: name, id'])
  expect((await sim.control('PUT', '/switches', { nothing: 1 })).body.error).toContain('there are: ')
  expect((await sim.control('GET', '/switches')).body).toEqual(before)
  expect((await sim.control('PUT', '/switches', { putMissing: 'keeps' })).body).toEqual({
    ...before,
    putMissing: 'keeps',
  })
  await sim.set({ putMissing: 'clears' })
  const table = (await sim.control('GET', '/switches/table')).rows
  expect(table).toContainEqual(
    expect.objectContaining({ name: 'putMissing', default: 'clears', values: ['clears', 'keeps'], facts: '9.10' }),
  )
})

test('a fault answers with status, headers and body for as many calls as it says', async () => {
  await fault(
    { status: 503, headers: { 'x-why': 'test' }, body: { hello: 1 } },
    { times: 2, match: { method: 'get', path: '^/user-management/v1/users$' } },
  )
  const first = await sim.api('GET', LIST)
  expect([first.status, first.headers.get('x-why'), first.body]).toEqual([503, 'test', { hello: 1 }])
  expect((await sim.api('POST', '/user-management/v2/users/search')).status).toBe(200)
  expect([await status(), await status()]).toEqual([503, 200])
})

test('the first fault that matches counts, a match on the whole path too, and DELETE ends them all', async () => {
  const faults = [
    { match: { path: '/authentication/' }, effect: { status: 500, body: 'down' } },
    { match: { path: '^/api-na1/' }, effect: { status: 418 } },
    { effect: { status: 502 } },
  ]
  await sim.control('POST', '/faults', { faults })
  expect((await sim.issuer('POST', '/authentication/v1/token/access-key', {})).text).toBe('down')
  expect([await status(), (await sim.issuer('GET', '/auth/jwks')).status]).toEqual([418, 502])
  expect((await sim.control('GET', '/faults')).body['faults']).toEqual(faults)
  expect((await sim.control('DELETE', '/faults')).body['faults']).toEqual([])
  expect(await status()).toBe(200)
})

test('an outage cuts every connection until its time is up, and is recorded as status 0', async () => {
  await fault({ drop: true }, { seconds: 20 })
  const { seq } = (await sim.control('GET', '/calls')).rows.at(-1)!
  await expect(sim.api('GET', LIST)).rejects.toThrow('fetch failed')
  await expect(sim.issuer('GET', '/anything')).rejects.toThrow('fetch failed')
  expect((await sim.control('GET', `/calls?since=${seq}`)).rows.map((call) => call['status'])).toEqual([0, 0])
  now += 20_001
  expect(await status()).toBe(200)
})

test('a fault after the work loses or spoils the answer, not the work', async () => {
  await fault({ drop: true, after: true }, { times: 1, match: { method: 'POST' } })
  await expect(sim.api('POST', LIST, somebody(1))).rejects.toThrow('fetch failed')
  await fault({ status: 504, after: true, body: { gone: true } }, { times: 1, match: { method: 'POST' } })
  const spoiled = await sim.api('POST', LIST, somebody(2))
  expect([spoiled.status, spoiled.body]).toEqual([504, { gone: true }])
  const names = (await sim.control('GET', '/state')).body.users.map(({ userName }) => userName)
  expect(names.slice(-2)).toEqual([somebody(1)['userName'], somebody(2)['userName']])
})

test('an answer that is cut in its middle was an answer all the same, and the work may be done', async () => {
  await fault({ truncate: true, after: true }, { times: 1, match: { method: 'POST' } })
  await expect(sim.api('POST', LIST, somebody(3))).rejects.toThrow('terminated')
  const names = (await sim.control('GET', '/state')).body.users.map(({ userName }) => userName)
  expect(names.at(-1)).toBe(somebody(3)['userName'])
  await fault({ truncate: true }, { times: 1 })
  await expect(sim.api('GET', LIST)).rejects.toThrow('terminated')
})

test('a fault with only a delay lets the call through', async () => {
  await fault({ delayMs: 5 }, { times: 1 })
  expect(await status()).toBe(200)
})

test.each([
  [{}, 'faults is missing'],
  [{ faults: {} }, 'must be a list'],
  [{ faults: [{}] }, 'faults[0].effect'],
  [{ faults: [{ effect: {} }] }, 'does nothing'],
  [{ faults: [{ effect: { status: 99 } }] }, 'from 200 to 599'],
  [{ faults: [{ effect: { status: 500 }, match: { path: '(' } }] }, 'faults[0].match.path'],
  [{ faults: [{ effect: { status: 500 }, match: { verb: 'GET' } }] }, 'unknown key "verb"'],
  [{ faults: [{ effect: { status: 500 }, times: -1 }] }, 'faults[0].times'],
  [{ faults: [{ effect: { drop: 'yes' } }] }, 'faults[0].effect.drop'],
  [{ faults: [{ effect: { status: 500, headers: { a: 1 } } }] }, 'faults[0].effect.headers.a'],
])('the bad fault %j is refused and named', async (body, named) => {
  const answer = await sim.control('POST', '/faults', body)
  expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(named)])
  expect(await status()).toBe(200)
})

test('a limit lets a burst through and then so many a second, with Retry-After only when set', async () => {
  await sim.control('PUT', '/limits', { requestsPerSecond: 2, burst: 3, retryAfter: null })
  const burst = [await status(), await status(), await status(), await status()]
  expect(burst).toEqual([200, 200, 200, 429])
  expect((await sim.api('GET', LIST)).headers.has('retry-after')).toBe(false)
  now += 1000
  expect([await status(), await status(), await status()]).toEqual([200, 200, 429])
  await sim.control('PUT', '/limits', { requestsPerSecond: 0, burst: 0, retryAfter: 7 })
  const refused = await sim.api('GET', LIST)
  expect([refused.status, refused.headers.get('retry-after'), refused.body.error]).toEqual([
    429,
    '7',
    'Too Many Requests',
  ])
  expect((await sim.control('GET', '/limits')).body).toEqual({ requestsPerSecond: 0, burst: 0, retryAfter: 7 })
  await sim.control('PUT', '/limits', { requestsPerSecond: null })
  expect(await status()).toBe(200)
  expect((await sim.control('PUT', '/limits', { requestsPerSecond: -1 })).status).toBe(400)
})

test('latency is kept and refused when it is nonsense', async () => {
  expect((await sim.control('PUT', '/latency', { ms: 3 })).body).toEqual({ ms: 3 })
  expect([await status(), (await sim.control('GET', '/latency')).body]).toEqual([200, { ms: 3 }])
  expect((await sim.control('PUT', '/latency', { ms: 'slow' })).body.error).toContain('ms')
})

test('expired tokens are 401 until the next sign-in', async () => {
  expect((await sim.control('POST', '/tokens/expire')).body).toEqual({ expired: 1 })
  expect(await status()).toBe(401)
  await sim.signIn()
  expect(await status()).toBe(200)
})

test('a right that is taken away is missed at once, and an unknown right is refused', async () => {
  expect((await sim.control('PUT', '/service-role', { permissions: ['roles.view'] })).status).toBe(200)
  expect(await status()).toBe(403)
  expect((await sim.control('PUT', '/service-role', { permissions: ['fly'] })).body.error).toContain('employees.view')
})

test('a role is made active or inactive by its name, and nothing else is', async () => {
  const named = async () =>
    (await sim.control('GET', '/state')).body.roles.find(
      (role: { readonly [key: string]: unknown }) => role['roleName'] === 'Floor Walker',
    )
  expect((await sim.control('PUT', '/role', { roleName: 'floor walker', status: 'ACTIVE' })).status).toBe(200)
  expect(await named()).toMatchObject({ status: 'ACTIVE' })
  expect((await sim.control('PUT', '/role', { roleName: 'Floor Walker', status: 'GONE' })).status).toBe(400)
  expect((await sim.control('PUT', '/role', { roleName: 'Nobody', status: 'ACTIVE' })).body.error).toContain('Nobody')
  expect(await named()).toMatchObject({ status: 'ACTIVE' })
})

test('stored fields can be changed behind the back of everybody', async () => {
  const { users } = (await sim.control('GET', '/state')).body
  const [one, other] = [users[10]!, users[11]!]
  const changed = await sim.control('PUT', `/users/${one.id}`, {
    lastName: 'Drift',
    rank: 9,
    userName: 'drift@alpenglow.example',
  })
  expect(changed.body).toEqual({ ...one, lastName: 'Drift', rank: 9, userName: 'drift@alpenglow.example' })
  const found = await sim.api('POST', '/user-management/v2/users/search', {
    filter: { userName: ['drift@alpenglow.example'] },
  })
  expect(found.body.users.map(({ id }) => id)).toEqual([one.id])
  expect((await sim.control('PUT', `/users/${one.id}`, { id: 'x' })).body.error).toContain('unknown key "id"')
  expect((await sim.control('PUT', `/users/${one.id}`, { shoeSize: 42 })).status).toBe(400)
  expect((await sim.control('PUT', `/users/${one.id}`, { userName: other.userName })).body.error).toContain('taken')
  expect((await sim.control('PUT', '/users/nobody', {})).status).toBe(404)
})

test('activate and lock refuse what the person could not do', async () => {
  const { users } = (await sim.control('GET', '/state')).body
  const gone = users.find((user) => user.status === 'DELETED')!
  expect((await sim.control('POST', `/users/${gone.id}/activate`)).body.error).toContain('revive')
  expect((await sim.control('POST', `/users/${gone.id}/lock`)).status).toBe(400)
  expect((await sim.control('POST', '/users/nobody/lock')).status).toBe(404)
})

test('with a read lag, list and search show a write when the lag is over, reads by id at once', async () => {
  await sim.set({ readLagMs: 5000 })
  const { users } = (await sim.control('GET', '/state')).body
  const old = users.find((user) => user.status === 'ACTIVE' && user['role'] === 'Agent')!
  const { uuid } = (await sim.api('POST', LIST, somebody())).body
  await sim.api('POST', `${LIST}/deactivate`, { userIds: [old.id] })
  const seen = async (id: string) => {
    const searched = (await sim.api('POST', '/user-management/v2/users/search', { filter: { id: [id] } })).body.users
    const listed = (await sim.api('GET', `${LIST}?includeDeleted=true`)).body.users.find((row) => row.id === id)
    const read = (await sim.api('GET', `/user-management/v3/users/${id}`)).body.user
    return [searched[0]?.status, listed?.status, read.status]
  }
  expect(await seen(uuid)).toEqual([undefined, undefined, 'UNREGISTERED'])
  expect(await seen(old.id)).toEqual(['ACTIVE', 'ACTIVE', 'DELETED'])
  now += 5000
  expect(await seen(uuid)).toEqual(['UNREGISTERED', 'UNREGISTERED', 'UNREGISTERED'])
  expect(await seen(old.id)).toEqual(['DELETED', 'DELETED', 'DELETED'])
  await sim.set({ readLagMs: 0 })
})

test('reset starts afresh and keeps key, tenant and switches', async () => {
  await sim.set({ roleEcho: 'id' })
  await fault({ status: 500 })
  await sim.control('PUT', '/limits', { requestsPerSecond: 0, burst: 0 })
  expect((await sim.control('POST', '/reset', { users: 12, seed: 4 })).body).toEqual({ users: 12, seed: 4 })
  expect(await status()).toBe(401)
  await sim.signIn()
  const state = (await sim.control('GET', '/state')).body
  expect([state.users.length, state.calls.total]).toEqual([12, 2])
  expect(state.calls.byRoute).toEqual({
    'GET /user-management/v1/users': 1,
    'POST /authentication/v1/token/access-key': 1,
  })
  expect(await status()).toBe(200)
  expect((await sim.control('GET', '/switches')).body['roleEcho']).toBe('id')
  await sim.set({ roleEcho: 'name' })
  expect((await sim.control('POST', '/reset')).body).toEqual({ users: 12, seed: 4 })
  expect((await sim.control('POST', '/reset', { people: 1 })).status).toBe(400)
})

test('the control API stays up in an outage', async () => {
  await fault({ drop: true })
  await sim.control('PUT', '/limits', { requestsPerSecond: 0, burst: 0 })
  expect((await sim.control('GET', '/state')).status).toBe(200)
  expect((await sim.control('GET', '/nothing')).status).toBe(404)
})
