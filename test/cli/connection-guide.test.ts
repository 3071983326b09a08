/** `connection guide`: whose values stand in it, and what it looks like. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAdminServer, type AdminServer } from '../admin/server.ts'
import { KEYS } from '../admin/rows.ts'
import { rollcall } from './terminal.ts'

let server: AdminServer
let env: Record<string, string> = {}
beforeAll(async () => {
  server = await openAdminServer()
  const url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  env = { ROLLCALL_URL: url, ROLLCALL_API_KEY: KEYS.auditor }
})
afterAll(() => server.close())

test.each(['okta', 'entra', 'onelogin', 'generic'])(
  '%s, word for word (npm test -- test/cli/connection-guide -u)',
  async (name) => {
    const address = ['--address', 'https://scim.acme.test/scim/v2']
    const { out, exitCode } = await rollcall(['connection', 'guide', name, ...address])
    expect(exitCode).toBe(0)
    for (const line of out.split('\n')) if (!line.includes('urn:')) expect(line.length).toBeLessThanOrEqual(110)
    await expect(`${out}\n`).toMatchFileSnapshot(`golden/connection-guide-${name}.txt`)
  },
)

test('with a key, the address is the real one, and it is said that no provider reaches it', async () => {
  const { out, err, exitCode } = await rollcall(['connection', 'guide', 'okta'], { env })
  expect(exitCode).toBe(0)
  expect(err).toBe('')
  expect(out).toContain(`\`${env['ROLLCALL_URL']}/scim/v2\``)
  expect(out).toContain('`cxone-na1`')
  expect(out).toContain('This will not work: The address begins with http; Okta takes https only.')
  expect(out.replaceAll(/\s+/g, ' ')).toContain("127.0.0.1 means the provider's own machine")
})

test('--json: the guide as text, and its parts as steps, the address judged', async () => {
  const { out } = await rollcall(['connection', 'guide', 'okta', '--json'], { env })
  expect(JSON.parse(out)).toMatchObject({
    provider: 'okta',
    connection: 'okta',
    base: `${env['ROLLCALL_URL']}/scim/v2`,
    guide: expect.stringContaining('SCIM connector base URL'),
    steps: expect.arrayContaining([
      { step: 'address', ok: false, detail: expect.stringContaining('https only') },
      { step: '2. Where it pushes', ok: true, detail: expect.stringContaining('Unique identifier field') },
    ]),
  })
})

test('another provider than the profile, a provider without a connection, and neither', async () => {
  expect((await rollcall(['connection', 'guide', 'okta', '--provider', 'entra'], { env })).out).toMatch(
    /^Connecting Microsoft/,
  )
  const example = await rollcall(['connection', 'guide', 'onelogin'], { env })
  expect(example).toMatchObject({
    exitCode: 0,
    err: 'There is no connection "onelogin" in this tenant. The address is an example.',
  })
  expect(example.out).not.toContain('This will not work')
  expect(await rollcall(['connection', 'guide', 'nowhere'], { env })).toMatchObject({ exitCode: 3 })
  expect(await rollcall(['connection', 'guide', 'nowhere'])).toMatchObject({
    exitCode: 3,
    err: 'ROLLCALL_API_KEY is not set. "nowhere" is no provider either; there are okta, entra, onelogin, generic.',
  })
})
