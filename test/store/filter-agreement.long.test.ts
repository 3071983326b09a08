import { afterAll, beforeAll, test } from 'vitest'
import { expectAgreement, openCrowd, type Crowd } from './filter-agreement-run.ts'

let crowd: Crowd
const seed = Math.trunc(Math.random() * 2 ** 31)
beforeAll(async () => {
  crowd = await openCrowd(1_000, seed)
})
afterAll(() => crowd.world.close())

test(
  `the database and memory agree on ten thousand filters over a thousand people (seed ${seed})`,
  () => expectAgreement(crowd, { runs: 10_000, seed }),
  600_000,
)
