import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, playedClock, type PlayedClock } from '../clock.ts'
import { people, type Person } from '../people.ts'
import { answer, scimError, startPeer, type Peer } from '../test-peer.ts'
import { EntraProvider, type EntraOptions } from './provider.ts'

const START = new Date('2026-11-01T08:00:00Z')
let peer: Peer
let clock: PlayedClock
const providers: EntraProvider[] = []
const staff = people({ count: 10, seed: 11 })
const [anna, ben] = staff as [Person, Person]

beforeEach(async () => {
  peer = await startPeer()
  clock = playedClock(START)
})

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.close()
  await peer.close()
})

function entra(options: Partial<EntraOptions> = {}): EntraProvider {
  const provider = new EntraProvider({ base: peer.base, token: 'right', dialect: 'default', clock, ...options })
  providers.push(provider)
  return provider
}

/** What was received since the last look, as `GET /Users`, `PATCH /Users/:id` … */
function wire(): string[] {
  return peer.seen
    .splice(0)
    .map(
      ({ method, url }) => `${method} ${url.pathname.replace('/scim/v2', '').replace(/(Users|Groups)\/.+/, '$1/:id')}`,
    )
}

describe('a cycle', () => {
  it('tests the connection, then matches and creates; later ones look only at who changed', async () => {
    const provider = entra({ parallel: 1 })
    await provider.assign(anna)
    await provider.assign(ben)
    expect(wire()).toEqual([])
    await provider.cycle()
    expect(wire()).toEqual(['GET /Users', 'GET /Users', 'POST /Users', 'GET /Users', 'POST /Users'])
    await provider.push(anna, { title: 'Director' })
    await provider.cycle()
    expect(wire()).toEqual(['GET /Users/:id', 'GET /Users/:id', 'PATCH /Users/:id'])
    await provider.cycle()
    expect(wire()).toEqual(['GET /Users/:id'])
  })

  it('is silent without a change if it is told not to keep the connection alive', async () => {
    const provider = entra({ keepAlive: false })
    await provider.assign(anna)
    await provider.cycle()
    wire()
    await provider.cycle()
    expect(wire()).toEqual([])
  })

  it('links whoever is there and updates only what differs', async () => {
    peer.users.set('u7', { id: 'u7', userName: anna.userName.toUpperCase(), active: false, nickName: 'Mimi' })
    const provider = entra()
    await provider.assign(anna)
    expect(await provider.catchUp()).toMatchObject([{ ok: true, id: 'u7', detail: 'linked', complaints: [] }])
    expect(peer.users.get('u7')).toMatchObject({ userName: anna.userName, active: true, nickName: 'Mimi' })
  })

  it('sends ten changes of one person as one update', async () => {
    const provider = entra()
    await provider.assign(anna)
    await provider.cycle()
    wire()
    for (let at = 0; at < 10; at += 1) await provider.push(anna, { title: `Grade ${at}` })
    await provider.cycle()
    expect(wire().filter((line) => line.startsWith('PATCH'))).toHaveLength(1)
    expect([...peer.users.values()]).toMatchObject([{ title: 'Grade 9' }])
  })

  it('does nothing about somebody who left before the first cycle', async () => {
    const provider = entra()
    await provider.assign(anna)
    await provider.deactivate(anna)
    expect(await provider.catchUp()).toMatchObject([{ ok: true, detail: 'nothing to do' }])
    expect(peer.users.size).toBe(0)
    expect(provider.beliefs()).toMatchObject([{ status: 'unlinked', active: false }])
  })

  it('comes every 40 minutes by the schedule', async () => {
    const provider = entra()
    await provider.assign(anna)
    const reports = await provider.runUntil(new Date(START.getTime() + 2 * HOUR_MS))
    expect(reports.map(({ kind }) => kind)).toEqual(['initial', 'incremental', 'incremental', 'incremental'])
    expect(clock.now()).toEqual(new Date(START.getTime() + 2 * HOUR_MS))
  })
})

