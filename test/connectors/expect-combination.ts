/**
 * Runs the conformance suite in a CXone whose switches are combined.
 * Decides nothing of what is right: that is the suite's.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { readChoices, type Choices } from './cxone-switches.ts'
import { openCxoneWorld, type CxoneWorld, type Switches } from './cxone-world.ts'
import { expectConformance } from './expect-conformance.ts'

export interface Combination {
  readonly name: string
  /** Absent where there is none of that number. */
  readonly pick: (choices: Choices) => Switches | undefined
  readonly wants: number
}

export function expectConformanceIn({ name, pick, wants }: Combination): void {
  describe(`the cxone connector, CXone with ${name}`, () => {
    let world: CxoneWorld
    beforeAll(async () => {
      const switches = pick(await readChoices())
      if (switches === undefined) throw new TypeError(`there is no ${name}`)
      world = await openCxoneWorld(switches, { users: 30 })
    })
    afterAll(() => world.close())
    expectConformance(() => world, { wants })
  })
}
