/** What the cxone-scim connector does in tenants whose native SCIM is elsewhere, is not there, or may not write everything. */
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Refusal } from '../../src/connectors/contract.ts'
import type { Account } from '../../src/identity/account.ts'
import { openCxoneScimWorld, type CxoneScimOptions, type CxoneScimWorld } from './cxone-scim-world.ts'

const open: CxoneScimWorld[] = []
afterEach(async () => {
  for (const world of open.splice(0)) await world.close()
})

async function meet(options: CxoneScimOptions): Promise<CxoneScimWorld> {
  const world = await openCxoneScimWorld(options)
  open.push(world)
  return world
}

const somebody = () => {
  const userName = `${randomUUID()}@example.test`
  return {
    userName,
    givenName: 'Ada',
    familyName: 'Roth',
    email: userName,
    displayName: 'Ada R.',
    timeZone: 'Europe/Prague',
  }
}

async function create({ connector }: CxoneScimWorld, more: object = {}): Promise<Account | Refusal> {
  const outcome = await connector.apply({ kind: 'create', want: { ...somebody(), ...more } }, randomUUID())
  return outcome.ok ? outcome.seen : outcome
}

describe('native SCIM', () => {
  it.each([
    ['at the area only', { switches: { scimAddress: 'area' } }],
    ['below the API endpoint only', { switches: { scimAddress: 'api' } }],
    [
      'with basic credentials',
      { entry: ({ accessKeyId, accessKeySecret }) => ({ auth: { accessKeyId, accessKeySecret, send: 'basic' } }) },
    ],
    [
      'with basic credentials, below the API endpoint only',
      {
        switches: { scimAddress: 'api' },
        entry: ({ accessKeyId, accessKeySecret }) => ({ auth: { accessKeyId, accessKeySecret, send: 'basic' } }),
      },
    ],
  ] satisfies readonly (readonly [string, CxoneScimOptions])[])('%s is found', async (_where, options) => {
    expect(await create(await meet(options))).toMatchObject({ state: 'active', attributes: { displayName: 'Ada R.' } })
  })

  it.each(['notFound', 'forbidden', 'html'])(
    'that is not there (%s) is said not to be, with both addresses',
    async (nativeScim) => {
      const world = await meet({ switches: { nativeScim } })
      const refused = await create(world)
      expect(refused).toMatchObject({ code: 'answer-unexpected', retry: 'later' })
      expect((refused as Refusal).detail).toMatch(
        /has no native SCIM here: \S+\/scim\/v2 answers .*, \S+\/scim\/v2 answers .* type cxone/,
      )
      await expect(world.connector.readOne('account', { userName: 'ada@example.test' })).rejects.toThrow(
        'no native SCIM',
      )
    },
  )

  it('that refuses the key says that it is the key', async () => {
    const wrong = { accessKeyId: 'ABC', accessKeySecret: 'wrong' }
    for (const send of ['bearer', 'basic']) {
      const world = await meet({ entry: () => ({ auth: { ...wrong, send } }) })
      expect(await create(world)).toMatchObject({ code: 'credentials-refused', retry: 'later' })
    }
  })

  it('that may not write everything says what, and that Account Settings allow it; the account is there', async () => {
    const world = await meet({ allowed: {} })
    await world.cxone.control('PUT', '/account-settings', { attributes: { displayName: false, timeZone: false } })
    const want = somebody()
    const outcome = await world.connector.apply({ kind: 'create', want }, 'one-key')
    expect(outcome).toMatchObject({ ok: false, code: 'right-missing', retry: 'later' })
    expect((outcome as Refusal).detail).toMatch(/displayName, timeZone .*Account Settings/)
    expect(await world.connector.readOne('account', { userName: want.userName })).toMatchObject({ state: 'active' })
  })

  it('that may not write everything is done without it where that is wanted', async () => {
    const world = await meet({ allowed: { displayName: false, timeZone: false }, settings: { ignored: 'hide' } })
    expect(await create(world)).toMatchObject({ state: 'active', hidden: ['displayName', 'timeZone'] })
  })

  it('that may create, change or disable nobody is a missing right', async () => {
    for (const scimForbids of [403, 400]) {
      const world = await meet({ switches: { scimForbids } })
      const made = await create(world)
      await world.cxone.control('PUT', '/account-settings', { create: false, update: false, deactivate: false })
      expect(await create(world)).toMatchObject({ code: 'right-missing', retry: 'later' })
      const outcome = await world.connector.apply({ kind: 'deactivate', account: (made as Account).id }, randomUUID())
      expect(outcome).toMatchObject({ code: 'right-missing', retry: 'later' })
    }
  })

  it('that calls active only who has signed in is not relied on, and said not to be', async () => {
    const refused = await create(await meet({ switches: { scimActive: 'onlyActive' } }))
    expect(refused).toMatchObject({ code: 'answer-unexpected', retry: 'later' })
    expect((refused as Refusal).detail).toContain('use the type cxone')
  })

  it('that hides who is deactivated from reads by id is asked by name, and shows that they are', async () => {
    const { connector, ...world } = await meet({ switches: { scimReadsDeactivated: 'notFound' } })
    const made = await create({ connector, ...world })
    if (!('attributes' in made)) throw new Error(made.detail)
    const change = { kind: 'deactivate', account: made.id } as const
    expect(await connector.apply(change, randomUUID())).toMatchObject({ ok: true, seen: { state: 'inactive' } })
    expect(await connector.readOne('account', { id: made.id })).toMatchObject({ state: 'inactive' })
  })

  it('gives a role that the app names, knows one that somebody was seen with, and no other', async () => {
    const world = await meet({ entry: () => ({ roles: [], teams: [] }) })
    expect(await world.connector.resolve({ role: 'Agent' })).toMatchObject({ code: 'unknown-role', about: 'Agent' })
    const made = await create(world)
    const role = 'attributes' in made ? made.attributes.role : undefined
    expect(await world.connector.resolve({ role: 'agent' })).toMatchObject({ ok: true, want: { role } })
  })

  it('without a default role says that it is the role', async () => {
    const world = await meet({})
    await world.cxone.control('PUT', '/role', { roleName: 'Agent', status: 'INACTIVE' })
    expect(await create(world)).toMatchObject({ code: 'unknown-role', retry: 'later', about: 'Agent' })
  })
})
