/** `rollcall app sso` and the launch link on the whole product, against the simulated CXone. */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rollcall, type Call } from '../cli/terminal.ts'
import { startCxoneForTest, type RawUser, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { bare, base64, IDP, makeResponse, makeSigner, metadataOf, type Signer } from './provider.ts'

interface State {
  readonly users: readonly RawUser[]
  readonly authenticators: readonly { readonly id: string; readonly name: string }[]
  readonly calls: { readonly writes: number }
}

let cxone: TestCxone
let product: TestRollcall
let provider: Server
let signer: Signer
let folder: string
/** What the provider publishes. */
let published = ''
beforeAll(async () => {
  cxone = await startCxoneForTest({ users: 6 })
  const { authenticators } = await cxone.control<State>('GET', '/state')
  const named = authenticators.map(({ id, name }, at) => ({ id, name, system: at === 0 }))
  const apps = [
    { ...cxone.app, authenticators: named },
    { id: 'trial', type: 'memory' },
  ]
  product = await startRollcallForTest({ apps })
  signer = await makeSigner('acme at Okta', { to: 20 })
  provider = createServer((_request, response) => response.end(published)).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  folder = temporaryDirectory()
})
afterAll(async () => {
  provider.close()
  await product.close()
  await cxone.close()
})

const run = (...words: string[]): Promise<Call> =>
  rollcall(['app', 'sso', 'cxone-na1', '--idp', 'okta', ...words], {
    env: { ROLLCALL_URL: product.address, ROLLCALL_API_KEY: product.apiKey },
    onSleep: () => sleep(20),
  })

const json = async (...words: string[]) => JSON.parse((await run(...words, '--json')).out)

const fileOf = async (name: string, text: string | Buffer): Promise<string> => {
  const file = join(folder, name)
  await writeFile(file, text)
  return file
}

const launch = (path: string, method = 'GET'): Promise<Response> =>
  fetch(`${product.address}/launch/${path}`, { method, redirect: 'manual' })

const issuer = (): string => String(cxone.app['issuer'])

describe('the launch link', () => {
  test('leads nowhere before the app was asked where its people sign in, as for an app that does not exist', async () => {
    expect((await launch('acme/cxone-na1')).status).toBe(404)
  })

  test('leads to the issuer of the tenant afterwards, by both addresses, whatever else is asked', async () => {
    const guide = await json()
    expect(guide.launchUrl).toBe(`${product.address}/launch/acme/cxone-na1`)
    for (const path of [
      'acme/cxone-na1',
      'cxone-na1',
      'cxone-na1?next=https://evil.test&RelayState=',
      'cxone-na1/?url=//evil.test',
    ]) {
      const response = await launch(path)
      expect([path, response.status, response.headers.get('location')]).toEqual([path, 302, issuer()])
      expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    }
  })

  test('tells a stranger the same of everything that leads nowhere', async () => {
    const nowhere = ['acme/trial', 'acme/none', 'bravo/cxone-na1', 'trial', 'none', 'ACME/cxone-na1', 'a'.repeat(200)]
    const answers = await Promise.all(
      nowhere.map(async (path) => {
        const response = await launch(path)
        return `${response.status} ${await response.text()}`
      }),
    )
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^404 There is nothing to open/)
  })

  test('takes no RelayState, in any spelling and of any app, and no other method', async () => {
    for (const path of [
      'cxone-na1?RelayState=https://evil.test',
      'none?relaystate=x',
      'cxone-na1?RelayState=&RelayState=x',
    ])
      expect([path, (await launch(path)).status]).toEqual([path, 400])
    expect((await launch('cxone-na1', 'POST')).status).toBe(404)
  })
})

test('the guide has the values of this tenant, from its own token, in words and as JSON', async () => {
  const guide = await json()
  const tenantId = guide.place.tenantId as string
  expect(tenantId).toMatch(/\S/)
  expect(guide.place.issuer).toBe(issuer())
  const { out, exitCode } = await run()
  expect(exitCode).toBe(0)
  expect(out).toContain(`${issuer()}/auth/authorize?tenantId=${tenantId}`)
  expect(out).toContain(`${issuer()}/${tenantId} (inferred)`)
  expect(out).toContain('Assertion Signature')
  const ticket = await run('--ticket')
  expect(ticket.out).toMatch(/^Subject: Enable single sign-on/)
  expect(ticket.out).toContain(tenantId)
  const oidc = await run('--oidc')
  expect(oidc.out).toContain('Discover settings')
})

