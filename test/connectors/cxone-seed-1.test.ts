/** The cxone connector keeps the contract in a CXone whose switches are set by chance, always the same. */
import { random } from './cxone-switches.ts'
import { expectConformanceIn } from './expect-combination.ts'

expectConformanceIn({ name: 'the combination of seed 1', pick: (choices) => random(choices, 1), wants: 2 })
