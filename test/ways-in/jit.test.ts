/**
 * Accounts that an app makes by itself when somebody first signs in: whose they become, and what they are left with. Nobody
 * gets two, nobody is taken over by a name alone, and whoever is told to be a stranger's stays one.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AccountAttributes } from '../../src/identity/account.ts'
import { openOwnershipRig, type OwnershipRig } from '../e2e/ownership-rig.ts'

const POLICY = {
  rules: [
    {
      name: 'Everybody',
      when: 'true',
      give: { role: 'Supervisor', team: 'Default Team', skills: [{ name: 'Billing', level: 4 }] },
    },
  ],
  otherwise: 'none',
}

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())

/** Accounts that show a sign-in through the provider, as they were made by it or tied to it later. */
const tied = new Set<string>()
/** Runs once, right before the next create. */
let justBefore: (() => void) | undefined
beforeEach(async () => {
  await rig.clear()
  tied.clear()
  justBefore = undefined
  const { readOne, apply } = rig.connector
  rig.use({
    policy: POLICY,
    connector: {
      readOne: async (kind, ref, how) => {
        const account = await readOne(kind, ref, how)
        const shows = account !== 'absent' && how?.whole === true && tied.has(account.id)
        return shows ? { ...account, tiedBySignIn: true } : account
      },
      apply: (change, key) => {
        if (change.kind === 'create') justBefore?.()
        justBefore = undefined
        return apply(change, key)
      },
    },
  })
})

const MIA = { userName: 'mia', givenName: 'Mia', familyName: 'Roth', email: null }

interface Made {
  readonly createdAt?: Date
  readonly attributes?: AccountAttributes
}

/** The app makes an account at a first sign-in: with its own default role and team, and nothing beside. */
function signIn({ createdAt = new Date(), attributes = {} }: Made = {}): string {
  const id = randomUUID()
  tied.add(id)
  rig.target.put({
    id,
    state: 'active',
    attributes: { role: 'role-Agent', team: 'team-Night', ...MIA, ...attributes },
    notes: '',
    createdAt: createdAt.toISOString(),
  })
  return id
}

const AS_THE_POLICY_HAS_IT = {
  attributes: { role: 'role-Supervisor', team: 'team-Default Team' },
  grants: { skill: [{ id: 'skill-Billing', level: 4 }] },
}
/** Everybody is looked at again, also who was interrupted. */
const dueAgain = () =>
  rig.query(
    "update delivery set wanted = wanted + 1, state = 'due', next_at = now(), lease_until = null, lease_token = null",
  )
const events = async (): Promise<unknown[]> =>
  (await rig.query("select kind from event where kind like 'account.%' order by seq")).map(({ kind }) => kind)