test('an app of another type, an app that is not there and a provider that is not said are named', async () => {
  const env = { ROLLCALL_URL: product.address, ROLLCALL_API_KEY: product.apiKey }
  const other = await rollcall(['app', 'sso', 'trial', '--idp', 'okta'], { env })
  expect(other.err).toMatch(/that of CXone is/)
  expect((await rollcall(['app', 'sso', 'none', '--idp', 'okta'], { env })).exitCode).toBe(3)
  expect((await rollcall(['app', 'sso', 'cxone-na1'], { env })).err).toMatch(/--idp takes okta, entra/)
  const stranger = { ...env, ROLLCALL_API_KEY: product.strangerKey }
  expect((await rollcall(['app', 'sso', 'cxone-na1', '--idp', 'okta'], { env: stranger })).exitCode).toBe(3)
})

test('metadata of a file is checked and kept; what cannot be used is named and not kept', async () => {
  const { out, exitCode } = await run('--metadata', await fileOf('metadata.xml', metadataOf([signer])))
  expect(exitCode).toBe(0)
  expect(out).toMatch(/doubtful {2}certificate\.valid: .*expires in 20 days/)
  expect(out).toMatch(/It is kept and watched/)
  const bad = await run('--metadata', await fileOf('page.html', '<!doctype html><p>Sign in'))
  expect([bad.exitCode, bad.out]).toEqual([1, expect.stringMatching(/wrong.*web page/)])
  const { watched } = await json()
  expect(watched).toMatchObject({ idp: 'okta', metadataUrl: null, changes: [] })
  expect(watched.certificates).toEqual([expect.objectContaining({ subject: 'CN=acme at Okta', daysLeft: 20 })])
})

test('metadata at an address is read, unless it is inside a network; a certificate is read in its binary form', async () => {
  published = metadataOf([signer])
  const { port } = provider.address() as AddressInfo
  const given = await run('--metadata', `http://127.0.0.1:${port}/metadata`)
  expect([given.exitCode, given.err]).toEqual([0, ''])
  expect((await json()).watched.metadataUrl).toBe(`http://127.0.0.1:${port}/metadata`)
  const der = await fileOf('cert.cer', Buffer.from(bare(signer.cert), 'base64'))
  expect((await run('--certificate', der)).out).toMatch(/kept and watched/)
  const inside = await run('--metadata', 'https://10.0.0.1/metadata')
  expect(inside.out).toMatch(/metadata\.fetched: It is an address inside a network/)
})

test('a captured response is held against this tenant, the metadata that was given and the account of a person', async () => {
  const guide = await json()
  const { tenantId } = guide.place
  const somebody = (await cxone.control<State>('GET', '/state')).users.find(
    ({ externalIdentity }) => typeof externalIdentity === 'string',
  )
  const options = {
    signer,
    audience: `${issuer()}/${tenantId}`,
    acs: `${issuer()}/auth/authorize?tenantId=${tenantId}`,
    nameId: String(somebody?.['externalIdentity']),
  }
  const check = async (xml: string) =>
    run('--response', await fileOf('response.txt', base64(xml)), '--user', somebody?.userName ?? '')
  const good = await check(await makeResponse(options))
  expect(good.out).not.toMatch(/^(?:wrong|unknown)/m)
  expect(good.out).toContain(`issued by "${IDP}"`)
  const bad = await check(await makeResponse({ ...options, signs: 'assertion', nameId: 'nobody' }))
  expect(bad.exitCode).toBe(1)
  expect(bad.out).toMatch(/wrong {5}response\.signed: The assertion is signed instead/)
  expect(bad.out).toMatch(/wrong {5}response\.name-id: Its NameID is "nobody"/)
})

test('who would be locked out is listed by reason, and nothing is written to the app', async () => {
  const { users } = await cxone.control<State>('GET', '/state')
  const [without] = users.filter(({ status }) => status === 'ACTIVE').slice(-1)
  await cxone.control('PUT', `/users/${without?.id}`, { loginAuthenticatorId: null })
  const before = (await cxone.control<State>('GET', '/state')).calls.writes
  const { out, exitCode } = await run('--accounts')
  expect(exitCode).toBe(1)
  expect(out).toMatch(/system-authenticator: Put them on the provider's login authenticator/)
  const found = await json('--accounts', '--name-id-from', 'email')
  expect(found.lockedOut).toContainEqual(
    expect.objectContaining({ userName: without?.userName, reason: 'no-authenticator' }),
  )
  expect(found.verdict).toBe('whole')
  expect(found.lockedOut.length).toBeGreaterThan(0)
  expect((await cxone.control<State>('GET', '/state')).calls.writes).toBe(before)
})

test('files that are not there, empty or too large are named', async () => {
  expect((await run('--metadata', join(folder, 'none.xml'))).err).toMatch(/there is no such file/)
  expect((await run('--certificate', await fileOf('empty.pem', ' '))).err).toMatch(/is empty/)
  expect((await run('--response', await fileOf('large.txt', 'x'.repeat(1_000_001)))).err).toMatch(/at most 1000000/)
})
