import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { people, type Person } from '../people.ts'
import { PATCH_SCHEMA } from '../scim.ts'
import { answer, scimError, startPeer, type Peer } from '../test-peer.ts'
import { OneLoginProvider, type OneLoginOptions, type OnLeaving } from './provider.ts'

let peer: Peer
const providers: OneLoginProvider[] = []
const [anna, ben, cleo] = people({ count: 3, seed: 11 }) as [Person, Person, Person]

beforeEach(async () => {
  peer = await startPeer()
})

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.close()
  await peer.close()
})

function onelogin(options: Partial<OneLoginOptions> = {}): OneLoginProvider {
  const provider = new OneLoginProvider({ base: peer.base, token: 'right', variant: 'enterprise', ...options })
  providers.push(provider)
  return provider
}

/** What was received since the last look, as it came: `GET /Users/:id?`. */
function wire(): string[] {
  return peer.seen
    .splice(0)
    .map(
      ({ method, target }) => `${method} ${target.replace('/scim/v2', '').replace(/(Users|Groups)\/[^?]+/, '$1/:id')}`,
    )
}

describe('the wire', () => {
  it('has a stray & after the filter, + for blanks, a stray ? after ids, and no user agent to speak of', async () => {
    const provider = onelogin()
    const plus = { ...anna, userName: 'anna+one@acme.test' }
    await provider.assign(plus)
    expect(peer.seen[0]?.target).toBe('/scim/v2/Users?filter=userName+eq+%22anna%2Bone%40acme.test%22&')
    expect(peer.seen[0]?.headers).toMatchObject({ 'user-agent': '', 'content-type': 'application/scim+json' })
    expect(peer.seen[0]?.headers).not.toHaveProperty('accept')
    wire()
    await provider.push(anna, { title: 'Trainer' })
    await provider.remove(anna)
    expect(wire()).toEqual(['GET /Users/:id?', 'PUT /Users/:id?', 'DELETE /Users/:id?'])
  })

  it('changes a user by PUT alone', async () => {
    const provider = onelogin()
    await provider.assign(anna)
    await provider.rename(anna, `new.${anna.userName}`)
    await provider.deactivate(anna)
    await provider.reactivate(anna)
    expect(new Set(peer.seen.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'PUT']))
    expect([...peer.users.values()]).toMatchObject([{ userName: `new.${anna.userName}`, active: true }])
  })

  it('carries the headers the administrator added', async () => {
    await onelogin({ headers: { 'X-Tenant': 'acme' } }).testCredentials()
    expect(peer.seen[0]?.headers).toMatchObject({ 'x-tenant': 'acme', authorization: 'Bearer right' })
  })
})

describe('whoever leaves', () => {
  it.each<[OnLeaving, string, readonly string[]]>([
    ['suspend', 'deactivated', ['GET /Users/:id?', 'PUT /Users/:id?']],
    ['delete', 'removed', ['DELETE /Users/:id?']],
    ['nothing', 'linked', []],
  ])('is met as the administrator chose: %s', async (way, status, sent) => {
    for (const leave of ['deactivate', 'remove'] as const) {
      const provider = onelogin({ onSuspend: way, onRemove: way })
      const person = leave === 'remove' ? anna : ben
      await provider.assign(person)
      wire()
      expect(await provider[leave](person)).toMatchObject({ ok: true })
      expect(wire()).toEqual(sent)
      expect(provider.beliefs()).toMatchObject([{ status, active: status === 'linked' }])
    }
  })

  it('and comes back is the same user after a suspension, a new one after a deletion', async () => {
    const provider = onelogin()
    await provider.assign(anna)
    const id = (): string | undefined => provider.beliefs()[0]?.id
    const first = id()
    await provider.deactivate(anna)
    await provider.reactivate(anna)
    expect(id()).toBe(first)
    await provider.remove(anna)
    expect(await provider.reactivate(anna)).toMatchObject({ ok: true, detail: 'created' })
    expect(id()).not.toBe(first)
    expect(provider.beliefs()).toMatchObject([{ status: 'linked' }])
  })

  it.each(['deactivate', 'remove'] as const)('before the server took them is done with: %s', async (leave) => {
    const provider = onelogin()
    peer.misbehave(({ method }) => (method === 'POST' ? scimError(500, 'sorry') : undefined))
    await provider.assign(anna)
    await provider[leave](anna)
    peer.misbehave(undefined)
    expect(await provider.retryTasks()).toEqual([])
    expect(peer.users.size).toBe(0)
  })

  it('while their assignment is under way is not forgotten', async () => {
    const provider = onelogin()
    const [, left] = await Promise.all([provider.assign(anna), provider.deactivate(anna)])
    expect(left).toMatchObject({ ok: true, detail: 'replaced' })
    expect([...peer.users.values()]).toMatchObject([{ active: false }])
  })
})