describe('an account that the app makes while its person waits here', () => {
  test('becomes theirs, and gets at once what the policy gives to somebody new', async () => {
    const mia = await rig.push('mia')
    const account = signIn()
    await rig.drain()
    expect(await rig.link(mia)).toMatchObject({
      state: 'linked',
      origin: 'adopted',
      account_id: account,
      left_alone: {},
    })
    expect(rig.account(account)).toMatchObject(AS_THE_POLICY_HAS_IT)
    expect(rig.target.ids()).toEqual([account])
    expect(await events()).toEqual(['account.adopted'])
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered' })
  })

  test('gets it also when we are cut off in the middle of that', async () => {
    const mia = await rig.push('mia')
    const account = signIn()
    const { apply } = rig.connector
    rig.use({ connector: { ...rig.connector, apply: () => Promise.reject(new Error('cut off')) } })
    await rig.drain().catch(() => undefined)
    expect(await rig.link(mia)).toMatchObject({ account_id: account, returning_since: expect.any(Date) })
    rig.use({ connector: { ...rig.connector, apply } })
    await dueAgain()
    await rig.drain()
    expect(rig.account(account)).toMatchObject(AS_THE_POLICY_HAS_IT)
    expect(await rig.link(mia)).toMatchObject({ returning_since: null })
  })

  test('is followed from then on as if it had been made here, until its person leaves', async () => {
    const mia = await rig.push('mia')
    const account = signIn()
    await rig.drain()
    await rig.patch(mia, { 'name.familyName': 'Berg' })
    await rig.drain()
    expect(rig.account(account)).toMatchObject({ attributes: { familyName: 'Berg' } })
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.account(account)).toMatchObject({ state: 'inactive' })
  })

  test('between our look and our create is not made twice', async () => {
    const mia = await rig.push('mia')
    let account = ''
    justBefore = () => {
      account = signIn()
    }
    await rig.drain()
    await dueAgain()
    await rig.drain()
    expect(rig.target.ids()).toEqual([account])
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', account_id: account })
    expect(rig.account(account)).toMatchObject(AS_THE_POLICY_HAS_IT)
  })

  test('between our look and our create, of another person, is left to them', async () => {
    const mia = await rig.push('mia')
    let account = ''
    justBefore = () => {
      account = signIn({ attributes: { givenName: 'Lena', familyName: 'Berg' } })
    }
    await rig.drain()
    await dueAgain()
    await rig.drain()
    expect(rig.account(account)).toMatchObject({ attributes: { givenName: 'Lena', role: 'role-Agent' } })
    expect(await rig.link(mia)).toMatchObject({ state: 'disputed', account_id: account })
  })

  test('while they are held gets what the policy gives once they are let in', async () => {
    rig.use({ policy: { rules: [], otherwise: 'hold' } })
    const mia = await rig.push('mia')
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ code: 'held' })
    const account = signIn()
    const before = rig.account(account)
    await dueAgain()
    await rig.drain()
    expect(rig.account(account)).toEqual(before)
    rig.use({ policy: POLICY })
    await dueAgain()
    await rig.drain()
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', account_id: account })
    expect(rig.account(account)).toMatchObject(AS_THE_POLICY_HAS_IT)
  })

  test('is nobody’s without a name of theirs, and said to be the app’s own work', async () => {
    const mia = await rig.push('mia')
    const account = signIn({ attributes: { givenName: null, familyName: null } })
    const before = rig.account(account)
    await rig.drain()
    expect(rig.account(account)).toEqual(before)
    expect(await rig.row(mia)).toMatchObject({
      state: 'disputed',
      detail: expect.stringContaining('by itself, at a first sign-in'),
    })
  })

  test('with more rights than an agent is nobody’s', async () => {
    const mia = await rig.push('mia')
    const account = signIn({ attributes: { role: 'role-Administrator' } })
    const before = rig.account(account)
    await rig.drain()
    expect(rig.account(account)).toEqual(before)
    expect(await rig.row(mia)).toMatchObject({ state: 'disputed', detail: expect.stringContaining('protected') })
  })

  test('is nobody’s where nothing is adopted by rule', async () => {
    rig.use({ settings: { adopt: 'never' } })
    const mia = await rig.push('mia')
    const before = rig.account(signIn())
    await rig.drain()
    expect(rig.account(before?.id ?? '')).toEqual(before)
    expect(await rig.row(mia)).toMatchObject({ state: 'disputed' })
  })

  test('is only linked where an app is observed, with what would be done', async () => {
    await rig.query("update app set mode = 'observe'")
    const mia = await rig.push('mia')
    const account = signIn()
    const before = rig.account(account)
    await rig.drain()
    expect(rig.account(account)).toEqual(before)
    expect(await rig.row(mia)).toMatchObject({ state: 'observed', detail: expect.stringContaining('update') })
    await rig.query("update app set mode = 'enforce'")
    await dueAgain()
    await rig.drain()
    expect(rig.account(account)).toMatchObject(AS_THE_POLICY_HAS_IT)
  })
})

describe('an account that was there before its person was known here', () => {
  test('is adopted as any other, and nothing of it changes', async () => {
    const account = signIn({ createdAt: new Date(Date.now() - 3_600_000) })
    const before = rig.account(account)
    const mia = await rig.push('mia')
    await rig.drain()
    expect(rig.account(account)).toEqual(before)
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', origin: 'adopted', account_id: account })
  })

  test('likewise without a sign-in that shows, however young it is: somebody may have made it with care', async () => {
    const mia = await rig.push('mia')
    const account = signIn()
    tied.clear()
    const before = rig.account(account)
    await rig.drain()
    expect(rig.account(account)).toEqual(before)
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', account_id: account })
  })
})

test('who is to have no account keeps none that the app makes, and it is nobody’s to disable', async () => {
  rig.use({ policy: { rules: [], otherwise: 'none' } })
  const mia = await rig.push('mia')
  const account = signIn()
  const before = rig.account(account)
  await rig.drain()
  expect(rig.account(account)).toEqual(before)
  expect(await rig.link(mia)).toBeUndefined()
})
