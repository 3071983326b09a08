import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { people, type Person } from '../people.ts'
import { OktaProvider, type OktaOptions } from './provider.ts'
import type { Family } from './requests.ts'
import { answer, scimError, startPeer, type Misbehaviour, type Peer, type Reply } from '../test-peer.ts'

const FAST = 0.000_01
let peer: Peer
const providers: OktaProvider[] = []
const [anna, ben] = people({ count: 2, seed: 11 }) as [Person, Person]

beforeEach(async () => {
  peer = await startPeer()
})

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.close()
  await peer.close()
})

function okta(family: Family = 'oin', options: Partial<OktaOptions> = {}): OktaProvider {
  const provider = new OktaProvider({ base: peer.base, token: 'right', family, retryScale: FAST, ...options })
  providers.push(provider)
  return provider
}

/** `GET /Users?…`, `PUT /Users/:id` … in the order received. */
function wire(): string[] {
  return peer.seen.map(
    ({ method, url }) => `${method} ${url.pathname.replace('/scim/v2', '').replace(/Users\/.+/, 'Users/:id')}`,
  )
}

/** Answers the first `times` requests that `applies` to with `reply`. */
function first(times: number, reply: Reply, applies: (method: string) => boolean = () => true): Misbehaviour {
  let left = times
  return ({ method }) => (applies(method) && left-- > 0 ? reply : undefined)
}

const isPost = (method: string): boolean => method === 'POST'
const HTML: Reply = { status: 502, body: '<html>Bad Gateway</html>' }

describe('the order of requests', () => {
  it('is match then create, for somebody the server does not know', async () => {
    const outcome = await okta().assign(anna)
    expect(wire()).toEqual(['GET /Users', 'POST /Users'])
    expect(outcome).toMatchObject({ ok: true, detail: 'created', complaints: [] })
    expect([...peer.users.keys()]).toEqual([outcome.ok ? outcome.id : ''])
  })

  it('is match, then a profile push to the user found, and no second user', async () => {
    await okta().assign(anna)
    peer.seen.length = 0
    const again = okta()
    expect(await again.assign({ ...anna, title: 'Director' })).toMatchObject({
      ok: true,
      detail: 'linked',
      complaints: [],
    })
    expect(wire()).toEqual(['GET /Users', 'GET /Users/:id', 'PUT /Users/:id'])
    expect([...peer.users.values()]).toMatchObject([{ title: 'Director' }])
  })

  it('reactivates an inactive user that it links', async () => {
    const before = okta()
    await before.assign(anna)
    await before.deactivate(anna)
    await okta().assign(anna)
    expect([...peer.users.values()]).toMatchObject([{ active: true, userName: anna.userName }])
  })

  it.each([
    ['oin', ['PATCH /Users/:id', 'PATCH /Users/:id']],
    ['aiw', ['GET /Users/:id', 'PUT /Users/:id', 'GET /Users/:id', 'PUT /Users/:id']],
  ] as const)('of deactivating and reactivating belongs to the family: %s', async (family, expected) => {
    const provider = okta(family)
    await provider.assign(anna)
    peer.seen.length = 0
    await provider.deactivate(anna)
    expect([...peer.users.values()]).toMatchObject([{ active: false, displayName: anna.displayName }])
    expect(provider.beliefs()).toMatchObject([{ status: 'deactivated' }])
    await provider.reactivate(anna)
    expect([...peer.users.values()]).toMatchObject([{ active: true, displayName: anna.displayName }])
    expect(wire()).toEqual(expected)
  })

  it('keeps the actions on one person apart, so that a push cannot undo a deactivation', async () => {
    const provider = okta()
    await provider.assign(anna)
    await Promise.all([
      provider.push(anna, { title: 'Trainer' }),
      provider.deactivate(anna),
      provider.push(anna, { locale: 'de-AT' }),
    ])
    expect([...peer.users.values()]).toMatchObject([{ active: false, title: 'Trainer', locale: 'de-AT' }])
  })

  it('sends no DELETE, no discovery and no search, ever', async () => {
    const provider = okta()
    await provider.testCredentials()
    await provider.assign(anna)
    await provider.rename(anna, `new.${anna.userName}`)
    await provider.syncPassword(anna)
    await provider.deactivate(anna)
    await provider.importUsers()
    expect(new Set(wire().map((line) => line.replace(/\/:id/, '')))).toEqual(
      new Set(['GET /Users', 'POST /Users', 'PUT /Users', 'PATCH /Users']),
    )
  })
})

