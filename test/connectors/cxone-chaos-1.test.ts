/** The cxone connector keeps the contract under five chaos schedules, in two files. `cxone-chaos.long.test.ts` tries fifty. */
import { expectConformanceUnderChaos } from './expect-chaos.ts'

for (const seed of [1, 2, 3]) expectConformanceUnderChaos(seed, { wants: 3 })
