/**
 * Runs the conformance suite under one chaos schedule.
 * Decides nothing of what is right: that is the suite's.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cases, wantProperties } from '../../src/connectors/conformance.ts'
import { openChaosWorld, type ChaosWorld } from './chaos-world.ts'
import { wants } from './expect-conformance.ts'

/** A failing seed and case are enough to see the same again: `vitest run test/connectors/chaos -t '<case>'`. */
export function expectConformanceUnderChaos(seed: number, runs: { readonly wants: number }): void {
  describe(`the cxone connector under the chaos of seed ${seed}`, () => {
    let world: ChaosWorld
    beforeAll(async () => {
      world = await openChaosWorld(seed)
    })
    afterAll(() => world.close())

    for (const { name, run } of cases)
      it(name, async () => {
        await world.begin(name)
        await expect(run(world)).resolves.toBeUndefined()
      })
    for (const { name, run } of wantProperties)
      it(name, async () => {
        await world.begin(name)
        await fc.assert(
          fc.asyncProperty(wants, (want) => run(world, want)),
          { numRuns: runs.wants, seed },
        )
      })
    it('was struck, and tried again', () => {
      expect(world.triedAgain()).toBeGreaterThan(10)
    })
  })
}
