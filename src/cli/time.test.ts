import { expect, test } from 'vitest'
import { relative } from './time.ts'

const now = new Date('2026-03-01T12:00:00Z')

test.each([
  [null, '-'],
  ['2026-03-01T12:00:00.400Z', 'now'],
  ['2026-03-01T11:59:48Z', '12 s ago'],
  ['2026-03-01T12:00:12Z', 'in 12 s'],
  ['2026-03-01T11:57:01Z', '2 min ago'],
  ['2026-03-01T13:59:59Z', 'in 1 h'],
  ['2026-02-27T12:00:00Z', '2 d ago'],
])('%s is %s', (instant, expected) => {
  expect(relative(instant, now)).toBe(expected)
})