describe('a failure', () => {
  it('is counted, kept, and tried again in the next cycle until it succeeds', async () => {
    const provider = entra()
    peer.misbehave(({ method }) => (method === 'POST' ? scimError(409, 'that name is taken in the target') : undefined))
    await provider.assign(anna)
    await provider.cycle()
    await provider.cycle()
    expect(provider.job()).toMatchObject({ status: 'healthy', counts: { processed: 1, failed: 1, open: 1 } })
    expect(provider.beliefs()).toMatchObject([
      { status: 'unlinked', lastError: '409: that name is taken in the target', tasks: [{ failures: 2 }] },
    ])
    peer.misbehave(undefined)
    expect(await provider.catchUp()).toMatchObject([{ ok: true, detail: 'created' }])
    const [belief] = provider.beliefs()
    expect(belief).toMatchObject({ status: 'linked', told: anna, tasks: [] })
    expect(belief?.lastError).toBeUndefined()
    expect(provider.job().counts.open).toBe(0)
  })

  it('whose answer alone was lost ends in a match, and in no second user', async () => {
    const provider = entra()
    peer.misbehave((request, users) => {
      if (request.method !== 'POST') return undefined
      answer(request, users)
      return { status: 502, body: '<html>Bad Gateway</html>' }
    })
    await provider.assign(anna)
    expect(await provider.catchUp()).toMatchObject([{ ok: false, failure: { kind: 'unreadable', status: 502 } }])
    expect(await provider.catchUp()).toMatchObject([{ ok: true, detail: 'linked' }])
    expect(peer.users.size).toBe(1)
  })

  it('of a user the server has lost is one failure, then a new user', async () => {
    const provider = entra()
    await provider.assign(anna)
    await provider.cycle()
    peer.users.clear()
    await provider.push(anna, { title: 'Trainer' })
    expect(await provider.catchUp()).toMatchObject([{ ok: false, failure: { kind: 'gone' } }])
    expect(await provider.catchUp()).toMatchObject([{ ok: true, detail: 'created' }])
  })

  it('of a throttling server waits for the next cycle, or as Retry-After says, as it is told', async () => {
    const throttle = (): void => {
      let left = 1
      peer.misbehave(({ method }) =>
        method === 'POST' && left-- > 0
          ? { ...scimError(429, 'slow down'), headers: { 'retry-after': '7' } }
          : undefined,
      )
    }
    throttle()
    const impatient = entra()
    await impatient.assign(anna)
    expect(await impatient.catchUp()).toMatchObject([{ ok: false, failure: { kind: 'throttled' } }])
    expect(await impatient.catchUp()).toMatchObject([{ ok: true, detail: 'created' }])
    throttle()
    const waits: number[] = []
    const obedient = entra({ onThrottle: 'obey', onWait: (seconds) => waits.push(seconds) })
    await obedient.assign(ben)
    expect(await obedient.catchUp()).toMatchObject([{ ok: true, detail: 'created' }])
    expect(waits).toEqual([7])
  })
})

