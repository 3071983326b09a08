import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { people } from '../people.ts'
import type { Step } from '../story.ts'
import { answer, scimError, startPeer, type Peer } from '../test-peer.ts'
import { OneLoginProvider, type OneLoginOptions, type OnLeaving } from './provider.ts'
import { playOneLoginStory } from './story.ts'

let peer: Peer

beforeEach(async () => {
  peer = await startPeer()
})

afterEach(() => peer.close())

async function play(count: number, options: Partial<OneLoginOptions> = {}): Promise<Step[]> {
  const provider = new OneLoginProvider({ base: peer.base, token: 'right', variant: 'core', ...options })
  try {
    return await playOneLoginStory(provider, { people: people({ count, seed: 2 }), groups: true })
  } finally {
    provider.close()
  }
}

const failing = (steps: readonly Step[]): string[] => steps.filter((step) => !step.ok).map((step) => step.step)
const WAYS: readonly OnLeaving[] = ['delete', 'suspend', 'nothing']

describe('the default story', () => {
  it.each([
    ['core', 1],
    ['core', 2],
    ['enterprise', 12],
    ['enterprise', 130],
  ] as const)('holds against an honest server: %s with %d people and their groups', async (variant, count) => {
    const steps = await play(count, { variant })
    expect(steps.filter((step) => !step.ok)).toEqual([])
    expect(steps).toHaveLength(15)
  })

  it.each(WAYS.flatMap((onSuspend) => WAYS.map((onRemove) => ({ onSuspend, onRemove }))))(
    'holds whatever leaving does: $onSuspend when suspended, $onRemove when removed',
    async (ways) => {
      expect(failing(await play(8, ways))).toEqual([])
    },
  )

  it('holds with a template that has hardly anything, its active a string', async () => {
    peer.misbehave((request, users) => {
      const active: unknown = request.body['active']
      if (typeof active !== 'string') return undefined
      return answer({ ...request, body: { ...request.body, active: active === 'true' } }, users)
    })
    const template = '{"id": null, "userName": "{$user.email}", "emails": {"value": "{$user.email}"}, "active": "true"}'
    // The name is the mail address here, so a rename is none, and no name is taken by it.
    expect(failing(await play(4, { template }))).toEqual(['rename onto a taken name'])
  })

  it('finds a server that keeps what was deleted', async () => {
    peer.misbehave(({ method }) => (method === 'DELETE' ? { status: 204 } : undefined))
    expect(failing(await play(8))).toContain('remove')
  })

  it('finds a server that trips over the stray question mark', async () => {
    peer.misbehave(({ target }) => (target.endsWith('?') ? scimError(404, 'no such endpoint') : undefined))
    expect(failing(await play(8))).toContain('update profiles')
  })

  it('ends at the connection test when the token is wrong', async () => {
    expect(await play(3, { token: 'wrong' })).toEqual([
      { step: 'test the connection', sent: 1, ok: false, detail: '401: wrong token' },
    ])
  })
})
