/** The commands about tokens: what scripts rely on, what people read, and what is wrong with words. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expiryOf } from '../../src/cli/token/expires.ts'
import { findScimCredential } from '../../src/store/views/scim-credentials.ts'
import { KEYS } from '../admin/rows.ts'
import { openAdminServer, type AdminServer } from '../admin/server.ts'
import { tokenHash } from '../store/world.ts'
import { rollcall, type Call } from './terminal.ts'

let server: AdminServer
let url = ''
beforeAll(async () => {
  server = await openAdminServer()
  url = await server.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => server.close())

const run = (words: readonly string[], key = KEYS.operator): Promise<Call> =>
  rollcall(words, { env: { ROLLCALL_URL: url, ROLLCALL_API_KEY: key } })
const json = async (...words: string[]): Promise<unknown> => {
  const { exitCode, out, err } = await run([...words, '--json'])
  expect(exitCode, err).toBe(0)
  return JSON.parse(out)
}
const opens = async (token: string): Promise<string | undefined> =>
  (await findScimCredential(server.db, tokenHash(token)))?.connection

test('token create prints the token alone on stdout, and what it is beside it', async () => {
  const { exitCode, out, err } = await run(['token', 'create', '--connection', 'okta', '--name', 'Okta, 2027'])
  expect([exitCode, out]).toEqual([0, expect.stringMatching(/^rct_[\w-]{43}$/)])
  expect(err).toMatch(/^Token \d+ opens okta and does not expire\. It is shown this once/)
  expect(await opens(out)).toBe('okta')
})

test('token list has names, times and states, and never a token', async () => {
  const made = (await json('token', 'create', '--connection', 'okta', '--expires', '90d')) as {
    id: number
    token: string
  }
  const list = (await json('token', 'list', '--connection', 'okta')) as { items: object[] }
  expect(list).toMatchObject({
    items: [
      {
        id: made.id,
        connection: 'okta',
        kind: 'token',
        name: null,
        state: 'valid',
        madeBy: 'key:ops',
        made: expect.stringMatching(/Z$/),
        expires: expect.stringMatching(/Z$/),
        lastUsed: null,
        revoked: null,
      },
      { name: 'Okta, 2027' },
      { madeBy: null, state: 'valid' },
    ],
    next: null,
  })
  expect(JSON.stringify(list)).not.toContain('rct_')
  const { out } = await run(['token', 'list'])
  expect(out.split('\n')[0]).toMatch(/^ID +CONNECTION +KIND +NAME +STATE +FROM +MADE +EXPIRES +LAST USED$/)
  expect(out).toMatch(/okta +token +- +valid +key:ops +\S.* +in (?:89|90) d +never/)
  expect(out).toMatch(/okta +token +- +valid +rollcall\.yaml /)
})

test('token revoke ends it for ever', async () => {
  const made = (await json('token', 'create', '--connection', 'okta', '--name', 'lost')) as {
    id: number
    token: string
  }
  const { exitCode, out } = await run(['token', 'revoke', String(made.id)])
  expect([exitCode, out]).toEqual([0, `The token ${made.id} (lost) of okta is revoked for ever.`])
  expect(await opens(made.token)).toBeUndefined()
  expect(await json('token', 'revoke', String(made.id))).toMatchObject({
    state: 'revoked',
    revoked: { by: 'key:ops', at: expect.any(String) },
  })
})

test.each([
  [['create'], 2, '--connection ID'],
  [['create', '--connection', 'gone'], 3, 'There is no connection gone.'],
  [['create', '--connection', 'okta', '--expires', 'soon'], 2, '--expires takes a number of days such as 90d'],
  [['create', '--connection', 'okta', '--expires', '2020-01-31'], 2, 'this is over'],
  [['revoke', 'rct_secret'], 2, 'never the token itself'],
  [['revoke', '99999999'], 3, 'There is no token 99999999.'],
] as const)('token %j is told what is wrong', async (words, exitCode, expected) => {
  const call = await run(['token', ...words])
  expect(call.err).toContain(expected)
  expect(call.err).not.toContain('rct_secret')
  expect(call.exitCode).toBe(exitCode)
})

test('an auditor may look and not act', async () => {
  expect((await run(['token', 'list'], KEYS.auditor)).exitCode).toBe(0)
  expect((await run(['token', 'create', '--connection', 'okta'], KEYS.auditor)).err).toContain('role auditor')
  expect((await run(['token', 'revoke', '1'], KEYS.auditor)).err).toContain('role auditor')
})

test.each([
  ['90d', '2027-04-01T10:00:00.000Z'],
  ['2027-01-31', '2027-02-01T00:00:00.000Z'],
  ['2027-01-31T12:00+02:00', '2027-01-31T10:00:00.000Z'],
])('--expires %s means %s', (text, instant) => {
  expect(expiryOf(text, new Date('2027-01-01T10:00:00Z'))).toBe(instant)
})

test.each(['0d', '-1d', '2027-13-01', '2027', 'never', '1e3d'])('--expires %s is refused', (text) => {
  expect(() => expiryOf(text, new Date())).toThrow('--expires takes')
})
