/** The cxone connector keeps the contract under five chaos schedules. `cxone-chaos.long.test.ts` tries fifty. */
import { expectConformanceUnderChaos } from './expect-chaos.ts'

for (const seed of [1, 2, 3, 4, 5]) expectConformanceUnderChaos(seed, { wants: 3 })