describe('quarantine', () => {
  const thresholds = { leastFailures: 4 }
  const refuse = (names: readonly string[]): void =>
    peer.misbehave(({ method, body }) =>
      method === 'POST' && names.includes(String(body['userName'])) ? scimError(500, 'sorry') : undefined,
    )

  it('begins when more than 40 % of a cycle fail, slows down, and ends when the errors are gone', async () => {
    const provider = entra({ thresholds })
    for (const person of staff) await provider.assign(person)
    refuse(staff.slice(0, 5).map(({ userName }) => userName))
    await provider.cycle()
    expect(provider.job()).toMatchObject({
      status: 'quarantine',
      counts: { processed: 10, failed: 5, open: 5 },
      quarantine: { since: START, retries: 0 },
      nextCycleAt: new Date(START.getTime() + 6 * HOUR_MS),
    })
    const retries = await provider.runUntil(new Date(START.getTime() + 24 * HOUR_MS))
    expect(retries.map(({ startedAt }) => (startedAt.getTime() - START.getTime()) / HOUR_MS)).toEqual([6, 12, 24])
    peer.misbehave(undefined)
    await provider.cycle()
    expect(provider.job()).toMatchObject({ status: 'healthy', counts: { open: 0 } })
    expect(peer.users.size).toBe(10)
  })

  it('does not begin at 40 % exactly, nor below the least number of failures', async () => {
    const provider = entra({ thresholds })
    for (const person of staff) await provider.assign(person)
    refuse(staff.slice(0, 4).map(({ userName }) => userName))
    await provider.cycle()
    expect(provider.job()).toMatchObject({ status: 'healthy', counts: { failed: 4 } })
  })

  it('begins at once when the connection test fails, and nobody is looked at', async () => {
    const provider = entra()
    await provider.assign(anna)
    peer.misbehave(() => scimError(404, 'no such endpoint'))
    const report = await provider.cycle()
    expect(report).toMatchObject({ outcomes: [], trouble: 'the connection test failed: 404: no such endpoint' })
    expect(provider.job().status).toBe('quarantine')
    expect(wire()).toEqual(['GET /Users'])
  })

  it('begins at the first 401; who was not reached is looked at once the credentials are right', async () => {
    const provider = entra({ parallel: 1 })
    for (const person of staff) await provider.assign(person)
    await provider.cycle()
    for (const person of staff) await provider.push(person, { title: 'Trainer' })
    peer.misbehave(({ method }) => (method === 'PATCH' ? scimError(401, 'token revoked') : undefined))
    expect((await provider.cycle()).outcomes).toHaveLength(1)
    expect(provider.job()).toMatchObject({ status: 'quarantine', quarantine: { reason: /401/ } })
    peer.misbehave(undefined)
    await provider.runUntil(new Date(START.getTime() + 6 * HOUR_MS))
    expect(provider.job().status).toBe('healthy')
    expect([...peer.users.values()].filter((user) => user['title'] === 'Trainer')).toHaveLength(10)
  })

  it('of four weeks disables the job; a restart looks at everybody again', async () => {
    const provider = entra({ thresholds })
    for (const person of staff) await provider.assign(person)
    refuse(staff.map(({ userName }) => userName))
    const reports = await provider.runUntil(new Date(START.getTime() + 40 * DAY_MS))
    expect(reports).toHaveLength(1 + 2 + 28)
    expect(provider.job().status).toBe('disabled')
    peer.misbehave(undefined)
    wire()
    expect((await provider.cycle()).kind).toBe('none')
    expect(wire()).toEqual([])
    provider.restart()
    await provider.cycle()
    expect(provider.job().status).toBe('healthy')
    expect(peer.users.size).toBe(10)
  })
})

