/** Who comes back, and who comes under somebody else's name, told for each provider. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EntraProvider } from '../../sim/idp/entra/provider.ts'
import { DAY_MS } from '../../sim/idp/clock.ts'
import type { Person } from '../../sim/idp/people.ts'
import { disagreements, openStage, PROVIDERS, type Stage } from './stage.ts'

describe.each(PROVIDERS)('%s', (name) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(name)
  })
  afterAll(() => stage.close())

  const accountOf = (person: Person) => stage.cxone.userNamed(person.userName)

  /** Leaves for good, as far as this provider ever says so: Okta never deletes. */
  async function leavesForGood(person: Person): Promise<void> {
    const { provider, clock } = stage
    if (provider instanceof EntraProvider) {
      await provider.softDelete(person)
      await provider.catchUp()
      clock.leap(31 * DAY_MS)
      await provider.catchUp()
    } else if ('remove' in provider) {
      await (provider as { remove(person: Person): Promise<unknown> }).remove(person)
    } else await provider.deactivate(person)
    await stage.settled()
  }

  test('takes somebody back within thirty days: the same account, working, with what the app gives', async () => {
    const mia = stage.person()
    await stage.act(() => stage.provider.assign(mia))
    await stage.settled()
    const before = await accountOf(mia)
    await stage.act(() => stage.provider.deactivate(mia))
    await stage.settled()
    expect(await accountOf(mia)).toMatchObject({ id: before?.id, status: 'DELETED' })
    stage.clock.leap(10 * DAY_MS)
    await stage.act(() => stage.provider.reactivate(mia))
    expect(await disagreements(stage)).toEqual([])
    expect(await accountOf(mia)).toMatchObject({ id: before?.id, role: before?.['role'], teamId: before?.['teamId'] })
  })

  test('takes somebody back after they were deleted: a new user at most, the same account', async () => {
    const mia = stage.person()
    await stage.act(() => stage.provider.assign(mia))
    await stage.settled()
    const [before, id] = [await accountOf(mia), stage.belief(mia).id]
    await leavesForGood(mia)
    expect(await accountOf(mia)).toMatchObject({ status: 'DELETED' })
    await stage.act(() => stage.provider.assign(mia))
    expect(await disagreements(stage)).toEqual([])
    expect((await accountOf(mia))?.id).toBe(before?.id)
    if (name !== 'okta') expect(stage.belief(mia).id).not.toBe(id)
  })

  test('deletes somebody and creates them again at once: one account, working', async () => {
    const mia = stage.person()
    await stage.act(() => stage.provider.assign(mia))
    await stage.settled()
    await stage.cxone.control('PUT', '/latency', { ms: 60 })
    const { provider } = stage
    if (provider instanceof EntraProvider) {
      await provider.purge(mia)
      await provider.catchUp()
    } else if ('remove' in provider) await (provider as { remove(person: Person): Promise<unknown> }).remove(mia)
    else await provider.deactivate(mia)
    await stage.act(() => (name === 'okta' ? provider.reactivate(mia) : provider.assign(mia)))
    await stage.cxone.control('PUT', '/latency', { ms: 0 })
    expect(await disagreements(stage)).toEqual([])
    expect((await accountOf(mia))?.status).not.toBe('DELETED')
  })

  test('gives a name of somebody who left to another person: nobody gets the account until somebody has settled it', async () => {
    const mia = stage.person()
    await stage.act(() => stage.provider.assign(mia))
    await stage.settled()
    await leavesForGood(mia)
    const before = await accountOf(mia)
    const other: Person = {
      ...stage.person(),
      userName: mia.userName,
      email: mia.email,
      givenName: 'Somebody',
      familyName: 'Different',
      displayName: 'Somebody Different',
    }
    // Okta keeps the user of who has left, so there the name is given away by renaming nobody: the user gets other names.
    if (name === 'okta') {
      await stage.act(() =>
        stage.provider.push(mia, { givenName: 'Somebody', familyName: 'Different', displayName: 'Somebody Different' }),
      )
      await stage.act(() => stage.provider.reactivate(mia))
    } else {
      const [answer] = await stage.act(() => stage.provider.assign(other))
      expect(answer).toMatchObject({ ok: false, failure: { status: 409 } })
      expect(answer?.detail).toContain('another person')
      expect(stage.belief(other).active).toBe(false)
    }
    await stage.settled()
    expect(await accountOf(mia)).toEqual(before)
    expect(await disagreements(stage)).toEqual([])
  })

  test.runIf(name === 'okta')(
    'matches the user of who left, wakes it and names it anew: one account, with what a newcomer gets, and all sides agree',
    async () => {
      const mia = stage.person()
      await stage.act(() => stage.provider.assign(mia))
      await stage.settled()
      const before = await accountOf(mia)
      await stage.cxone.control('PUT', `/users/${before?.id}`, {
        teamId: (await stage.cxone.state()).users.find((user) => user['teamId'] !== before?.['teamId'])?.['teamId'],
      })
      await stage.act(() => stage.provider.deactivate(mia))
      await stage.settled()
      const other = {
        ...stage.person(),
        userName: mia.userName,
        email: mia.email,
        givenName: 'Somebody',
        familyName: 'Else',
      }
      await stage.act(() => stage.provider.assign(other))
      await stage.provider.catchUp()
      await stage.settled()
      // Okta says that it is the same user, and Rollcall cannot know better: nothing of the leaver's rights is left.
      expect(await accountOf(mia)).toMatchObject({
        id: before?.id,
        firstName: 'Somebody',
        lastName: 'Else',
        role: before?.['role'],
        teamId: before?.['teamId'],
      })
      expect(stage.belief(other)).toMatchObject({ status: 'linked', active: true, tasks: [] })
    },
  )
})
