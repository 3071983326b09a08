import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { people, type Person } from '../people.ts'
import { scimError, startPeer, type Peer } from '../test-peer.ts'
import { OktaProvider } from './provider.ts'
import type { Family } from './requests.ts'
import { playStory } from './story.ts'

let peer: Peer
const providers: OktaProvider[] = []
const [anna, ben, cleo] = people({ count: 3, seed: 11 }) as [Person, Person, Person]
const sales = { key: 'g1', displayName: 'Sales' }

beforeEach(async () => {
  peer = await startPeer()
})

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.close()
  await peer.close()
})

/** An Okta that has assigned three people, and their ids. */
async function okta(family: Family): Promise<{ provider: OktaProvider; ids: string[] }> {
  const provider = new OktaProvider({ base: peer.base, token: 'right', family, retryScale: 0 })
  providers.push(provider)
  for (const person of [anna, ben, cleo]) await provider.assign(person)
  peer.seen.length = 0
  return { provider, ids: provider.beliefs().map(({ id }) => String(id)) }
}

/** Method, path and body of what was received since the last look. */
function wire(): unknown[] {
  return peer.seen
    .splice(0)
    .map(({ method, url, body }) => [
      `${method} ${url.pathname.replace('/scim/v2', '').replace(/Groups\/.+/, 'Groups/:id')}`,
      ...(method === 'PATCH' ? (body['Operations'] as unknown[]) : []),
    ])
}

function members(): unknown {
  return [...peer.groups.values()].map((group) => group['members'])
}

describe("Okta's group push", () => {
  it('of a catalogue app creates an empty group, then sends its name with every push of members', async () => {
    const { provider, ids } = await okta('oin')
    const [a, b, c] = ids
    expect(await provider.pushGroup(sales, [anna, ben])).toMatchObject({ ok: true })
    const id = provider.groupBeliefs()[0]?.id
    expect(wire()).toEqual([
      ['GET /Groups'],
      ['POST /Groups'],
      ['PATCH /Groups/:id', { op: 'replace', value: { id, displayName: 'Sales' } }],
      ['PATCH /Groups/:id', { op: 'add', path: 'members', value: [{ value: a, display: anna.userName }, { value: b, display: ben.userName }] }], // prettier-ignore
    ])
    await provider.setMembers(sales, [ben, cleo])
    expect(wire()).toEqual([
      ['PATCH /Groups/:id', { op: 'replace', value: { id, displayName: 'Sales' } }],
      [
        'PATCH /Groups/:id',
        { op: 'remove', path: `members[value eq "${a}"]` },
        { op: 'add', path: 'members', value: [{ value: c, display: cleo.userName }] },
      ],
    ])
    expect(members()).toMatchObject([[{ value: b }, { value: c }]])
    expect(provider.groupBeliefs()).toMatchObject([
      { status: 'linked', told: { displayName: 'Sales', members: [b, c] } },
    ])
  })

  it('of an app from the wizard sends the whole group, in the create and by PUT', async () => {
    const { provider, ids } = await okta('aiw')
    await provider.pushGroup(sales, [anna, ben])
    expect(wire()).toEqual([['GET /Groups'], ['POST /Groups']])
    await provider.setMembers(sales, [cleo])
    await provider.renameGroup(sales, 'Sales EMEA')
    expect(wire()).toEqual([['PUT /Groups/:id'], ['PUT /Groups/:id']])
    expect([...peer.groups.values()]).toMatchObject([{ displayName: 'Sales EMEA', members: [{ value: ids[2] }] }])
  })

  it('"now" replaces the whole list, and empties the group with an empty one', async () => {
    const { provider } = await okta('oin')
    await provider.pushGroup(sales, [anna, ben])
    wire()
    await provider.setMembers(sales, [], true)
    expect(wire()).toEqual([['PATCH /Groups/:id', { op: 'replace', path: 'members', value: [] }]])
    expect(members()).toEqual([[]])
  })

  it('links a group that is there, after a look at it', async () => {
    peer.groups.set('g7', { id: 'g7', displayName: 'sales', members: [] })
    const { provider } = await okta('oin')
    await provider.pushGroup(sales, [anna])
    expect(wire().map((line) => (line as unknown[])[0])).toEqual([
      'GET /Groups',
      'GET /Groups/:id',
      'PATCH /Groups/:id',
      'PATCH /Groups/:id',
    ])
    expect(peer.groups.get('g7')).toMatchObject({ displayName: 'Sales', members: [{ display: anna.userName }] })
  })

  it('that is refused at the name stops there, and waits for the administrator', async () => {
    const { provider } = await okta('oin')
    await provider.pushGroup(sales, [anna])
    peer.misbehave(({ method }) => (method === 'PATCH' ? scimError(400, 'id is read-only') : undefined))
    wire()
    expect(await provider.setMembers(sales, [])).toMatchObject({ ok: false, detail: '400: id is read-only' })
    expect(wire()).toHaveLength(1)
    expect(provider.groupBeliefs()).toMatchObject([{ failures: 1, lastError: '400: id is read-only' }])
    peer.misbehave(undefined)
    expect(await provider.retryTasks()).toMatchObject([{ ok: true }])
    expect(members()).toEqual([[]])
  })

  it('ends with DELETE, or leaves the group where it is', async () => {
    const { provider } = await okta('oin')
    const other = { key: 'g2', displayName: 'Support' }
    await provider.pushGroup(sales, [anna])
    await provider.pushGroup(other, [anna])
    wire()
    await provider.deleteGroup(sales)
    await provider.deleteGroup(other, 'keep')
    expect(wire()).toEqual([['DELETE /Groups/:id']])
    expect([...peer.groups.values()]).toMatchObject([{ displayName: 'Support' }])
    expect(provider.groupBeliefs().map(({ status }) => status)).toEqual(['removed', 'removed'])
  })

  it.each(['oin', 'aiw'] as const)('is part of the story if it is asked for: %s', async (family) => {
    const provider = new OktaProvider({ base: peer.base, token: 'right', family, retryScale: 0 })
    providers.push(provider)
    const steps = await playStory(provider, { people: people({ count: 9, seed: 2 }), groups: true })
    expect(steps.filter((step) => !step.ok)).toEqual([])
    expect(steps).toHaveLength(15)
  })

  it('fails in the story at a server that refuses the id in a group PATCH', async () => {
    peer.misbehave(({ method, url, body }, users) => {
      const [operation] = (body['Operations'] ?? []) as { value?: { displayName?: string } }[]
      if (method !== 'PATCH' || operation?.value?.displayName === undefined || users.size === 0) return undefined
      return scimError(400, `${url.pathname}: id is read-only`)
    })
    const provider = new OktaProvider({ base: peer.base, token: 'right', family: 'oin', retryScale: 0 })
    providers.push(provider)
    const steps = await playStory(provider, { people: people({ count: 9, seed: 2 }), groups: true })
    expect(steps.filter((step) => !step.ok).map(({ step }) => step)).toContain('push groups')
  })
})
