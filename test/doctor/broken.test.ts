/** The doctor of CXone against set-ups that are broken, each in one way: it names the cause, and nothing but the cause. */
import { createServer as createHttps } from 'node:https'
import { createServer, type RequestListener, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeCertificate, noOpenssl } from '../running/certificates.ts'
import { openDoctorWorld, type DoctorWorld, type Examined } from './world.ts'

let world: DoctorWorld
const servers: Server[] = []
beforeAll(async () => {
  world = await openDoctorWorld()
})
afterAll(() => world.close())
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  await world.reset()
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const serve = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(answer))}`

const issuer = (): string => String(world.cxone.app['issuer'])

/** The simulator behind somebody who alters what it answers. */
async function between(
  alter: (path: string, answer: Response, text: string) => { text?: string; headers?: object },
): Promise<string> {
  return serve((from, to) => {
    const chunks: Buffer[] = []
    from.on('data', (chunk: Buffer) => chunks.push(chunk))
    from.on('end', () => {
      const { host: _, connection: _c, 'content-length': _l, ...headers } = from.headers
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }
      void fetch(issuer() + (from.url ?? ''), {
        method: from.method ?? 'GET',
        headers: headers as Record<string, string>,
        ...body,
      })
        .then(async (answer) => {
          const text = await answer.text()
          const altered = alter(from.url ?? '', answer, text)
          to.writeHead(answer.status, {
            'content-type': answer.headers.get('content-type') ?? 'application/json',
            date: answer.headers.get('date') ?? '',
            ...altered.headers,
          })
          to.end(altered.text ?? text)
        })
        .catch(() => to.destroy())
    })
  })
}

const isRead = ({ method, path }: { method: string; path: string }): boolean =>
  method === 'GET' || /\/search$|\/token\/access-key$/.test(path.split('?')[0] ?? '')

/** Nothing written, few calls, and what lies behind the cause is not blamed. */
function expectCause(examined: Examined, causes: readonly string[]): void {
  expect(examined.bad).toEqual(causes)
  expect(examined.ok).toBe(causes.length === 0)
  expect(examined.calls).toBeLessThanOrEqual(20)
  expect(examined.seen.length).toBeLessThanOrEqual(20)
  expect(examined.seen.filter((call) => !isRead(call))).toEqual([])
  for (const { status, blocks, fix } of examined.findings) {
    if (status === 'ok') expect([blocks, fix]).toEqual([null, null])
    else expect([typeof blocks, typeof fix]).toEqual(['string', 'string'])
  }
}

test('a set-up that is as it should be is said to be so, check by check', async () => {
  const examined = await world.examine()
  expectCause(examined, [])
  expect(examined.findings.filter(({ status }) => status !== 'ok')).toEqual([])
  expect(examined.seen).toHaveLength(examined.calls)
  expect(examined.of('key-owner').found).toMatch(/svc\.provisioning@/)
  expect(examined.of('region').found).toMatch(/area na1/)
  expect(examined.of('acd').found).toMatch(/names 20 to 34/)
  expect(examined.of('ceiling').found).toMatch(/^\d+ users .* may be \d+\.$/)
})

test('an area that there is not', async () => {
  const examined = await world.examine({ changes: { area: 'zz9', issuer: undefined } })
  expectCause(examined, ['address'])
  const { status, found, fix } = examined.of('address')
  expect([status, found]).toEqual([
    'blocked',
    expect.stringMatching(/zz9\.nice-incontact\.com .*(no host of this name|cannot be looked up)/),
  ])
  expect(fix).toMatch(/area or issuer of this app in rollcall\.yaml/)
  expect(examined.calls).toBe(1)
  expect(examined.findings.filter(({ status }) => status === 'unknown').length).toBe(examined.findings.length - 1)
})

test('an area that there is, where the tenant is in another', async () => {
  const changes = { area: 'na2', issuer: undefined, apiEndpoint: `${issuer()}/api-na1` }
  const examined = await world.examine({ connector: world.open(changes, { named: true }) })
  expectCause(examined, ['region'])
  expect(examined.of('region')).toMatchObject({
    status: 'blocked',
    found: 'The entry says area na2, but the tenant is in na1.',
    fix: expect.stringMatching(/^Write area: na1 /),
  })
})

test('a key that has expired, where CXone says so and where it does not', async () => {
  await switchOff()
  const silent = await world.examine()
  expectCause(silent, ['sign-in'])
  expect(silent.of('sign-in').found).toMatch(
    /expired, switched off or deleted, or .*deactivated; CXone does not say which/,
  )
  await world.cxone.control('PUT', '/switches', { keyRefusal: 'told' })
  const told = await world.examine()
  expectCause(told, ['sign-in'])
  expect(told.of('sign-in').found).toMatch(/^The access key has expired or was switched off\./)
  expect(told.of('sign-in').fix).toMatch(/add a new key/)
  expect(told.of('employees-view')).toMatchObject({ status: 'unknown', found: 'Not checked, since signing in failed.' })
})

test('the owner of the key is deactivated, where CXone says so', async () => {
  await world.cxone.control('PUT', '/switches', { keyRefusal: 'told' })
  await world.cxone.control('PUT', `/users/${await serviceUser()}`, { status: 'DELETED' })
  const examined = await world.examine()
  expectCause(examined, ['sign-in'])
  expect(examined.of('sign-in').found).toMatch(/^The employee that the access key belongs to is deactivated/)
})

test('the owner of the key is deactivated, and a token that still works shows it', async () => {
  await world.cxone.control('PUT', '/switches', { tokensOfDeactivated: 'live' })
  const connector = world.open()
  await connector.self()
  await world.cxone.control('PUT', `/users/${await serviceUser()}`, { status: 'DELETED' })
  const examined = await world.examine({ connector })
  expectCause(examined, ['sign-in', 'key-owner'])
  expect(examined.of('key-owner').found).toMatch(/svc\.provisioning@.*, whose status is DELETED/)
})

test('a key whose role may not create employees, told without creating one', async () => {
  await without('employees.create')
  const examined = await world.examine()
  expectCause(examined, ['employees-create'])
  expect(examined.of('employees-create')).toMatchObject({
    status: 'missing',
    blocks: 'Creating accounts.',
    fix: expect.stringMatching(/Admin → Employees: Create/),
  })
  expect(examined.of('employees-edit').status).toBe('ok')
})

test('a key whose role may not see employees', async () => {
  // To create or to edit comes with seeing them.
  await without('employees.view', 'employees.create', 'employees.edit')
  const examined = await world.examine()
  expectCause(examined, ['employees-view'])
  expect(examined.of('employees-view').fix).toMatch(/Admin → Employees: View/)
  expect(examined.of('employees-create').status).toBe('unknown')
})

test('a tenant without a role that new people could have: not there, and there as a draft', async () => {
  const absent = await world.examine({ changes: { defaults: { role: 'Agent of the Month', team: 'Default Team' } } })
  expectCause(absent, ['role'])
  expect(absent.of('role')).toMatchObject({ status: 'missing', found: 'The role Agent of the Month is not there.' })
  await world.cxone.control('PUT', '/role', { roleName: 'Agent', status: 'DRAFT' })
  const draft = await world.examine({ changes: { defaults: {} } })
  expectCause(draft, ['role'])
  expect(draft.of('role')).toMatchObject({
    status: 'blocked',
    found: expect.stringMatching(/^The role Agent, .* is DRAFT/),
  })
})

test('an ACD that does not answer', async () => {
  await fault({ path: 'incontactapi' }, { status: 503 })
  const down = await world.examine()
  expectCause(down, ['acd'])
  expect(down.of('acd').status).toBe('blocked')
  expect(down.of('skills-view').status).toBe('unknown')
  await world.cxone.control('DELETE', '/faults')
  await fault({ path: 'incontactapi' }, { status: 404 })
  expect((await world.examine()).of('acd')).toMatchObject({ status: 'missing' })
})

test('a tenant without native SCIM is said to have none, and to need none', async () => {
  for (const nativeScim of ['notFound', 'html', 'forbidden']) {
    await world.cxone.control('PUT', '/switches', { nativeScim })
    const examined = await world.examine()
    expectCause(examined, [])
    expect(examined.of('native-scim')).toMatchObject({
      status: nativeScim === 'forbidden' ? 'blocked' : 'missing',
      needed: false,
      blocks: expect.stringMatching(/^Nothing that this app does/),
    })
  }
})

test('a clock that is ten minutes behind', async () => {
  const ahead = (answer: Response) => new Date(Date.parse(answer.headers.get('date') ?? '') + 600_000).toUTCString()
  const address = await between((_path, answer) => ({ headers: { date: ahead(answer) } }))
  const examined = await world.examine({ changes: { issuer: address, apiEndpoint: `${address}/api-na1` } })
  expectCause(examined, ['clock'])
  expect(examined.of('clock').found).toBe('Our clock is 10 minutes behind CXone’s.')
  expect(examined.of('clock').fix).toMatch(/NTP/)
})

test('a proxy that answers with a page of its own, before the sign-in and behind it', async () => {
  const page = '<!DOCTYPE html><html><head><title>Guest network: sign in</title></head><body>hello</body></html>'
  const portal = await serve((_from, to) => to.writeHead(200, { 'content-type': 'text/html' }).end(page))
  const before = await world.examine({ changes: { issuer: portal } })
  expectCause(before, ['address'])
  expect(before.of('address').found).toMatch(/a web page called "Guest network: sign in" instead of JSON/)
  expect(before.calls).toBe(1)
  const behind = await between((path, _answer, text) =>
    path.startsWith('/api-na1') ? { text: page, headers: { 'content-type': 'text/html' } } : { text },
  )
  const after = await world.examine({ changes: { issuer: behind, apiEndpoint: `${behind}/api-na1` } })
  expectCause(after, ['api'])
  expect(after.of('api').found).toMatch(/web page called "Guest network/)
})

test('an issuer that is none', async () => {
  const stranger = await serve((_from, to) =>
    to.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}'),
  )
  const examined = await world.examine({ changes: { issuer: stranger } })
  expectCause(examined, ['address'])
  expect(examined.of('address').found).toMatch(/is no issuer and no area of CXone: it answers 404/)
  expect(examined.seen).toEqual([])
})

test.skipIf(noOpenssl)('a certificate that signed itself', async () => {
  const { cert, key } = makeCertificate()
  const port = await listen(createHttps({ cert, key }, (_from, to) => to.end('{}')))
  const examined = await world.examine({ changes: { issuer: `https://localhost:${port}` } })
  expectCause(examined, ['address'])
  expect(examined.of('address').found).toMatch(/certificate is self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\)/)
  expect(examined.of('address').fix).toMatch(/NODE_EXTRA_CA_CERTS/)
})

