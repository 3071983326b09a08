/**
 * The scim connector keeps the contract, against a second Rollcall, with pages by cursor and by index.
 * What servers do that follow the standard less is in scim-odd.test.ts.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { expectConformance } from './expect-conformance.ts'
import { openScimWorld, type ScimWorld } from './scim-world.ts'

describe('the scim connector on a second Rollcall', () => {
  let world: ScimWorld
  beforeAll(async () => {
    world = await openScimWorld()
  })
  afterAll(() => world.close())
  expectConformance(() => world, { wants: 1 })
})
