/**
 * The cxone connector keeps the contract, against a simulated CXone that is a black box here, as it comes.
 * `cxone.long.test.ts` tries every value of every switch, alone and in combinations.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { openCxoneWorld, type CxoneWorld } from './cxone-world.ts'
import { expectConformance } from './expect-conformance.ts'

describe('the cxone connector, CXone as it comes', () => {
  let world: CxoneWorld
  beforeAll(async () => {
    world = await openCxoneWorld({})
  })
  afterAll(() => world.close())
  expectConformance(() => world, { wants: 3 })
})
