/** The cxone connector keeps the contract in one of three CXones that together have every value of every switch. */
import { expect, it } from 'vitest'
import { covering, readChoices } from './cxone-switches.ts'
import { expectConformanceIn } from './expect-combination.ts'

expectConformanceIn({ name: 'covering combination 1', pick: (choices) => covering(choices)[0], wants: 2 })

it('three combinations hold every value of every switch; one more needs a file of its own', async () => {
  expect(covering(await readChoices())).toHaveLength(3)
})
