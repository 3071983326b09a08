import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseFilter } from '../../src/scim/filter/parse.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { RICH_USER } from './filter-agreement.ts'
import { expectAgreement, openCrowd, type Crowd } from './filter-agreement-run.ts'
import { caller, documentOf } from './world.ts'

let crowd: Crowd
beforeAll(async () => {
  crowd = await openCrowd(200, 7)
})
afterAll(() => crowd.world.close())

test('the database finds whom the filter means in memory, whatever the filter and whoever the people', () =>
  expectAgreement(crowd, { runs: 400, seed: 11 }))

test.each([
  ['emails.type eq "x" or ', 690],
  ['emails[type ne "x"] or ', 490],
  ['not (ims eq "x") and ', 490],
  ['title ne "x" and ', 950],
])('a filter as long as may be, of %j, is answered', async (term, times) => {
  const filter = parseFilter(`${term.repeat(times)} userName eq "u1"`, RICH_USER)
  const page = await listUsers(crowd.world.db, caller(), { filter, from: { offset: 0 }, limit: 10 })
  expect(page.users.map((user) => documentOf(user).userName)).toContain('u1')
})