test('where nobody listens, and where what listens does not speak TLS', async () => {
  const port = await listen(createServer((_from, to) => to.end('{}')))
  const plain = await world.examine({ changes: { issuer: `https://127.0.0.1:${port}` } })
  expect(plain.of('address').found).toMatch(/does not speak TLS/)
  const [server] = servers.splice(0)
  server?.closeAllConnections()
  server?.close()
  const nobody = await world.examine({ changes: { issuer: `http://127.0.0.1:${port}` } })
  expect(nobody.of('address').found).toMatch(/the connection was refused \(ECONNREFUSED\)/)
})

test('whoever says that there are too many calls is asked nothing more, and nothing is blamed for it', async () => {
  await fault({ path: 'teams/search' }, { status: 429, headers: { 'retry-after': '30' } })
  const examined = await world.examine()
  expectCause(examined, [])
  expect(examined.seen.at(-1)?.path).toMatch(/teams\/search/)
  expect(examined.of('acd')).toMatchObject({ status: 'unknown', found: expect.stringMatching(/too many calls/) })
})

test('where CXone, or our own rate, gives no turn from the start, that is all that is wrong', async () => {
  await fault({ path: 'openid-configuration' }, { status: 429 })
  const told = await world.examine()
  expectCause(told, ['sign-in'])
  expect([told.calls, told.of('sign-in').found]).toEqual([1, expect.stringMatching(/too many calls/)])
  const detail = 'No call could be made: the app asked for a pause.'
  const paused = world.open({}, { refusing: { code: 'throttled', retry: 'soon', detail } })
  const own = await world.examine({ connector: paused })
  expectCause(own, ['sign-in'])
  expect([own.of('sign-in').found, own.of('address').status]).toEqual([detail, 'unknown'])
})