describe('the test of the credentials', () => {
  it('asks for two users', async () => {
    expect(await okta().testCredentials()).toMatchObject({ ok: true, complaints: [] })
    expect(peer.seen.map(({ url }) => url.search)).toEqual(['?startIndex=1&count=2'])
  })

  it.each<[string, Reply]>([
    ['an HTML page', { status: 200, body: '<html>Welcome</html>' }],
    ['an HTML error', HTML],
    ['a wrong address', scimError(404, 'no such endpoint')],
  ])('reads "Error authenticating: null" for %s', async (_what, reply) => {
    peer.misbehave(() => reply)
    const outcome = await okta().testCredentials()
    expect(outcome.ok).toBe(false)
    expect(outcome.detail).toMatch(/^Error authenticating: null/)
  })

  it('tells a wrong token from a wrong address', async () => {
    expect(await okta('oin', { token: 'wrong' }).testCredentials()).toMatchObject({
      ok: false,
      failure: { kind: 'unauthorized', message: '401: wrong token' },
    })
  })

  it('survives that nobody listens', async () => {
    const provider = okta()
    await peer.close()
    expect(await provider.testCredentials()).toMatchObject({ ok: false, failure: { kind: 'unreachable' } })
    peer = await startPeer()
  })

  it('gives up on an answer that does not come', async () => {
    const never = Promise.withResolvers<undefined>()
    peer.misbehave(() => never.promise)
    expect(await okta('oin', { timeoutMs: 50 }).testCredentials()).toMatchObject({
      ok: false,
      failure: { kind: 'timeout' },
    })
  })
})

describe('a throttling server', () => {
  const throttled = (retryAfter?: string): Reply => ({
    ...scimError(429, 'slow down'),
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
  })

  it.each([
    ['whole seconds', throttled('3'), [3, 6]],
    ['a date', throttled('Wed, 21 Oct 2026 07:28:00 GMT'), [300, 600]],
    ['nothing', throttled(), [300, 600]],
  ])('that answers with %s is waited for, twice as long the second time', async (_what, reply, expected) => {
    const waits: number[] = []
    const provider = okta('oin', { onWait: (seconds) => waits.push(seconds) })
    peer.misbehave(first(2, reply, isPost))
    expect(await provider.assign(anna)).toMatchObject({ ok: true, detail: 'created' })
    expect(waits).toEqual(expected)
    expect(peer.users.size).toBe(1)
  })

  it('is asked ten times and no more; the task waits and can be retried', async () => {
    const provider = okta()
    peer.misbehave(first(10, throttled('1')))
    expect(await provider.assign(anna)).toMatchObject({ ok: false, failure: { kind: 'throttled' } })
    expect(peer.seen).toHaveLength(10)
    expect(provider.beliefs()).toMatchObject([{ status: 'unlinked', tasks: [{ action: 'assign', failures: 1 }] }])
    expect(await provider.retryTasks()).toMatchObject([{ ok: true, detail: 'created' }])
    const [belief] = provider.beliefs()
    expect(belief).toMatchObject({ status: 'linked', tasks: [] })
    expect(belief?.lastError).toBeUndefined()
  })
})

