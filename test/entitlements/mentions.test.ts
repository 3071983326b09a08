import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Mention } from '../../src/store/views/entitlements.ts'
import { openItemsWorld, refusedFor, DONE, type ItemsWorld } from '../store/open-items-world.ts'
import { check, entry, openStage, readOnce, type Stage } from './stage.ts'

let it: ItemsWorld
let stage: Stage
beforeAll(async () => {
  it = await openItemsWorld()
})
afterAll(() => it.world.close())
beforeEach(async () => {
  await it.clear()
  await it.world.db.query('truncate entitlement, entitlement_reading, entitlement_listing')
  await it.world.db.query('update app set detached_at = null')
  stage = openStage()
  stage.directory.roles = [entry('r1', 'Agent'), entry('r2', 'Lead')]
  stage.directory.skills = [entry('s1', 'Billing')]
})

const AGENT: Mention = { kind: 'role', name: 'Agent', at: ['defaults.role'] }

/** One reading, what it means for those mentions, and what is open and told after it. */
async function readAndLook(mentions: readonly Mention[] = [AGENT]): Promise<string[]> {
  await readOnce(it.world.db, stage)
  await check(it.world.db, stage, mentions)
  await it.look({ gatherSeconds: 0, quietSeconds: 0, againSeconds: 0 })
  await it.send()
  return it.items()
}
async function firstFix(): Promise<string> {
  const [first] = await it.shown()
  return first?.fix ?? ''
}
function removeAgent(): void {
  stage.directory.roles.shift()
}
function retire(): void {
  stage.directory.roles[0] = entry('r1', 'Agent', { active: false })
}

describe('the role of the defaults', () => {
  test('that is there is no item', async () => {
    expect(await readAndLook()).toEqual([])
    expect(
      await readAndLook([
        { ...AGENT, name: 'r1' },
        { ...AGENT, name: ' aGENT' },
      ]),
    ).toEqual([])
  })

  test.each([
    ['absent', removeAgent, ''],
    ['retired', retire, 'The role "Agent" is retired: nobody can be given it. '],
  ] as const)('that is %s: one item before anybody meets it, with the fix, told once', async (_, spoil, why) => {
    spoil()
    const open = await readAndLook()
    expect(open).toEqual(['0 unknown-role Agent'])
    expect(await firstFix()).toBe(
      `${why}There is no role "Agent" in the directory. It knows: Lead. It is named by defaults.role. Make it there.`,
    )
    expect(await readAndLook()).toEqual(['0 unknown-role Agent'])
    expect(it.told()).toEqual(['open-item.opened unknown-role 0'])
    expect(it.receivers.mail.messages[0]?.subject).toBe('Rollcall: cxone: Unknown role "Agent", nobody waits yet')
  })

  test('that two have is for the connector to tell: this one takes the first, and one that cannot is believed', async () => {
    stage.directory.roles.push(entry('r9', 'agent'))
    expect(await readAndLook()).toEqual([])
    const refusal = { ok: false, code: 'unknown-role', retry: 'later', detail: 'Two are called so.' } as const
    const cannot: Stage = { ...stage, connector: { ...stage.connector, resolve: async () => refusal } }
    await check(it.world.db, cannot, [AGENT])
    await it.look()
    expect(await firstFix()).toMatch(
      /^There are several that are called "Agent" and active; say which by its id: r\d, r\d\. Two are/,
    )
  })

  test('that is gone, and the one that was renamed, are told by what they were', async () => {
    await readAndLook()
    stage.directory.roles = [entry('r2', 'Lead')]
    await readAndLook()
    expect(await firstFix()).toContain('The role "Agent" is gone.')
    stage.directory.roles = [entry('r1', 'Advisor'), entry('r2', 'Lead')]
    await readAndLook()
    expect(await firstFix()).toMatch(
      /^The role "Agent" is called "Advisor" since 20\S+Z: name it so, or give it its old name back\. /,
    )
    expect(it.told()).toEqual(['open-item.opened unknown-role 0'])
  })

  test('closes by itself once it is mended, and opens again when it breaks again', async () => {
    retire()
    await readAndLook()
    stage.directory.roles[0] = entry('r1', 'Agent')
    expect(await readAndLook()).toEqual([])
    retire()
    expect(await readAndLook()).toEqual(['0 unknown-role Agent'])
    expect(it.told()).toEqual([
      'open-item.opened unknown-role 0',
      'open-item.resolved unknown-role 0',
      'open-item.opened unknown-role 0',
    ])
  })

  test('that nobody names any more is in nobody’s way', async () => {
    retire()
    await readAndLook()
    expect(await readAndLook([])).toEqual([])
  })

  test('is no matter of an app that was detached', async () => {
    retire()
    await readAndLook()
    await it.world.db.query('update app set detached_at = now()')
    await it.look()
    expect(await it.items()).toEqual([])
  })
})

