/**
 * The cxone connector keeps the contract with each value of each switch alone, and in combinations by chance. Those that
 * hold every value of every switch are in `cxone-covering-*.test.ts`.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { oneAtATime, random, readChoices } from './cxone-switches.ts'
import { openCxoneWorld, type CxoneWorld } from './cxone-world.ts'
import { expectConformance } from './expect-conformance.ts'

const choices = await readChoices()
const seeds = Array.from({ length: 20 }, (_, index) => 100 + index)
const worlds = [
  ...oneAtATime(choices).map((switches) => [JSON.stringify(switches), switches] as const),
  ...seeds.map((seed) => [`combination of seed ${seed}`, random(choices, seed)] as const),
]

describe.each(worlds)('the cxone connector, CXone with %s', (_name, switches) => {
  let world: CxoneWorld
  beforeAll(async () => {
    world = await openCxoneWorld(switches)
  })
  afterAll(() => world.close())
  expectConformance(() => world, { wants: 5 })
})
