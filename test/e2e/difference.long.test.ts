import { afterAll, beforeAll, test } from 'vitest'
import { openDifferenceRig, type DifferenceRig } from './difference-rig.ts'
import { expectShownIsDone } from './difference-story.ts'

let rig: DifferenceRig
beforeAll(async () => {
  rig = await openDifferenceRig()
})
afterAll(() => rig.close())

test('500 people: what is shown before is what is done after, and nothing is written before', async () => {
  await rig.clear()
  await expectShownIsDone(rig, 500)
}, 300_000)
