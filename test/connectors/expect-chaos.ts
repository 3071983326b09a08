/**
 * Runs the conformance suite under one chaos schedule.
 * Decides nothing of what is right: that is the suite's.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openChaosWorld, type ChaosWorld } from './chaos-world.ts'
import { expectConformance } from './expect-conformance.ts'

/** A failing seed and case are enough to see the same again: `vitest run test/connectors/cxone-chaos -t '<seed>.*<case>'`. */
export function expectConformanceUnderChaos(seed: number, { wants }: { readonly wants: number }): void {
  describe(`the cxone connector under the chaos of seed ${seed}`, () => {
    let world: ChaosWorld
    beforeAll(async () => {
      world = await openChaosWorld(seed)
    })
    afterAll(() => world.close())
    expectConformance(() => world, { wants, seed, begin: (sentence) => world.begin(sentence) })
    it('was struck, and tried again', () => {
      expect(world.triedAgain()).toBeGreaterThan(10)
    })
  })
}
