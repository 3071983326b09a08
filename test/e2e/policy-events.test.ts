/** What the event log says of deliveries that were stopped half-way, and what stops them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Connector } from '../../src/connectors/contract.ts'
import type { Change } from '../../src/reconcile/change.ts'
import { openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())

const POLICY = {
  rules: [
    {
      name: 'All',
      give: { role: 'Agent', team: 'Night', skills: [{ name: 'Billing', level: 3 }], groups: ['Floor 1'] },
    },
  ],
}

beforeEach(async () => {
  await rig.clear()
  await rig.query(`update app set failures = 0, paused_until = null, mode = 'enforce'`)
  rig.use({ policy: POLICY })
})

const breaking = (change: (plain: Connector) => Partial<Connector>): void => {
  const plain = rig.connector
  rig.use({ connector: change(plain) })
}

/** What somebody may see of each write: kind of the event, and of the changes that it tells. */
async function told(): Promise<unknown[]> {
  const rows = await rig.query(`select kind, data from event where kind like 'delivery.%' order by seq`)
  return rows.map(({ kind, data }) => {
    const { changes, perhaps } = data as { changes?: readonly Change[]; perhaps?: Change }
    return [kind, changes?.map((change) => change.kind), ...(perhaps === undefined ? [] : [perhaps.kind])]
  })
}

describe('every write to an app has its event', () => {
  test('also that of the record, where what follows it fails', async () => {
    breaking((plain) => ({
      apply: async (change, key) =>
        change.kind === 'grant'
          ? { ok: false, code: 'answer-unexpected', retry: 'soon', detail: 'The skills do not answer.' }
          : plain.apply(change, key),
    }))
    await rig.push('mia')
    await rig.drain()
    expect(await told()).toEqual([
      ['delivery.done', ['create']],
      ['delivery.partly', [], 'grant'],
    ])
    const account = rig.named('mia')?.id
    expect(await rig.query(`select distinct account_id from event where kind like 'delivery.%'`)).toEqual([
      { account_id: account },
    ])
  })

  test('also that of a first change, where the second of the same plan fails', async () => {
    breaking((plain) => ({
      apply: async (change, key) =>
        change.kind === 'grant' && change.of === 'group'
          ? { ok: false, code: 'right-missing', retry: 'later', detail: 'Groups may not be given.' }
          : plain.apply(change, key),
    }))
    await rig.push('mia')
    await rig.drain()
    expect(await told()).toEqual([
      ['delivery.done', ['create']],
      ['delivery.partly', ['grant']],
    ])
  })

  test('also one after which the process was killed: somebody else finds the plan', async () => {
    const mia = await rig.push('mia')
    await rig.drain()
    await rig.query('truncate event')
    // As a process leaves it that is killed between the app's answer and writing it down.
    await rig.query(
      `update plan set state = 'applying', outcomes = '[]', ended_at = null where steps @> '[{"kind":"grant"}]'`,
    )
    await rig.query(
      `update delivery set wanted = wanted + 1, state = 'due', next_at = now(), lease_token = gen_random_uuid(),
         lease_until = now() - interval '1 second'`,
    )
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered' })
    expect(await rig.query(`select data -> 'steps' as steps from event where kind = 'delivery.interrupted'`)).toEqual([
      { steps: ['grant', 'grant'] },
    ])
    expect(await rig.query(`select 1 from plan where state = 'applying'`)).toEqual([])
  })

  test('and an attempt that writes nothing has none', async () => {
    breaking(() => ({
      apply: async () => ({ ok: false, code: 'right-missing', retry: 'later', detail: 'It may not create.' }),
    }))
    await rig.push('mia')
    await rig.drain()
    expect(await told()).toEqual([])
  })
})

test('who has an app observed stops a plan that is under way, after the change that is being made', async () => {
  breaking((plain) => ({
    apply: async (change, key) => {
      const outcome = await plain.apply(change, key)
      if (change.kind === 'grant') await rig.query(`update app set mode = 'observe'`)
      return outcome
    },
  }))
  const mia = await rig.push('mia')
  await rig.drain()
  expect(rig.named('mia')?.grants).toMatchObject({ skill: [{ id: 'skill-Billing' }] })
  expect(rig.named('mia')?.grants?.group ?? []).toEqual([])
  expect(await rig.row(mia)).toMatchObject({
    state: 'observed',
    detail: expect.stringContaining('would grant of groups'),
  })
  expect(await told()).toEqual([
    ['delivery.done', ['create']],
    ['delivery.partly', ['grant']],
  ])
})

test('whom a part of the app never comes to know is told of at once, in plain words', async () => {
  rig.target.fault({ kind: 'mirror' })
  const mia = await rig.push('mia')
  await rig.drain()
  expect(await rig.row(mia)).toMatchObject({
    state: 'retrying',
    code: 'not-mirrored',
    detail: expect.stringMatching(
      /^The account is there, but the part of the app that keeps its skills and groups does not know it yet/,
    ),
  })
})
