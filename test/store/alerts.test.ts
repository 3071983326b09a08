import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { forgetOldAlerts } from '../../src/store/alerts.ts'
import { sendAlerts } from '../../src/workflows/alert.ts'
import { DONE, openItemsWorld, refusedFor, type ItemsWorld } from './open-items-world.ts'

let it: ItemsWorld
beforeAll(async () => {
  it = await openItemsWorld()
})
afterAll(() => it.world.close())
beforeEach(() => it.clear())

const ROLE = refusedFor('unknown-role', 'Agnt')
const OPENED = 'open-item.opened unknown-role'
const RESOLVED = 'open-item.resolved unknown-role 0'
const FAILS = { ok: false, detail: 'hooks.example answered with status 500.' }

async function opened(people = 1): Promise<void> {
  await it.people(people)
  await it.settleAll(ROLE)
  await it.look()
}
const lookAndSend = async (seconds: number): Promise<void> => {
  await it.pass(seconds)
  await it.look()
  await it.send()
}

describe('an opening', () => {
  test('is told once to each receiver, after a while, with all who wait by then', async () => {
    await it.people(30)
    const [first, ...others] = await it.lease()
    if (first === undefined) throw new Error('nothing was due')
    await it.settle(first, ROLE)
    await it.look()
    for (const one of others) await it.settle(one, ROLE)
    await it.send()
    expect(it.told()).toEqual([])
    for (let n = 0; n < 3; n++) await lookAndSend(11)
    expect([it.told('hook'), it.told('mail')]).toEqual([[`${OPENED} 30`], [`${OPENED} 30`]])
    expect(it.receivers.hook.messages[0]).toMatchObject({
      subject: 'Rollcall: cxone: Unknown role "Agnt", 30 changes wait',
      text: expect.stringContaining('What to do: The app says unknown-role. Make it there.'),
    })
  })
  test('that is over by then is not told, nor is its end', async () => {
    await opened()
    await it.settleAll(DONE)
    await it.look()
    await lookAndSend(3_600)
    expect(it.told()).toEqual([])
  })
  test('and its end are told once, whichever of many processes get to them', async () => {
    await opened()
    const many = (work: () => Promise<void>) => Promise.all(Array.from({ length: 8 }, work))
    await it.world.db.query(`update open_item set state = 'seen', opened_at = null`)
    await it.world.db.query('truncate alert')
    await many(() => it.look())
    await it.pass(11)
    await many(() => it.send())
    await it.settleAll(DONE)
    await many(() => it.look())
    await it.pass(16)
    await many(() => it.send())
    expect(it.told('hook')).toEqual([`${OPENED} 1`, RESOLVED])
    expect(it.told('mail')).toEqual([`${OPENED} 1`, RESOLVED])
  })
})

describe('an item that flaps', () => {
  test('was never closed for the receiver when it opens again within seconds', async () => {
    await opened()
    await lookAndSend(11)
    for (let n = 0; n < 4; n++) {
      await it.settleAll(DONE)
      await lookAndSend(5)
      await opened()
      await lookAndSend(5)
    }
    await it.settleAll(DONE)
    await it.look()
    await lookAndSend(16)
    expect(it.told()).toEqual([`${OPENED} 1`, RESOLVED])
  })
  test('is told again only minutes after it was told before, and only if it is open then', async () => {
    await opened()
    await lookAndSend(11)
    await it.settleAll(DONE)
    await it.look()
    await lookAndSend(16)
    await opened()
    await lookAndSend(60)
    await it.settleAll(DONE)
    await lookAndSend(60)
    expect(it.told()).toEqual([`${OPENED} 1`, RESOLVED])
    await opened()
    await lookAndSend(60)
    expect(it.told()).toHaveLength(2)
    await lookAndSend(600)
    expect(it.told()).toEqual([`${OPENED} 1`, RESOLVED, `${OPENED} 1`])
  })
})

