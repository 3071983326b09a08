import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { playedClock } from '../clock.ts'
import { people } from '../people.ts'
import type { Step } from '../story.ts'
import { answer, scimError, startPeer, type Peer } from '../test-peer.ts'
import { EntraProvider, type EntraOptions } from './provider.ts'
import type { Dialect } from './requests.ts'
import { playEntraStory } from './story.ts'

let peer: Peer

beforeEach(async () => {
  peer = await startPeer()
})

afterEach(() => peer.close())

async function play(count: number, options: Partial<EntraOptions> & { groups?: boolean } = {}): Promise<Step[]> {
  const clock = playedClock()
  const provider = new EntraProvider({ base: peer.base, token: 'right', dialect: 'default', clock, ...options })
  try {
    const { groups = false } = options
    return await playEntraStory(provider, { people: people({ count, seed: 2 }), clock, groups })
  } finally {
    provider.close()
  }
}

const failing = (steps: readonly Step[]): string[] => steps.filter((step) => !step.ok).map((step) => step.step)
const DIALECTS: readonly Dialect[] = ['default', 'aadOptscim062020']

describe('the default story', () => {
  it.each(DIALECTS.flatMap((dialect) => [1, 2, 12, 130].map((count) => [dialect, count] as const)))(
    'holds against an honest server: %s with %d people and their groups',
    async (dialect, count) => {
      const steps = await play(count, { dialect, groups: true })
      expect(steps.filter((step) => !step.ok)).toEqual([])
      expect(steps).toHaveLength(16)
      expect(peer.users.size).toBe(count)
    },
  )

  it.each(['externalId', 'email'] as const)('holds when users are matched by %s', async (matching) => {
    expect(failing(await play(8, { matching }))).toEqual([])
  })

  it('finds a server that hides inactive users from filters', async () => {
    peer.misbehave((request, users) => {
      const hidden = new Map([...users].filter(([, user]) => user['active'] !== false))
      return request.url.searchParams.has('filter') ? answer(request, hidden) : undefined
    })
    expect(failing(await play(8))).toEqual(['unassign'])
  })

  it('finds a server that normalises what it is given: the same update goes out in every cycle', async () => {
    peer.misbehave((request, users) => {
      if (request.method !== 'POST') return undefined
      const lower = { ...request.body, userName: String(request.body['userName']).toUpperCase() }
      return answer({ ...request, body: lower }, users)
    })
    expect(failing(await play(8))).toContain('cycle without a change')
  })

  it('finds a server that keeps what was deleted', async () => {
    peer.misbehave(({ method }) => (method === 'DELETE' ? { status: 204 } : undefined))
    expect(failing(await play(8))).toContain('delete, and purge after 30 days')
  })

  it('finds a server that compares op with case', async () => {
    peer.misbehave(({ method, body }) =>
      method === 'PATCH' && JSON.stringify(body).includes('"Replace"') ? scimError(400, 'no such op') : undefined,
    )
    expect(failing(await play(8))).toContain('push profiles')
    expect(failing(await play(8, { dialect: 'aadOptscim062020' }))).toEqual([])
  })

  it('ends at the connection test when a filter that fits nobody is answered with 404', async () => {
    peer.misbehave(({ url }) => (url.searchParams.has('filter') ? scimError(404, 'nobody') : undefined))
    expect(await play(3)).toEqual([{ step: 'test the connection', sent: 1, ok: false, detail: '404: nobody' }])
  })
})
