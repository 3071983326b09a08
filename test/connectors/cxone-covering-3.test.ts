/** The cxone connector keeps the contract in one of three CXones that together have every value of every switch. */
import { covering } from './cxone-switches.ts'
import { expectConformanceIn } from './expect-combination.ts'

expectConformanceIn({ name: 'covering combination 3', pick: (choices) => covering(choices)[2], wants: 2 })