describe('a receiver that does not take a message', () => {
  test('gets it again, ever more rarely, always the same, until it takes it', async () => {
    it.receivers.hook.answer = FAILS
    await opened(3)
    await it.pass(11)
    const waits: number[] = []
    for (let n = 0; n < 12; n++) {
      await it.send()
      const { rows } = await it.world.db.query<{ wait: number; why: string }>(
        `select round(extract(epoch from due_at - now()))::int as wait, why from alert where channel = 'hook'`,
      )
      waits.push(rows[0]?.wait ?? 0)
      expect(rows[0]?.why).toBe(FAILS.detail)
      await it.people(1)
      await it.settleAll(ROLE)
      await it.world.db.query(`update alert set due_at = now() where sent_at is null`)
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900])
    it.receivers.hook.answer = { ok: true, detail: 'taken' }
    for (let n = 0; n < 3; n++) {
      await it.world.db.query(`update alert set due_at = now() where sent_at is null`)
      await it.send()
    }
    const { messages } = it.receivers.hook
    expect(messages).toHaveLength(13)
    for (const message of messages) expect(message).toEqual(messages[0])
    expect(it.told('mail')).toHaveLength(1)
  })
  test('hears of the end only after it has heard of the beginning', async () => {
    it.receivers.hook.answer = FAILS
    await opened()
    await lookAndSend(11)
    await it.settleAll(DONE)
    await it.look()
    for (let n = 0; n < 3; n++) await lookAndSend(1_000)
    expect(new Set(it.told('hook'))).toEqual(new Set([`${OPENED} 1`]))
    it.receivers.hook.answer = { ok: true, detail: 'taken' }
    await lookAndSend(1_000)
    await lookAndSend(1_000)
    expect(it.told('hook').slice(-2)).toEqual([`${OPENED} 1`, RESOLVED])
    expect(it.told('mail')).toEqual([`${OPENED} 1`, RESOLVED])
  })
  test('for three days gets nothing of it any more', async () => {
    it.receivers.hook.answer = FAILS
    await opened()
    await lookAndSend(11)
    await lookAndSend(3 * 86_400 + 60)
    const calls = it.told('hook').length
    it.receivers.hook.answer = { ok: true, detail: 'taken' }
    await lookAndSend(1_000)
    await it.settleAll(DONE)
    await it.look()
    await lookAndSend(1_000)
    expect(it.told('hook')).toHaveLength(calls)
    expect(it.told('mail')).toEqual([`${OPENED} 1`, RESOLVED])
  })
})

test('a sender that dies leaves its message to others, who send it with the same id', async () => {
  await opened()
  await it.pass(11)
  const dying = it.alerting.channels.map((one) => ({
    ...one,
    channel: { send: () => Promise.reject(new Error('died')) },
  }))
  await expect(sendAlerts({ ...it.alerting, channels: dying })).rejects.toThrow('died')
  await it.send()
  expect(it.told()).toEqual([])
  const ids = (await it.world.db.query<{ id: string }>(`select id from alert where channel = 'hook'`)).rows
  await lookAndSend(61)
  expect(it.receivers.hook.messages.map(({ id }) => ({ id }))).toEqual(ids)
})

test('a receiver that the configuration declares no more gets nothing', async () => {
  await opened()
  await it.pass(11)
  const channels = it.alerting.channels.filter(({ id }) => id === 'mail')
  await sendAlerts({ ...it.alerting, channels })
  expect([it.told('hook'), it.told('mail')]).toEqual([[], [`${OPENED} 1`]])
})

test('messages are forgotten after a month, but not those of an item that is open still', async () => {
  const left = async () => (await it.world.db.query(`select kind from alert where channel = 'hook' order by seq`)).rows
  await opened()
  await lookAndSend(11)
  await it.pass(40 * 86_400)
  await forgetOldAlerts(it.world.db)
  expect(await left()).toEqual([{ kind: 'opened' }])
  await it.settleAll(DONE)
  await it.look()
  await forgetOldAlerts(it.world.db)
  expect(await left()).toEqual([{ kind: 'resolved' }])
})

test('whatever happens in whatever order, a receiver hears of beginnings and ends in turn, and the last word is true', async () => {
  const step = fc.oneof(
    fc.constant('meet' as const),
    fc.constant('mend' as const),
    fc.constant('look' as const),
    fc.constant('send' as const),
    fc.constant('looks' as const),
    fc.constantFrom('hook fails' as const, 'hook works' as const),
    fc.integer({ min: 1, max: 700 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await it.clear()
      const acts = {
        meet: () => it.people(1).then(() => it.settleAll(ROLE)),
        mend: () => it.settleAll(DONE),
        look: () => it.look(),
        send: () => it.send(),
        looks: async () => void (await Promise.all([it.look(), it.send(), it.look(), it.send()])),
        'hook fails': async () => void (it.receivers.hook.answer = FAILS),
        'hook works': async () => void (it.receivers.hook.answer = { ok: true, detail: 'taken' }),
      }
      const arrived: string[] = []
      let seen = 0
      for (const one of steps) {
        await (typeof one === 'number' ? it.pass(one) : acts[one]())
        const fresh = it.receivers.hook.messages.slice(seen)
        seen += fresh.length
        if (it.receivers.hook.answer.ok) arrived.push(...fresh.map(({ type }) => type))
      }
      it.receivers.hook.answer = { ok: true, detail: 'taken' }
      const before = it.receivers.hook.messages.length
      for (let n = 0; n < 4; n++) await lookAndSend(1_000)
      arrived.push(...it.receivers.hook.messages.slice(before).map(({ type }) => type))
      arrived.forEach((type, at) => expect(type).toBe(at % 2 === 0 ? 'open-item.opened' : 'open-item.resolved'))
      expect(arrived.length % 2 === 1).toBe((await it.items()).length > 0)
    }),
    { numRuns: 15 },
  )
})
