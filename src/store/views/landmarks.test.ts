import fc from 'fast-check'
import { expect, test } from 'vitest'
import { landmarks, landmarksOfLists } from './landmarks.ts'

test('the nearest landmark at or before a rank is found, whatever order they came in', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), { maxLength: 300 }), fc.nat(5000), (ranks, asked) => {
      const marks = landmarks()
      for (const rank of ranks) marks.add({ rank, seq: rank * 7 }, 0)
      const best = Math.max(-1, ...ranks.filter((rank) => rank <= asked))
      expect(marks.before(asked)).toEqual(best < 0 ? undefined : { rank: best, seq: best * 7 })
    }),
  )
})

test('landmarks are forgotten once the list has shifted, and none of an older state comes back', () => {
  const marks = landmarks()
  marks.add({ rank: 100, seq: 1 }, 3)
  marks.add({ rank: 200, seq: 2 }, 4)
  expect(marks.before(150)).toBeUndefined()
  marks.add({ rank: 100, seq: 1 }, 3)
  expect(marks.before(150)).toBeUndefined()
  expect(marks.before(200)).toEqual({ rank: 200, seq: 2 })
  expect(marks.shifts).toBe(4)
})

test('however many pages are walked, a bounded number of landmarks is held, spread over the list', () => {
  const marks = landmarks()
  for (let rank = 1; rank <= 100_000; rank++) marks.add({ rank, seq: rank }, 0)
  const found = new Set(Array.from({ length: 1000 }, (_, n) => marks.before((n + 1) * 100)?.rank))
  expect(found.size).toBeGreaterThan(10)
  expect(found.size).toBeLessThan(1000)
})

test('lists nobody asks for are forgotten first', () => {
  const of = landmarksOfLists()
  of('mine').add({ rank: 1, seq: 1 }, 0)
  for (let n = 0; n < 499; n++) of(`other ${n}`)
  expect(of('mine').before(1)).toBeDefined()
  for (let n = 0; n < 500; n++) of(`more ${n}`)
  expect(of('mine').before(1)).toBeUndefined()
})