describe('leaving', () => {
  it('is disabling at once and DELETE after 30 days, unless somebody restores the user in time', async () => {
    const provider = entra()
    await provider.assign(anna)
    await provider.assign(ben)
    await provider.cycle()
    await provider.softDelete(anna)
    await provider.softDelete(ben)
    await provider.cycle()
    expect([...peer.users.values()].map((user) => user['active'])).toEqual([false, false])
    await provider.runUntil(new Date(START.getTime() + 29 * DAY_MS))
    await provider.restore(ben)
    await provider.runUntil(new Date(START.getTime() + 31 * DAY_MS))
    expect([...peer.users.values()]).toMatchObject([{ userName: ben.userName, active: true }])
    expect(provider.beliefs()).toMatchObject([
      { status: 'removed', active: false },
      { status: 'linked', active: true },
    ])
    expect(await provider.restore(anna)).toMatchObject({ ok: false, failure: { kind: 'gone' } })
  })

  it('for good sends DELETE in the next cycle; whoever comes back gets a new id', async () => {
    const provider = entra()
    await provider.assign(anna)
    await provider.cycle()
    const [old] = provider.beliefs()
    await provider.purge(anna)
    wire()
    expect(await provider.catchUp()).toMatchObject([{ ok: true, detail: 'deleted' }])
    await provider.assign(anna)
    await provider.cycle()
    const [again] = provider.beliefs()
    expect(again?.status).toBe('linked')
    expect(again?.id).not.toBe(old?.id)
  })

  it('takes a DELETE of somebody who is gone for done', async () => {
    const provider = entra()
    await provider.assign(anna)
    await provider.cycle()
    peer.users.clear()
    await provider.purge(anna)
    expect(await provider.catchUp()).toMatchObject([{ ok: true, detail: 'deleted' }])
  })

  it('of somebody disabled keeps their attributes coming; of somebody unassigned it does not', async () => {
    const provider = entra({ parallel: 1 })
    await provider.assign(anna)
    await provider.assign(ben)
    await provider.cycle()
    await provider.disable(anna)
    await provider.deactivate(ben)
    await provider.push(anna, { title: 'Trainer' })
    await provider.push(ben, { title: 'Trainer' })
    await provider.cycle()
    expect([...peer.users.values()]).toMatchObject([
      { active: false, title: 'Trainer' },
      { active: false, title: ben.title },
    ])
  })
})

describe('groups', () => {
  const sales = { key: 'g1', displayName: 'Sales' }

  it.each(['default', 'aadOptscim062020'] as const)(
    'follow their people: matched, created, members added and removed one by one (%s)',
    async (dialect) => {
      const provider = entra({ dialect })
      for (const person of staff.slice(0, 4)) await provider.assign(person)
      await provider.pushGroup(sales, staff.slice(0, 3))
      await provider.cycle()
      wire()
      await provider.setMembers(sales, staff.slice(1, 4))
      await provider.cycle()
      expect(wire()).toEqual(['GET /Users/:id', 'GET /Groups/:id', 'GET /Groups/:id', 'PATCH /Groups/:id'])
      const ids = provider.beliefs().map(({ id }) => String(id))
      const [group] = peer.groups.values()
      const members = group?.['members'] as readonly { value: string }[]
      expect(members.map(({ value }) => value).toSorted()).toEqual(ids.slice(1, 4).toSorted())
      expect(provider.groupBeliefs()).toMatchObject([{ status: 'linked', told: { members: ids.slice(1, 4) } }])
    },
  )

  it('wait for members who are not there yet, counted as failed references', async () => {
    const provider = entra()
    peer.misbehave(({ method, body }) =>
      method === 'POST' && body['userName'] === ben.userName ? scimError(500, 'sorry') : undefined,
    )
    await provider.assign(anna)
    await provider.assign(ben)
    await provider.pushGroup(sales, [anna, ben])
    await provider.cycle()
    expect(provider.job().counts).toMatchObject({ failed: 1, references: 1 })
    peer.misbehave(undefined)
    await provider.cycle()
    expect(provider.job().counts).toMatchObject({ failed: 0, references: 0 })
    expect([...peer.groups.values()][0]?.['members']).toHaveLength(2)
  })

  it('are renamed with their members kept, and deleted', async () => {
    const provider = entra()
    await provider.assign(anna)
    await provider.pushGroup(sales, [anna])
    await provider.cycle()
    await provider.renameGroup(sales, 'Sales EMEA')
    await provider.cycle()
    expect([...peer.groups.values()]).toMatchObject([{ displayName: 'Sales EMEA', members: [{ $ref: null }] }])
    await provider.deleteGroup(sales)
    await provider.cycle()
    expect(peer.groups.size).toBe(0)
    expect(provider.groupBeliefs()).toMatchObject([{ status: 'removed' }])
  })
})