describe('answers Okta cannot live with', () => {
  it('an error in HTML hides its cause', async () => {
    peer.misbehave(first(1, HTML, isPost))
    expect(await okta().assign(anna)).toMatchObject({ ok: false, detail: 'Error authenticating: null' })
  })

  it.each<[string, Reply]>([
    ['an empty body', { status: 201, body: '' }],
    ['a user without an id', { status: 201, body: { userName: 'x', name: { familyName: 'y' } } }],
    ['an id that is no string', { status: 201, body: { id: 7 } }],
  ])('%s on create is an empty user', async (_what, reply) => {
    const provider = okta()
    peer.misbehave(first(1, reply, isPost))
    expect(await provider.assign(anna)).toMatchObject({ ok: false, detail: 'returned empty user' })
    expect(provider.beliefs()).toMatchObject([{ status: 'unlinked' }])
  })

  it('two assignments at once: the one that hears 409 looks up and links to the same user', async () => {
    const provider = okta()
    const outcomes = await Promise.all([provider.assign(anna), provider.assign(anna)])
    expect(outcomes.map((outcome) => outcome.detail).toSorted()).toEqual(['created', 'linked'])
    expect(new Set(outcomes.map((outcome) => outcome.ok && outcome.id)).size).toBe(1)
    expect(wire().filter((line) => line === 'POST /Users')).toHaveLength(2)
    expect(peer.users.size).toBe(1)
  })

  it('a second user for a repeated create is a split identity', async () => {
    const provider = okta()
    peer.misbehave((request, users) => {
      if (request.method !== 'POST') return undefined
      const spoiled = answer({ ...request, body: { ...request.body, userName: `${users.size}` } }, users)
      return { ...spoiled, body: { ...(spoiled.body as object), userName: request.body['userName'] } }
    })
    const outcomes = await Promise.all([provider.assign(anna), provider.assign(anna)])
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.failure.kind)).toSorted()).toEqual(['ok', 'split'])
  })

  it('a filter that is ignored matches somebody else or too many, and nothing is linked or created', async () => {
    await okta().assign(ben)
    peer.misbehave((request, users) => {
      request.url.searchParams.delete('filter')
      return answer(request, users)
    })
    const provider = okta()
    expect(await provider.assign(anna)).toMatchObject({ ok: false, failure: { kind: 'ambiguous' } })
    expect(peer.users.size).toBe(1)
    expect(provider.beliefs()).toMatchObject([{ status: 'unlinked' }])
  })

  it('a user that is lost after linking fails the push, and Okta keeps the id', async () => {
    const provider = okta()
    await provider.assign(anna)
    const [id] = peer.users.keys()
    peer.users.clear()
    expect(await provider.push(anna, { title: 'Trainer' })).toMatchObject({ ok: false, failure: { kind: 'gone' } })
    expect(provider.beliefs()).toMatchObject([
      { id, status: 'linked', tasks: [{ action: 'push' }], lastError: `404: no user ${id}` },
    ])
  })

  it('a PATCH read as "replace everything" is noticed at once', async () => {
    const provider = okta()
    await provider.assign(anna)
    peer.misbehave(({ method, url }, users) => {
      const id = url.pathname.split('/').at(-1) ?? ''
      if (method !== 'PATCH') return undefined
      const wiped = { id, userName: anna.userName, active: false }
      users.set(id, wiped)
      return { status: 200, body: wiped }
    })
    const outcome = await provider.deactivate(anna)
    const complaints = outcome.ok ? outcome.complaints : []
    expect(complaints).toContain('name.familyName is missing in the answer')
    expect(complaints.join()).toContain('displayName is undefined')
  })

  it('an echoed password, a folded userName and a create with 200 are complained about', async () => {
    peer.misbehave((request, users) => {
      if (request.method !== 'POST') return undefined
      const { body } = answer(request, users)
      return { status: 200, body: { ...(body as object), password: 'x', userName: anna.userName.toUpperCase() } }
    })
    const outcome = await okta().assign(anna)
    expect(outcome.ok && outcome.complaints.join('; ')).toMatch(/password is echoed.*created with 200.*userName is/)
  })

  it('a refused rename leaves the last acknowledged name in the book', async () => {
    const provider = okta()
    await provider.assign(anna)
    await provider.assign(ben)
    expect(await provider.rename(anna, ben.userName.toUpperCase())).toMatchObject({
      ok: false,
      failure: { kind: 'conflict' },
    })
    expect(provider.beliefs()[0]?.told?.userName).toBe(anna.userName)
    expect(await provider.rename(anna, anna.userName)).toMatchObject({ ok: true })
    expect(provider.beliefs()[0]?.tasks).toEqual([])
  })
})

describe('answers Okta understands', () => {
  it('a 404 with an Error body for a match is nobody', async () => {
    peer.misbehave(({ url }) => (url.searchParams.has('filter') ? scimError(404, 'nobody') : undefined))
    expect(await okta().assign(anna)).toMatchObject({ ok: true, detail: 'created' })
  })

  it('a 204 for a PATCH', async () => {
    const provider = okta()
    await provider.assign(anna)
    peer.misbehave((request, users) =>
      request.method === 'PATCH' && answer(request, users).status === 200 ? { status: 204 } : undefined,
    )
    expect(await provider.deactivate(anna)).toMatchObject({ ok: true, complaints: [] })
    expect(provider.beliefs()).toMatchObject([{ status: 'deactivated' }])
  })
})

describe('an import', () => {
  it('reads pages of a hundred until the total is reached, the inactive counted but not brought', async () => {
    for (const [at, person] of people({ count: 205, seed: 5 }).entries()) {
      peer.users.set(`u${at}`, { id: `u${at}`, userName: person.userName, active: at !== 3 })
    }
    const imported = await okta().importUsers()
    expect(peer.seen.map(({ url }) => url.searchParams.get('startIndex'))).toEqual(['1', '101', '201'])
    expect(imported).toMatchObject({ ok: true, pages: 3, brought: 204 })
    expect(new Set(imported.users.map((user) => user.id)).size).toBe(205)
  })

  it('notices pages that overlap', async () => {
    for (let at = 0; at < 150; at += 1) peer.users.set(`u${at}`, { id: `u${at}`, userName: `u${at}`, active: true })
    peer.misbehave((request, users) => {
      request.url.searchParams.set('startIndex', '1')
      return answer(request, users)
    })
    const imported = await okta().importUsers()
    expect(imported.ok).toBe(false)
    expect(imported.complaints.join()).toContain('listed more than once')
  })
})

describe('the record', () => {
  it('holds every exchange and nowhere the credential', async () => {
    const provider = okta('oin', { token: 'right' })
    await provider.assign(anna)
    expect(provider.exchanges().map((exchange) => exchange.answer?.status)).toEqual([200, 201])
    expect(JSON.stringify(provider.exchanges())).not.toContain('right')
  })

  it('refuses an action on somebody who was never assigned', () => {
    expect(() => okta().deactivate(anna)).toThrow(/was never assigned/)
  })
})
