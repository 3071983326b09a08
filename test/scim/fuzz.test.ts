import { test } from 'vitest'
import { READERS } from './fuzz.ts'

test.each(Object.entries(READERS))('%s is read or refused, whatever it is', (_, expectToHold) =>
  expectToHold({ numRuns: 500 }),
)
