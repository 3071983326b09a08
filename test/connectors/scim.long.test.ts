/** The scim connector keeps the contract, whichever way it is told to go. */
import { afterAll, beforeAll, describe } from 'vitest'
import { expectConformance } from './expect-conformance.ts'
import { openScimWorld, type ScimWorld, type ScimWorldOptions } from './scim-world.ts'

const WAYS: Readonly<Record<string, ScimWorldOptions>> = {
  'pages by cursor': { settings: { paging: 'cursor', pageSize: 5 } },
  'pages by index': { settings: { paging: 'index', pageSize: 5 } },
  'whole resources, no PATCH': { settings: { patch: 'no' } },
  'no filters': { settings: { filter: 'no' } },
  'groups by filter': { settings: { memberships: 'filter' } },
  'groups by all their members': { settings: { memberships: 'list' } },
}

describe.each(Object.entries(WAYS))('the scim connector on a second Rollcall, %s', (_way, options) => {
  let world: ScimWorld
  beforeAll(async () => {
    world = await openScimWorld(options)
  })
  afterAll(() => world.close())
  expectConformance(() => world, { wants: 10 })
})
