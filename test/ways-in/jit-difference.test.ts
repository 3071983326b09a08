/** What enforcing an app would do to an account that it made by itself at a first sign-in is shown before it is done. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connector } from '../../src/connectors/contract.ts'
import type { Account } from '../../src/identity/account.ts'
import { openDifferenceRig, type DifferenceRig } from '../e2e/difference-rig.ts'

let rig: DifferenceRig
beforeAll(async () => {
  rig = await openDifferenceRig()
})
afterAll(() => rig.close())

const asTied = (account: Account): Account => ({ ...account, tiedBySignIn: true })

test('as it is for somebody new, and the account is claimed by one person only', async () => {
  await rig.clear()
  await rig.save({
    rules: [{ name: 'All', when: 'true', give: { role: 'Supervisor', team: 'Plain' } }],
    otherwise: 'none',
  })
  await rig.mode('observe')
  rig.use({
    connector: (plain: Connector) => ({
      read: (async (kind: 'account', from?: string, how?: { whole?: boolean }) => {
        const page = await plain.read(kind, from, how)
        return kind === 'account' ? { ...page, records: page.records.map(asTied) } : page
      }) as Connector['read'],
      readOne: async (kind, ref, how) => {
        const account = await plain.readOne(kind, ref, how)
        return account === 'absent' ? account : asTied(account)
      },
    }),
  })
  await rig.push('mia')
  await rig.push('mia', {}, 'entra')
  const id = randomUUID()
  rig.seed(
    { userName: 'mia', givenName: 'Mia', familyName: 'Roth', role: 'role-Agent', team: 'team-Rich' },
    { id, createdAt: new Date().toISOString() },
  )
  const seen = await rig.compare()
  expect(seen.people).toMatchObject([
    { detail: { kinds: ['adopt', 'update'], role: { from: 'Agent', to: 'Supervisor' }, account: id } },
    { detail: { kinds: ['disputed'], reason: 'another owner', account: id } },
  ])
  expect(rig.writes()).toBe(0)
  expect(await rig.enforce(seen)).toMatchObject({ ok: true })
  await rig.drain()
  expect(rig.target.raw(id)).toMatchObject({ attributes: { role: 'role-Supervisor', team: 'team-Plain' } })
  expect(await rig.done('applied')).toEqual({ adopt: 1, update: 1 })
})