describe('the same cause, met by deliveries', () => {
  test('is the same item, whoever meets it first, and stays until neither does', async () => {
    await it.people(2)
    await it.settleAll(refusedFor('unknown-role', 'Agent'))
    retire()
    expect(await readAndLook()).toEqual(['2 unknown-role Agent'])
    await it.settleAll(refusedFor('name-taken'))
    await it.look()
    expect(await it.items()).toContain('0 unknown-role Agent')
    expect(it.told()).toEqual(['open-item.opened unknown-role 2'])
  })

  test('makes all who wait for it due as soon as a reading finds it mended', async () => {
    retire()
    await it.people(3)
    await it.settleAll(refusedFor('unknown-role', 'Agent'))
    await readAndLook()
    expect(await it.lease()).toHaveLength(0)
    stage.directory.roles[0] = entry('r1', 'Agent')
    expect(await readAndLook()).toEqual([])
    expect(await it.lease()).toHaveLength(3)
  })

  test('that somebody got through has the app read again at once', async () => {
    retire()
    await it.people(1)
    await it.settleAll(refusedFor('unknown-role', 'Agent'))
    await readAndLook()
    const due = async () =>
      (await it.world.db.query<{ due: boolean }>('select next_at <= now() as due from entitlement_reading')).rows
    expect(await due()).toEqual([{ due: false }])
    await it.settleAll(DONE)
    expect(await due()).toEqual([{ due: true }])
  })
})

describe('what cannot be told', () => {
  test('is no item: a kind that was never read whole', async () => {
    stage.directory.roles = [entry('r2', 'Lead')]
    stage.partial.add('role')
    expect(await readAndLook()).toEqual([])
  })

  test('opens nothing and closes nothing: the app does not answer', async () => {
    await readAndLook()
    stage.target.fault({ kind: 'outage' })
    expect(await readAndLook([AGENT, { ...AGENT, name: 'Nobody' }])).toEqual([])
    stage.target.fault(undefined)
    expect(await readAndLook([AGENT, { ...AGENT, name: 'Nobody' }])).toEqual(['0 unknown-role Nobody'])
    stage.target.fault({ kind: 'outage' })
    expect(await readAndLook([AGENT, { ...AGENT, name: 'Nobody' }])).toEqual(['0 unknown-role Nobody'])
  })

  test('is what no catalogue of the app has', async () => {
    expect(await readAndLook([{ kind: 'group', name: 'Day', at: ['rules[0].give.groups'] }])).toEqual([])
  })
})

test('every kind that a policy can give has an item of its own, and two spellings of one name have one', async () => {
  expect(
    await readAndLook([
      { kind: 'team', name: 'Night', at: ['defaults.team'] },
      { kind: 'skill', name: 'Sales', at: ['rules[0].give.skills'] },
      { kind: 'skill', name: 'SALES', at: ['rules[1].give.skills'] },
      { kind: 'skill', name: 'Billing', at: ['rules[2].give.skills'] },
    ]),
  ).toEqual(['0 unknown-skill Sales', '0 unknown-team Night'])
})
