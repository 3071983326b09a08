/**
 * The cxone connector keeps the contract, against a simulated CXone that is a black box here: with every value of every
 * switch in some combination. `cxone.long.test.ts` tries each value alone and more combinations.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { covering, random, readChoices } from './cxone-switches.ts'
import { openCxoneWorld, type CxoneWorld, type Switches } from './cxone-world.ts'
import { expectConformance } from './expect-conformance.ts'

const choices = await readChoices()
const worlds: readonly (readonly [string, Switches])[] = [
  ['as it comes', {}],
  ...covering(choices).map((switches, index) => [`covering combination ${index + 1}`, switches] as const),
  ...[1, 2].map((seed) => [`combination of seed ${seed}`, random(choices, seed)] as const),
]

describe.each(worlds)('the cxone connector, CXone %s', (_name, switches) => {
  let world: CxoneWorld
  beforeAll(async () => {
    world = await openCxoneWorld(switches)
  })
  afterAll(() => world.close())
  expectConformance(() => world, { wants: 10 })
})
