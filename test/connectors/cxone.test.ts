/**
 * The cxone connector keeps the contract, against a simulated CXone that is a black box here, as it comes.
 * `cxone-covering-*.test.ts` try every value of every switch, `cxone.long.test.ts` each alone.
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
