/** A company changes its provider, told for each provider as the old one and the new one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Provider } from '../../sim/idp/provider.ts'
import { disagreements, openStage, PROVIDERS, type Stage } from './stage.ts'

describe.each(PROVIDERS)('%s', (name) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(name)
  })
  afterAll(() => stage.close())

  const all = async (provider: Provider, acts: readonly (() => Promise<unknown>)[]): Promise<void> => {
    await Promise.all(acts.map((act) => act()))
    if (name === 'entra') await provider.catchUp()
    await stage.settled()
  }

  test('is replaced: accounts change hands, and the mass unassignment at the old one afterwards touches nothing', async () => {
    const people = stage.people(6)
    const [old, next] = [stage.provider, stage.second()]
    await all(
      old,
      people.map((person) => () => old.assign(person)),
    )
    const before = await accounts(stage)
    // The new one pushes everybody: the accounts have an owner already.
    await all(
      next,
      people.map((person) => () => next.assign(person)),
    )
    expect(next.beliefs().filter(({ active }) => active)).toEqual([])
    expect(await accounts(stage)).toEqual(before)
    const shown = await stage.admin('POST', '/connections/okta/handover', { to: 'other' })
    expect(await accounts(stage)).toEqual(before)
    expect(JSON.stringify(shown)).toContain(people[0]?.userName)
    await stage.admin('POST', '/connections/okta/handover', { to: 'other', apply: true })
    await next.catchUp()
    await all(
      old,
      people.map((person) => () => old.deactivate(person)),
    )
    expect(await accounts(stage)).toEqual(before)
    expect(await disagreements(stage, { provider: next, token: stage.rollcall.otherToken })).toEqual([])
    // From now on the new one decides.
    const [first] = people
    if (first === undefined) throw new Error('nobody was made')
    await all(next, [() => next.deactivate(first)])
    expect(await stage.cxone.userNamed(first.userName)).toMatchObject({ status: 'DELETED' })
  })
})

/** Who may sign in where, and since when: everything CXone has. */
const accounts = async (stage: Stage) => (await stage.cxone.state()).users
