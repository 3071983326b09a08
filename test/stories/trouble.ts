/**
 * What goes wrong between a provider and CXone: at the end of each story all three sides agree, or a row says why not.
 * Must not know how a provider or Rollcall goes about it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Outcome } from '../../sim/idp/beliefs.ts'
import { HOUR_MS, MINUTE_MS } from '../../sim/idp/clock.ts'
import { EntraProvider } from '../../sim/idp/entra/provider.ts'
import type { Dialect } from '../../sim/idp/entra/requests.ts'
import { until } from '../support/wait.ts'
import {
  CREATES,
  disagreements,
  fault,
  noFaults,
  openStage,
  REFUSED_EMAIL,
  REFUSED_RIGHT,
  UPDATES,
  type ProviderName,
  type Stage,
} from './stage.ts'

export interface Cast {
  /** How many wait for the app at once. */
  readonly waiting: number
  /** Of Entra; default `default`. */
  readonly dialect?: Dialect
}

export function tellTrouble(name: ProviderName, { waiting, dialect = 'default' }: Cast): void {
  describe(`between ${name}${dialect === 'default' ? '' : ` (${dialect})`} and CXone`, () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await openStage(name, { dialect })
    })
    afterAll(() => stage.close())
    afterEach(async () => {
      await noFaults(stage)
      await stage.cxone.control('PUT', '/latency', { ms: 0 })
      await stage.settled()
    })

    const accountOf = (userName: string) => stage.cxone.userNamed(userName)

    test('hears that somebody is refused for their own sake, mends it, and they are there', async () => {
      const [mia, ben] = [stage.person(), stage.person()]
      await fault(stage, { effect: REFUSED_EMAIL, match: CREATES, times: 1 })
      const [first] = await stage.act(() => stage.provider.assign(mia))
      expect(first).toMatchObject({ ok: false, failure: { status: 400 } })
      expect(stage.belief(mia)).toMatchObject({ status: 'unlinked', active: false })
      expect(await accountOf(mia.userName)).toBeUndefined()
      await stage.act(() => stage.provider.assign(ben))
      expect(stage.belief(ben).active).toBe(true)
      // Mended at the provider; it tries again in its own way.
      await stage.provider.catchUp()
      expect(stage.belief(mia)).toMatchObject({ status: 'linked', active: true, tasks: [] })
      expect(await disagreements(stage)).toEqual([])
    })

    test(
      'never hears of a fault of the app that lasts an hour; who waits is delivered once it is mended, and nobody has to ask',
      { timeout: 900_000 },
      async () => {
        const { provider } = stage
        const many = stage.people(waiting)
        const [leaver, renamed] = many.splice(0, 2)
        if (leaver === undefined || renamed === undefined) throw new Error('this story needs more people')
        const late = stage.person()
        const heard: Outcome[] = []
        const acts = async (...all: (() => Promise<Outcome>)[]): Promise<void> => {
          heard.push(...(await stage.act(...all)))
        }
        await fault(stage, { effect: REFUSED_RIGHT, match: CREATES })
        await acts(...[leaver, renamed, ...many].map((person) => () => provider.assign(person)))
        await stage.pass(20 * MINUTE_MS)
        await acts(
          () => provider.push(renamed, { familyName: 'Meanwhile' }),
          () => provider.deactivate(leaver),
          () => provider.assign(late),
        )
        await stage.pass(20 * MINUTE_MS)
        await stage.pass(20 * MINUTE_MS)
        expect(heard.filter(({ ok }) => !ok)).toEqual([])
        for (const person of [renamed, late, ...many])
          expect(stage.belief(person)).toMatchObject({ active: true, tasks: [] })
        expect(provider instanceof EntraProvider ? provider.job().status : 'healthy').toBe('healthy')
        // An attempt may be under way at this moment; that it was the same item throughout is what `since` says.
        const [item, ...others] = await until(
          () => stage.openItems(),
          (items) => items[0]?.waiting === many.length + 2,
        )
        expect(item).toMatchObject({ kind: 'right-missing', waiting: many.length + 2 })
        expect(others).toEqual([])
        expect(Date.parse(item?.since ?? '')).toBeLessThanOrEqual(Date.now() - HOUR_MS)
        await noFaults(stage)
        await stage.pass(5 * MINUTE_MS)
        expect(await disagreements(stage)).toEqual([])
        expect(await accountOf(leaver.userName)).toBeUndefined()
        expect(await accountOf(renamed.userName)).toMatchObject({ lastName: 'Meanwhile' })
        await until(
          () => stage.openItems(),
          (items) => items.length === 0,
        )
      },
    )

    test('loses the answer to a create, and ends with one user and one account', async () => {
      const mia = stage.person()
      stage.proxy.lose('POST')
      await stage.act(() => stage.provider.assign(mia))
      expect(stage.proxy.lost()).toBe(1)
      expect(stage.belief(mia).status).toBe('unlinked')
      await stage.provider.catchUp()
      expect(stage.belief(mia)).toMatchObject({ status: 'linked', active: true })
      expect(await disagreements(stage)).toEqual([])
    })

    test('sends one create twice at once, and ends with one user and one account', async () => {
      const mia = stage.person()
      await stage.cxone.control('PUT', '/latency', { ms: 20 })
      await stage.act(
        () => stage.provider.assign(mia),
        () => stage.provider.assign(mia),
      )
      await stage.provider.catchUp()
      expect(stage.belief(mia)).toMatchObject({ status: 'linked', active: true })
      expect(await disagreements(stage)).toEqual([])
    })

    test('hears that a change is refused, and the next one is taken', async () => {
      const mia = stage.person()
      await stage.act(() => stage.provider.assign(mia))
      await fault(stage, { effect: REFUSED_EMAIL, match: UPDATES, times: 1 })
      const [refused] = await stage.act(() => stage.provider.push(mia, { familyName: 'Refused' }))
      expect(refused).toMatchObject({ ok: false, failure: { status: 400 } })
      expect(await accountOf(mia.userName)).toMatchObject({ lastName: mia.familyName })
      await stage.act(() => stage.provider.push(mia, { familyName: 'Taken' }))
      expect(await accountOf(mia.userName)).toMatchObject({ lastName: 'Taken' })
      expect(await disagreements(stage)).toEqual([])
    })

    test('takes somebody away behind a throttled change: the deactivation is the next write CXone gets for them', async () => {
      const mia = stage.person()
      await stage.act(() => stage.provider.assign(mia))
      await stage.settled()
      await fault(stage, { effect: { status: 429, headers: { 'retry-after': '2' } }, match: UPDATES })
      await stage.act(() => stage.provider.push(mia, { familyName: 'Throttled' }))
      const before = (await calls(stage)).at(-1)?.seq ?? 0
      await stage.act(() => stage.provider.deactivate(mia))
      await stage.settled()
      const write = (await calls(stage, before)).find(
        ({ method, path }) => method !== 'GET' && /user-management/.test(path) && !/search/.test(path),
      )
      expect(write?.path).toContain('deactivate')
      await noFaults(stage)
      expect(await disagreements(stage)).toEqual([])
    })

    test('takes somebody away while CXone is down, and they are out as soon as it is back', async () => {
      const [mia, ben] = [stage.person(), stage.person()]
      await stage.act(
        () => stage.provider.assign(mia),
        () => stage.provider.assign(ben),
      )
      await stage.settled()
      await fault(stage, { effect: { drop: true }, match: {} })
      const outcomes = await stage.act(
        () => stage.provider.push(ben, { familyName: 'Waits' }),
        () => stage.provider.deactivate(mia),
      )
      expect(outcomes.filter(({ ok }) => !ok)).toEqual([])
      expect(await accountOf(mia.userName)).not.toMatchObject({ status: 'DELETED' })
      await noFaults(stage)
      expect(await disagreements(stage)).toEqual([])
      expect(await accountOf(mia.userName)).toMatchObject({ status: 'DELETED' })
    })

    test('takes everybody away by mistake, and gives all of them back', async () => {
      const all = stage.people(8)
      await stage.act(...all.map((person) => () => stage.provider.assign(person)))
      await stage.settled()
      const ids = new Map(
        await Promise.all(all.map(async ({ userName }) => [userName, (await accountOf(userName))?.id] as const)),
      )
      await stage.act(...all.map((person) => () => stage.provider.deactivate(person)))
      expect(await disagreements(stage)).toEqual([])
      await stage.act(...all.map((person) => () => stage.provider.reactivate(person)))
      expect(await disagreements(stage)).toEqual([])
      for (const { userName } of all) expect((await accountOf(userName))?.id).toBe(ids.get(userName))
    })
  })
}

interface Call {
  readonly seq: number
  readonly method: string
  readonly path: string
}

/** Those after a number; the first that are asked for are not the last that there are. */
async function calls(stage: Stage, since = 0): Promise<Call[]> {
  const page: Call[] = await stage.cxone.control('GET', `/calls?since=${since}&limit=5000`)
  const last = page.at(-1)
  return last === undefined ? [] : [...page, ...(await calls(stage, last.seq))]
}
