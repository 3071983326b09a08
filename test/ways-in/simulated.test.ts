/** Every way in, against the simulated CXone: what it takes, how long it lasts, and what is said when it does not. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from './scripted-cxone.ts'
import { startSimulated, type Opened, type Simulated } from './simulated.ts'

let cxone: Simulated
let plain: Readonly<Record<string, unknown>>
const opened: Opened[] = []
beforeAll(async () => {
  cxone = await startSimulated()
  plain = await cxone.control('GET', '/switches')
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
  await cxone.control('PUT', '/switches', plain)
})
afterAll(() => cxone.close())

interface Key {
  readonly accessKeyId: string
  readonly accessKeySecret: string
}

const open = (auth: object, more?: object): Opened => {
  const one = cxone.open(auth, more)
  opened.push(one)
  return one
}
const withApplication = (more: object = {}) => ({ ...cxone.key, application: { ...cxone.application, ...more } })
const read = ({ connector }: Opened) => connector.read('role')

describe('a registered application', () => {
  it.each([
    ['by Basic, decoded', { clientAuth: 'basic', basicPair: 'decoded' }, {}],
    ['by Basic, as it is', { clientAuth: 'basic', basicPair: 'asSent' }, { encoding: 'plain' }],
    ['in the body', { clientAuth: 'post' }, { authMethod: 'client_secret_post' }],
  ])('signs in %s', async (_, switches, more) => {
    await cxone.control('PUT', '/switches', switches)
    await cxone.signIns()
    expect((await read(open(withApplication(more)))).records.length).toBeGreaterThan(3)
    const paths = await cxone.signIns()
    expect(paths.filter((path) => path.endsWith('/auth/token'))).toHaveLength(1)
    expect(paths.filter((path) => path.includes('access-key'))).toEqual([])
  })

  it('that was registered for the other way is told so', async () => {
    await cxone.control('PUT', '/switches', { clientAuth: 'post' })
    const { code, detail } = await refusalOf(read(open(withApplication())))
    expect(code).toBe('credentials-refused')
    expect(detail).toMatch(/registered for client_secret_basic|client id and secret of the application/i)
  })

  it.each([
    ['its own secret', () => withApplication({ clientSecret: 'wrong' })],
    ['the secret of the key', () => ({ ...withApplication(), accessKeySecret: 'wrong' })],
  ])('with %s wrong is refused, with words about it', async (_, auth) => {
    const { code, detail } = await refusalOf(read(open(auth())))
    expect(code).toBe('credentials-refused')
    expect(detail).toContain('Check')
  })

  it.each([{ refreshRotates: 'yes' }, { refreshRotates: 'no' }, { refreshSecret: 'refused' }])(
    'renews its token by refreshing, hour after hour, with %j',
    async (switches) => {
      await cxone.control('PUT', '/switches', switches)
      const one = open(withApplication())
      await read(one)
      await cxone.signIns()
      for (let hour = 0; hour < 3; hour++) {
        one.clock.ahead += 3_600_000
        await read(one)
      }
      expect((await cxone.signIns()).filter((path) => path.endsWith('/auth/token'))).toHaveLength(3)
    },
  )

  it('signs in anew where its refresh token has come to nothing', async () => {
    const one = open(withApplication())
    await read(one)
    await cxone.control('POST', '/reset', {})
    one.clock.ahead += 3_600_000
    expect((await read(one)).records.length).toBeGreaterThan(3)
  })
})

it.each([
  ['an access key', () => cxone.key],
  ['an application', () => withApplication()],
])('%s whose token is refused in mid-flight signs in once for all who wait', async (_, auth) => {
  const one = open(auth())
  await read(one)
  const { records } = await one.connector.read('account')
  await cxone.control('POST', '/tokens/expire')
  const before = await cxone.tokensIssued()
  const ids = records.map(({ id }) => id)
  const found = await Promise.all([...ids, ...ids, ...ids].map((id) => one.connector.readOne('account', { id })))
  expect(found).toHaveLength(ids.length * 3)
  expect((await cxone.tokensIssued()) - before).toBe(1)
})

it.each([
  { discoveryWithoutTenant: 'refuses' },
  { discoveryOptional: 'absent' },
  { apiHost: 'cluster' },
  { tokenSubject: 'opaque', discoveryWithoutTenant: 'refuses' },
])('the API is found with %j', async (switches) => {
  await cxone.control('PUT', '/switches', switches)
  for (const auth of [cxone.key, withApplication()]) expect((await read(open(auth))).records.length).toBeGreaterThan(3)
})

describe('what is wrong is said, and what would be right', () => {
  const told = (auth: object) => refusalOf(read(open(auth)))
  const newKey = (more: object) =>
    cxone
      .control<{ serviceUserId: string }>('GET', '/state')
      .then(({ serviceUserId: userId }) => cxone.control<Key>('POST', '/access-keys', { userId, ...more }))
      .then(({ accessKeyId, accessKeySecret }) => ({ accessKeyId, accessKeySecret }))

  it.each([
    [
      'a secret that is wrong',
      async () => ({ ...cxone.key, accessKeySecret: 'not-it' }),
      /id and secret of the access key/,
    ],
    ['a key that was switched off', () => newKey({ isActive: false }), /no longer active|key is active/],
    ['a key that has expired', () => newKey({ expiresAt: '2020-01-01T00:00:00.000Z' }), /has expired/],
  ] as const)('of %s, where CXone tells', async (_, auth, says) => {
    await cxone.control('PUT', '/switches', { keyRefusal: 'told' })
    const { code, detail } = await told(await auth())
    expect(code).toBe('credentials-refused')
    expect(detail).toMatch(says)
    expect(detail).not.toContain('not-it')
  })

  it('of a key whose owner was deactivated', async () => {
    const { users } = await cxone.state()
    const owner = users.find(({ status }) => status === 'ACTIVE')?.id
    const { accessKeyId, accessKeySecret } = await cxone.control<Key>('POST', '/access-keys', { userId: owner })
    await cxone.control('PUT', `/users/${owner}`, { status: 'DELETED', deletedDate: '2026-01-01T00:00:00.000Z' })
    await cxone.control('PUT', '/switches', { keyRefusal: 'told' })
    const { code, detail } = await told({ accessKeyId, accessKeySecret })
    expect(code).toBe('credentials-refused')
    expect(detail).toMatch(/deactivated/)
  })

  it.each([
    [{ isAuthorized: false }, /registered for the tenant that the access key belongs to/],
    [{ isEnabled: false }, /that it is enabled/],
  ])('of an application with %j', async (client, says) => {
    await cxone.control('PUT', '/client', client)
    const { code, detail } = await told(withApplication())
    await cxone.control('PUT', '/client', { isEnabled: true, isAuthorized: true })
    expect(code).toBe('credentials-refused')
    expect(detail).toMatch(says)
  })
})

it('a key of another business unit than the file says touches nothing', async () => {
  const { code } = await refusalOf(read(open(cxone.key, { tenantId: '00000000-0000-4000-8000-00000000000f' })))
  expect(code).toBe('credentials-refused')
})
