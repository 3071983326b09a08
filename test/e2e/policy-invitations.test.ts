/** Invitations that were cut off: nobody is asked in twice, and nobody is forgotten. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Connector } from '../../src/connectors/contract.ts'
import { handOver } from '../../src/operations/hand-over.ts'
import { openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())

const POLICY = {
  account: { invite: true },
  rules: [{ name: 'All', give: { role: 'Agent', team: 'Night', skills: ['Chat'], loginAuthenticator: 'Passwords' } }],
}

beforeEach(async () => {
  await rig.clear()
  await rig.query('update app set failures = 0, paused_until = null')
  rig.use({ policy: POLICY })
})

const KILLED = 'the process is killed'

/** The process dies right before it sends the invitation of this account; the app, and a later process, know nothing of it. */
function dieBeforeInviting(): void {
  let alive = true
  breaking((plain) => ({
    apply: async (change, key) => {
      if (!alive || change.kind !== 'invite') return plain.apply(change, key)
      alive = false
      throw new TypeError(KILLED)
    },
  }))
}

function breaking(change: (plain: Connector) => Partial<Connector>): void {
  const plain = rig.connector
  rig.use({ connector: change(plain) })
}

async function cutOff(userName: string): Promise<string> {
  dieBeforeInviting()
  const id = await rig.push(userName)
  await expect(rig.drain()).rejects.toThrow(KILLED)
  return id
}

async function resume(): Promise<void> {
  await rig.query('update delivery set next_at = now(), lease_until = null')
  await rig.query(`update delivery set state = 'due' where wanted > delivered`)
  await rig.drain()
}

const later = (): Promise<unknown> => rig.query(`update link set invited_at = invited_at - interval '11 minutes'`)

describe('an invitation that was noted and, since the process was killed, not sent', () => {
  test('is told of at once, and sent once the app must show it if it had been: it shows that of others', async () => {
    await rig.push('kim')
    await rig.drain()
    expect(rig.named('kim')).toMatchObject({ state: 'pending' })
    const mia = await cutOff('mia')
    await resume()
    expect(rig.target.mails()).toHaveLength(1)
    expect(await rig.row(mia)).toMatchObject({
      state: 'retrying',
      code: 'invitation-unknown',
      detail: expect.stringContaining('asked again'),
    })
    await later()
    await resume()
    expect(rig.named('mia')).toMatchObject({ state: 'pending' })
    expect(rig.target.mails()).toHaveLength(2)
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered', code: null })
  })

  test('is not sent where nobody knows whether the app would show it, and somebody is told what to do', async () => {
    const mia = await cutOff('mia')
    await resume()
    await later()
    await resume()
    expect(rig.target.mails()).toEqual([])
    expect(await rig.row(mia)).toMatchObject({
      state: 'refused',
      code: 'invitation-unknown',
      detail: expect.stringContaining('invite them in the app'),
    })
    expect(await rig.link(mia)).toMatchObject({ returning_since: null })
    // Somebody has done so.
    rig.target.put({ ...rig.named('mia')!, state: 'pending' })
    await resume()
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered', code: null, detail: expect.anything() })
    expect(rig.target.mails()).toEqual([])
  })

  test('is not sent to who came back since: that may have reset what the app shows', async () => {
    await rig.push('kim')
    await rig.drain()
    const mia = await cutOff('mia')
    await resume()
    await rig.patch(mia, { active: false })
    await rig.drain()
    await rig.patch(mia, { active: true })
    await rig.drain()
    await later()
    await resume()
    expect(rig.named('mia')?.state).toBe('unregistered')
    expect(rig.target.mails()).toHaveLength(1)
    expect(await rig.row(mia)).toMatchObject({ state: 'refused', code: 'invitation-unknown' })
  })
})

test('who comes back to a way to sign in that needs one is asked in at once', async () => {
  const desk = (loginAuthenticator: string): object => ({
    ...POLICY,
    rules: [{ name: 'All', give: { loginAuthenticator } }],
  })
  rig.use({ policy: desk('Okta SAML') })
  const mia = await rig.push('mia')
  await rig.drain()
  await rig.patch(mia, { active: false })
  await rig.drain()
  // They have never signed in.
  rig.target.put({ ...rig.named('mia')!, before: 'unregistered' })
  rig.use({ policy: desk('Passwords') })
  await rig.patch(mia, { active: true })
  await rig.drain()
  expect(rig.named('mia')).toMatchObject({ state: 'pending', attributes: { loginAuthenticator: 'own' } })
  expect(rig.target.mails()).toHaveLength(1)
  expect(await rig.link(mia)).toMatchObject({ returning_since: null })
})

test('one that was sent is done, whatever the app shows', async () => {
  breaking((plain) => ({
    apply: async (change, key) => {
      const outcome = await plain.apply(change, key)
      if (change.kind === 'invite') rig.target.put({ ...rig.target.raw(change.account)!, state: 'unregistered' })
      return outcome.ok && change.kind === 'invite'
        ? { ok: true, seen: { ...outcome.seen, state: 'unregistered' } }
        : outcome
    },
  }))
  const mia = await rig.push('mia')
  await rig.drain()
  await later()
  await rig.patch(mia, { title: 'Lead' })
  await rig.drain()
  expect(await rig.row(mia)).toMatchObject({ state: 'delivered', code: null })
  expect(rig.target.mails()).toHaveLength(1)
})

describe('whoever gets an account by a hand-over', () => {
  const hand = (): ReturnType<typeof handOver> =>
    handOver(rig.world.operations, {
      tenant: 'acme',
      from: 'okta',
      to: 'entra',
      apply: true,
      after: 0,
      limit: 10,
      actor: 'key:ops',
    })

  test('is asked in where nobody was, once', async () => {
    rig.use({ policy: { ...POLICY, account: {} } })
    const before = await rig.push('mia')
    await rig.drain()
    const mia = await rig.push('mia', {}, 'entra')
    await rig.drain()
    rig.use({ policy: POLICY })
    expect(await hand()).toMatchObject({ ok: true, steps: [{ ok: true }] })
    await rig.drain()
    expect(await rig.link(mia)).toMatchObject({ state: 'linked' })
    expect(await rig.link(before)).toMatchObject({ state: 'unlinked', invited_at: null })
    expect(rig.named('mia')).toMatchObject({ state: 'pending' })
    await rig.patch(mia, { title: 'Lead' }, 'entra')
    await rig.drain()
    expect(rig.target.mails()).toHaveLength(1)
  })

  test('is not asked in a second time, also where the app does not show the first', async () => {
    await rig.push('mia')
    await rig.drain()
    rig.target.put({ ...rig.named('mia')!, state: 'unregistered' })
    await rig.push('mia', {}, 'entra')
    await rig.drain()
    expect(await hand()).toMatchObject({ ok: true, steps: [{ ok: true }] })
    await rig.drain()
    expect(rig.target.mails()).toHaveLength(1)
  })
})
