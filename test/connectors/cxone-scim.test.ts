/**
 * The cxone-scim connector keeps the contract, against a simulated CXone that is a black box here, as it comes.
 * `cxone-scim.long.test.ts` tries every value of every switch of its native SCIM.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { openCxoneScimWorld, type CxoneScimWorld } from './cxone-scim-world.ts'
import { expectConformance } from './expect-conformance.ts'

describe('the cxone-scim connector, CXone as it comes', () => {
  let world: CxoneScimWorld
  beforeAll(async () => {
    world = await openCxoneScimWorld()
  })
  afterAll(() => world.close())
  expectConformance(() => world, { wants: 1 })
})