test('a key that may not see keys is not named by the refusal', async () => {
  const acts = ['view', 'create', 'edit', 'delete']
  await without(...acts.flatMap((act) => [`accessKeys.${act}`, `myAccessKeys.${act}`, `myAccessKey.${act}`]))
  const examined = await world.examine()
  expectCause(examined, [])
  expect(examined.of('access-keys-view')).toMatchObject({ status: 'missing', needed: false })
  const { accessKeyId } = world.cxone.app['auth'] as Record<string, { value: string }>
  expect(JSON.stringify(examined.findings)).not.toContain(accessKeyId?.value)
})

test('the limit of users is reached', async () => {
  await world.cxone.control('PUT', '/business-unit', { userLimit: 5 })
  const examined = await world.examine()
  expectCause(examined, ['ceiling'])
  expect(examined.of('ceiling').found).toMatch(/users are not deactivated, and there may be 5\.$/)
})

test('login authenticators that have no name here are told by their ids', async () => {
  const examined = await world.examine({ changes: { authenticators: [] } })
  expectCause(examined, [])
  expect(examined.of('authenticators')).toMatchObject({ status: 'missing', found: expect.stringMatching(/24a15b4a-/) })
})

test('what is recorded of answers has fields and types, and nothing of anybody', async () => {
  const { shapes } = await world.examine()
  expect(shapes['GET /user-management/v3/users/{id}']?.['user.userName']).toEqual({ types: ['string'], always: true })
  const recorded = JSON.stringify(shapes)
  const { users } = await world.cxone.state()
  for (const user of users) for (const value of [user.id, user.userName]) expect(recorded).not.toContain(value)
  expect(recorded).not.toMatch(/@|eyJ|223WPZQ/)
})

