import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACME, addIdentity, KEYS } from '../admin/rows.ts'
import { openAdminServer, type AdminServer } from '../admin/server.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { rollcall, type Call } from './terminal.ts'

const folder = temporaryDirectory()
let server: AdminServer
let url = ''
beforeAll(async () => {
  server = await openAdminServer()
  url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  const id = await addIdentity(server.db, { tenant: ACME, userName: 'ann@acme.example' })
  const document = { userName: 'ann@acme.example', name: { givenName: 'Ann', familyName: 'Lee' }, title: 'Clerk' }
  await server.db.query('update identity set document = $2 where id = $1', [id, JSON.stringify(document)])
})
afterAll(() => server.close())

const run = (words: string, { key = KEYS.operator, columns }: { key?: string; columns?: number } = {}): Promise<Call> =>
  rollcall(words.split(' '), {
    ...(columns === undefined ? {} : { columns }),
    env: { ROLLCALL_URL: url, ROLLCALL_API_KEY: key },
  })
const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const DESK = `# who works at the desk
rules:
  - name: clerks
    when: user.title == "Clerk"
    give:
      role: Agent
      skills: [{ name: Billing, level: 4 }]
  - name: bosses
    when: user.title == "Boss"
    give: { role: Supervisor }
`

describe('rollcall policy', () => {
  test('show says that there is none', async () => {
    expect((await run('policy show cxone-na1')).out).toBe(
      'cxone-na1 has no policy: everybody gets an account there, by the standard mapping.',
    )
    expect((await run('policy versions cxone-na1')).out).toBe('cxone-na1 has had no policy yet.')
  })
  test('save points at each mistake, in its line, and saves nothing', async () => {
    const path = await file('wrong.yaml', 'account:\n  when: user.active && lowr(user.userName) == "ann"\n')
    const { exitCode, err, out } = await run(`policy save --app cxone-na1 --file ${path}`)
    expect(exitCode).toBe(2)
    expect(out).toBe('')
    expect(err.split('\n')).toEqual([
      'The policy cannot be used: one thing to mend.',
      '',
      `${path}:2:24: account.when, character 16: there is no function "lowr". Did you mean "lower"?`,
      '  2 |   when: user.active && lowr(user.userName) == "ann"',
      '                             ^',
    ])
    expect((await run('policy versions cxone-na1')).out).toContain('no policy yet')
  })
  test('save says which version it is and what it changes', async () => {
    const path = await file('desk.yaml', DESK)
    const first = await run(`policy save --app cxone-na1 --file ${path}`)
    expect(first.out).toContain('Version 1 of the policy of cxone-na1 is in force.')
    const again = await run(`policy save --app cxone-na1 --file ${path}`)
    expect(again.out).toBe('This is version 1 of the policy of cxone-na1, which is in force already.')
    const other = await file('other.yaml', DESK.replace('level: 4', 'level: 5'))
    const second = await run(`policy save --app cxone-na1 --file ${other} --expect 1`)
    expect(second.out.split('\n').slice(0, 2)).toEqual([
      'Version 2 of the policy of cxone-na1 is in force.',
      '  rules "clerks".give.skills "Billing".level: 4 is now 5',
    ])
    const late = await run(`policy save --app cxone-na1 --file ${path} --expect 1`)
    expect(late.exitCode).toBe(1)
    expect(late.err).toContain('Version 2 is in force')
    expect(JSON.parse((await run(`policy save --app cxone-na1 --file ${path} --json`)).out)).toMatchObject({
      version: 3,
      changed: true,
    })
  })
  test('show prints what can be saved again, comments and all', async () => {
    const shown = await run('policy show cxone-na1')
    expect(shown.out).toContain(DESK.trimEnd())
    const path = await file('shown.yaml', shown.out)
    expect((await run(`policy save --app cxone-na1 --file ${path}`)).out).toContain('in force already')
    const earlier = JSON.parse((await run('policy show cxone-na1 --at 2 --json')).out) as { text: string }
    expect(earlier.text).toContain('level: 5')
    expect((await run('policy show cxone-na1 --at 9')).exitCode).toBe(3)
  })
  test('show does not let a text do anything to the terminal', async () => {
    const path = await file('evil.yaml', `# \x1b[2Jgone\naccount: { invite: true }\n`)
    await run(`policy save --app cxone-na1 --file ${path}`)
    const { out } = await run('policy show cxone-na1', { columns: 100 })
    expect(out).toContain('\\u001b[2Jgone')
    expect(out).not.toContain('\x1b')
    await run(`policy save --app cxone-na1 --file ${join(folder, 'desk.yaml')}`)
  })
  test('versions lists them, newest first, with who saved them', async () => {
    const { out } = await run('policy versions cxone-na1')
    const lines = out.split('\n')
    expect(lines[0]).toMatch(/^VERSION +STATE +SAVED +BY +HASH$/)
    expect(lines[1]).toMatch(/^\d+ +in force +.* key:ops +[0-9a-f]{12}$/)
    expect(lines.at(-1)).toMatch(/^1 +- /)
  })
  test('every rule of a policy that is tried is shown, what matched, and the account; the app is not there', async () => {
    const { out } = await run('policy test ANN@acme.example --app cxone-na1')
    expect(out).toMatch(/^Person {4}ann@acme\.example of okta$/m)
    expect(out).toMatch(
      /^yes {2}clerks, priority 0\n {5}user\.title == "Clerk".*\n {5}gives role Agent, skill Billing \(level 4\)$/m,
    )
    expect(out).toMatch(/^no {3}bosses, priority 0\n {5}not user\.title == "Boss" \(user\.title is "Clerk"\)$/m)
    expect(out).toMatch(/^role +Agent +rule "clerks" +set for who is new or returns$/m)
    expect(out).toMatch(/^skill +Billing +4 +clerks/m)
    expect(out).toContain('The account was not looked at: the app is no longer in rollcall.yaml')
    const json = JSON.parse(
      (await run('policy test ann@acme.example --app cxone-na1 --json', { key: KEYS.auditor })).out,
    )
    expect(json).toMatchObject({
      account: { matched: true },
      rules: [
        { rule: 'clerks', matched: true, why: expect.any(String) },
        { rule: 'bosses', matched: false, why: expect.any(String) },
      ],
      diff: [],
    })
  })
  test('a policy that is not saved is tried, and what is wrong in it pointed at', async () => {
    const none = await file('none.json', '{ "account": { "when": "user.title == \\"Boss\\"" } }')
    const { out } = await run(`policy test ann@acme.example --app cxone-na1 --file ${none}`)
    expect(out).toContain('the policy that was given')
    expect(out).toMatch(/^Comes to {2}no account/m)
    const wrong = await run(
      `policy test ann@acme.example --app cxone-na1 --file ${await file('bad.json', '{ "rule": [] }')}`,
    )
    expect(wrong.exitCode).toBe(2)
    expect(wrong.err.split('\n').slice(-2)).toEqual(['  1 | { "rule": [] }', '        ^'])
  })
  test('preview points at what is wrong as well', async () => {
    const path = await file('bad.yaml', 'account:\n  wen: true\n')
    const { err, exitCode } = await run(`policy preview --app cxone-na1 --file ${path}`)
    expect(exitCode).toBe(2)
    expect(err.split('\n').slice(-2)).toEqual(['  2 |   wen: true', '        ^'])
  })
  test.each([
    ['policy save --file x.yaml', 2, 'Say which app'],
    ['policy save --app cxone-na1', 2, 'Say which policy'],
    ['policy save --app cxone-na1 --file /nothing/here.yaml', 2, 'cannot be read (ENOENT)'],
    ['policy test nobody@acme.example --app cxone-na1', 3, 'Nobody has the user name'],
    ['policy test ann@acme.example', 2, 'Say which app'],
    ['policy show nothing', 3, 'There is no app "nothing"'],
  ])('%s is refused in plain words', async (words, code, told) => {
    const { exitCode, err } = await run(words)
    expect(exitCode).toBe(code)
    expect(err).toContain(told)
  })
})