describe('a failure', () => {
  it.each([
    ['a 500', scimError(500, 'sorry'), '500: sorry'],
    ['a 429, Retry-After or not', { ...scimError(429, 'slow'), headers: { 'retry-after': '1' } }, /throttled/],
    ['a refusal', scimError(409, 'taken in the target'), '409: taken in the target'],
    ['HTML', { status: 502, body: '<html>' }, 'the answer is no JSON'],
  ])('stays failed until it is retried: %s', async (_what, reply, detail) => {
    const provider = onelogin()
    peer.misbehave(({ method }) => (method === 'POST' ? reply : undefined))
    await provider.assign(anna)
    expect(wire()).toHaveLength(2)
    expect(await provider.retryTasks()).toMatchObject([{ ok: false }])
    expect(provider.beliefs()).toMatchObject([
      { status: 'unlinked', active: false, tasks: [{ action: 'assign', failures: 2 }] },
    ])
    expect(provider.beliefs()[0]?.lastError).toMatch(detail)
    peer.misbehave(undefined)
    expect(await provider.retryTasks()).toMatchObject([{ ok: true, detail: 'created' }])
    const [belief] = provider.beliefs()
    expect(belief).toMatchObject({ status: 'linked', active: true, tasks: [], told: anna })
    expect(belief?.lastError).toBeUndefined()
    expect(await provider.retryTasks()).toEqual([])
  })

  it('whose answer alone was lost ends in a link to the same user', async () => {
    const provider = onelogin()
    peer.misbehave((request, users) =>
      request.method === 'POST' && answer(request, users).status === 201 ? { status: 502, body: '' } : undefined,
    )
    expect(await provider.assign(anna)).toMatchObject({ ok: false })
    peer.misbehave(undefined)
    expect(await provider.retryTasks()).toMatchObject([{ ok: true, detail: 'linked' }])
    expect(peer.users.size).toBe(1)
  })

  it("of a template that is wrong is everybody's", async () => {
    const provider = onelogin({ template: '{"userName": {$user.email}' })
    expect(await provider.assign(anna)).toMatchObject({ ok: false, failure: { kind: 'refused', status: 400 } })
  })

  it('a filter that is ignored links nobody', async () => {
    await onelogin().assign(ben)
    peer.misbehave((request, users) => {
      request.url.searchParams.delete('filter')
      return answer(request, users)
    })
    expect(await onelogin().assign(anna)).toMatchObject({ ok: false, failure: { kind: 'ambiguous' } })
    expect(peer.users.size).toBe(1)
  })
})

describe('groups', () => {
  const sales = { key: 'g1', displayName: 'Sales' }

  it('are looked for among all, created, and changed member by member', async () => {
    const provider = onelogin()
    for (const person of [anna, ben, cleo]) await provider.assign(person)
    const [a, b, c] = provider.beliefs().map(({ id }) => id)
    wire()
    await provider.pushGroup(sales, [anna, ben])
    expect(wire()).toEqual(['GET /Groups', 'POST /Groups?', 'PATCH /Groups/:id?'])
    await provider.setMembers(sales, [ben, cleo])
    expect(peer.seen.at(-1)?.body).toEqual({
      schemas: [PATCH_SCHEMA],
      Operations: [
        { op: 'remove', path: `members[value eq "${a}"]` },
        { op: 'add', path: 'members', value: [{ value: c }] },
      ],
    })
    expect([...peer.groups.values()]).toMatchObject([{ members: [{ value: b }, { value: c }] }])
  })

  it('that are there already are linked, and what fails waits for a retry', async () => {
    peer.groups.set('g7', { id: 'g7', displayName: 'SALES' })
    const provider = onelogin()
    await provider.assign(anna)
    peer.misbehave(({ method }) => (method === 'PATCH' ? scimError(500, 'sorry') : undefined))
    expect(await provider.pushGroup(sales, [anna])).toMatchObject({ ok: false })
    expect(provider.groupBeliefs()).toMatchObject([{ id: 'g7', failures: 1, lastError: '500: sorry' }])
    peer.misbehave(undefined)
    expect(await provider.retryTasks()).toMatchObject([{ ok: true }])
    expect(peer.groups.get('g7')).toMatchObject({
      displayName: 'Sales',
      members: [{ value: expect.any(String) as string }],
    })
    await provider.deleteGroup(sales)
    expect(peer.groups.size).toBe(0)
  })
})
