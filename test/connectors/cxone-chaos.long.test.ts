/** The cxone connector keeps the contract under fifty chaos schedules. */
import { expectConformanceUnderChaos } from './expect-chaos.ts'

for (let seed = 101; seed <= 150; seed++) expectConformanceUnderChaos(seed, { wants: 5 })
