import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ACTS } from '../../examples/demo/story.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { issuerOf, runFolders, startDemo } from './running-demo.ts'

const A_WHOLE_RUN = 300_000

async function chaosFile(content: object): Promise<string> {
  const path = join(temporaryDirectory(), 'chaos.json')
  await writeFile(path, JSON.stringify(content))
  return path
}

/** CXone thanks for every deactivation and does nothing. */
const THANKS_AND_FORGETS = [
  {
    match: { method: 'POST', path: '/users/deactivate$' },
    effect: { status: 200, body: { notDeletedUserIds: [] } },
  },
]

describe.concurrent('npm run demo -- --exit', () => {
  test(
    'ends with 0 and a table in which every expectation held, and leaves nothing behind',
    async () => {
      const data = temporaryDirectory()
      const chaos = await chaosFile({ latency: 1 })
      const demo = startDemo('--exit', '--outage', '3', '--data', data, '--chaos', chaos)
      const { code, out, err } = await demo.ended
      expect(code, `${out}\n${err}`).toBe(0)
      expect(out).toMatch(/✓ All \d+ expectations held\./)
      expect(out).not.toContain('✗')
      for (const [at, { title }] of ACTS.entries()) expect(out).toContain(`${at + 1}  ${title}`)
      for (const row of [
        /✓ accounts in CXone +23 people, each exactly once +23 of 23/,
        /✓ people in CXone in all +82 = 61 before \+ 21 new +82/,
        /✓ people in eu1 in all +34 = 31 as before \+ 3 new +34/,
        /✓ who works in na1 +3 people, each there only, .* 3 of 3/,
        /✓ who works in eu1 +3 people, each there only, .* 3 of 3/,
        /✓ what enforcing eu1 would do +3 create; 0 e-mails; .* 3 create/,
        /✓ what `policy test` says +an account, 2 rules match, /,
        /\$ rollcall policy test \S+ --app cxone-eu1/,
        /✓ who was an agent before +3 adopted, byte for byte as before +3 of 3/,
        /✓ Okta asks for \S.* +409, account untouched +409, account untouched/,
        /✓ OneLogin asks for \S.* +409, account untouched +409, account untouched/,
        /✓ Entra ID asks for \S.* +409, account untouched +409, account untouched/,
        /✓ open items of CXone +disputed: 1 for somebody to decide +disputed: 1 for/,
        /✓ what still waits in Rollcall +no change, no open item +no change, no open item/,
        /✓ calls to CXone +0 writes +0 writes, /,
        /✓ who has left +5 accounts DELETED in CXone +5 of 5/,
        /✓ e-mails that CXone sent +0 +0/,
        /17 creations, 8 updates, 5 deactivations, 1 revival/,
      ])
        expect(out).toMatch(row)
      // No colours and no line that is drawn over, since this is no terminal.
      expect(out).not.toContain('\x1b')
      expect(err).toBe('')
      expect(await readdir(data)).toEqual([])
    },
    A_WHOLE_RUN,
  )

  test(
    'ends with 1 and names the steps when CXone forgets deactivations and an account is altered behind its back',
    async () => {
      const data = temporaryDirectory()
      const chaos = await chaosFile({ latency: 1, faults: THANKS_AND_FORGETS })
      const flags = ['--outage', '3', '--patience', '6', '--data', data, '--chaos', chaos]
      const demo = startDemo('--exit', ...flags)
      await demo.printed('… 1  Okta pushes')
      const [folder = ''] = await runFolders(data)
      const control = `${await issuerOf(folder)}/__control`
      const state = (await (await fetch(`${control}/state`)).json()) as { users: { id: string; userName: string }[] }
      const victim = state.users.at(10)
      await fetch(`${control}/users/${victim?.id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: '{"lastName":"Elsewhere"}',
      })
      const { code, out } = await demo.ended
      expect(code, out).toBe(1)
      expect(out).toContain('✗ Five leave while CXone is down: who has left')
      expect(out).toContain('✗ The books are compared: who was there before')
      expect(out).toMatch(/✗ who was there before .* 58 of 59;/)
      expect(out).toContain(victim?.userName)
      expect(out).toContain('To look deeper')
      // The logs it names are there, and go with the next start.
      expect(await readdir(folder)).toEqual(expect.arrayContaining(['rollcall.log', 'cxone.log', 'rollcall.yaml']))
    },
    A_WHOLE_RUN,
  )
})