const fault = (match: object, effect: object): Promise<unknown> =>
  world.cxone.control('POST', '/faults', { faults: [{ match, seconds: 60, effect }] })

async function without(...rights: readonly string[]): Promise<void> {
  const { roles } = await world.cxone.control<{
    roles: readonly { permissions: readonly string[]; roleName: string }[]
  }>('GET', '/state')
  const own = roles.find(({ roleName }) => roleName === 'Provisioning Service')
  await world.cxone.control('PUT', '/service-role', {
    permissions: own?.permissions.filter((one) => !rights.includes(one)),
  })
}

async function serviceUser(): Promise<string> {
  return (await world.cxone.control<{ serviceUserId: string }>('GET', '/state')).serviceUserId
}

/** As an administrator does it. */
async function switchOff(): Promise<void> {
  const { accessKeyId, accessKeySecret } = world.cxone.app['auth'] as Record<string, { value: string }>
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const key = { accessKeyId: accessKeyId?.value, accessKeySecret: accessKeySecret?.value }
  const signedIn = await fetch(`${issuer()}/authentication/v1/token/access-key`, {
    method: 'POST',
    headers,
    body: JSON.stringify(key),
  })
  const { access_token: token } = (await signedIn.json()) as { access_token: string }
  const changed = await fetch(
    `${issuer()}/api-na1/access-key-management/v1/access-keys?accessKeyId=${key.accessKeyId}`,
    {
      method: 'PATCH',
      headers: { ...headers, authorization: `Bearer ${token}` },
      body: JSON.stringify({ isActive: false }),
    },
  )
  expect(changed.status).toBe(200)
}
