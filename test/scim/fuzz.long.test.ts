import { test } from 'vitest'
import { READERS } from './fuzz.ts'

test.each(Object.entries(READERS))(
  '%s is read or refused, whatever it is, fifty thousand times',
  (_, expectToHold) => expectToHold({ numRuns: 50_000 }),
  600_000,
)
