import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { people } from '../people.ts'
import { OktaProvider } from './provider.ts'
import type { Step } from '../story.ts'
import { playStory } from './story.ts'
import { answer, scimError, startPeer, type Peer } from '../test-peer.ts'

let peer: Peer

beforeEach(async () => {
  peer = await startPeer()
})

afterEach(() => peer.close())

async function play(count: number, family: 'oin' | 'aiw' = 'oin'): Promise<Step[]> {
  const provider = new OktaProvider({ base: `${peer.base}/`, token: 'right', family, retryScale: 0 })
  try {
    return await playStory(provider, { people: people({ count, seed: 2 }) })
  } finally {
    provider.close()
  }
}

const failing = (steps: readonly Step[]): string[] => steps.filter((step) => !step.ok).map((step) => step.step)

describe('the default story', () => {
  it.each([
    ['oin', 1],
    ['oin', 2],
    ['oin', 12],
    ['aiw', 12],
    ['aiw', 130],
  ] as const)('holds against an honest server: %s with %d people', async (family, count) => {
    const steps = await play(count, family)
    expect(steps.filter((step) => !step.ok)).toEqual([])
    expect(peer.users.size).toBe(count + 1)
    const inactive = [...peer.users.values()].filter((user) => user['active'] === false)
    expect(inactive).toHaveLength(Math.ceil(count / 4) - 1)
  })

  it('can be played again on the same server: those found are linked', async () => {
    await play(8)
    const provider = new OktaProvider({ base: peer.base, token: 'right', family: 'oin' })
    const steps = await playStory(provider, { people: people({ count: 8, seed: 2 }) })
    provider.close()
    expect(steps.find((step) => step.step === 'match and create')?.detail).toContain('7 linked')
  })

  it('fails the rename step alone when a taken name is given out twice', async () => {
    peer.misbehave((request, users) => {
      const taken = request.method === 'PUT' && answer(request, users).status === 409
      if (!taken) return undefined
      const id = request.url.pathname.split('/').at(-1) ?? ''
      const user = { ...request.body, id }
      users.set(id, user)
      return { status: 200, body: user }
    })
    expect(failing(await play(6))).toEqual(['rename onto a taken name'])
  })

  it('finds what the server lost, when it compares', async () => {
    peer.misbehave((request, users) => {
      if (request.url.search === '?startIndex=1&count=100') users.delete([...users.keys()][2] ?? '')
      return undefined
    })
    const steps = await play(6)
    expect(failing(steps)).toEqual(['import and compare'])
    expect(steps.at(-1)?.detail).toContain('no longer lists id')
  })

  it('plays on after a step that failed', async () => {
    peer.misbehave(({ method }) => (method === 'PATCH' ? scimError(500, 'sorry') : undefined))
    const steps = await play(6)
    expect(failing(steps)).toEqual(['sync a password', 'deactivate', 'reactivate'])
    expect(steps.at(-1)?.ok).toBe(true)
  })
})

describe('a wrong token', () => {
  it('ends the story at the test of the credentials', async () => {
    const provider = new OktaProvider({ base: peer.base, token: 'wrong', family: 'oin' })
    const steps = await playStory(provider, { people: people({ count: 3, seed: 2 }) })
    provider.close()
    expect(steps).toEqual([{ step: 'test credentials', sent: 1, ok: false, detail: '401: wrong token' }])
  })
})
