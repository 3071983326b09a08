import { expect, test } from 'vitest'
import { checkedFigures, contradictions } from './findings.ts'
import type { PlanId } from './plans.ts'

// facts/plans.md, every worked figure: move, users, what the page prints, what is correct; dollars.
test.each<{ from: PlanId; to: PlanId; users: number; printed: number; right: number }>([
  { from: 'digital', to: 'ultimate', users: 50, printed: 106_800, right: 106_800 },
  { from: 'voice', to: 'ultimate', users: 100, printed: 186_000, right: 186_000 },
  { from: 'omnichannel', to: 'ultimate', users: 200, printed: 332_400, right: 333_600 },
  { from: 'voice', to: 'essential', users: 50, printed: 96_000, right: 24_600 },
])('$from to $to for $users users: $printed is printed, $right is right', ({ from, to, users, printed, right }) => {
  const figure = checkedFigures().find((candidate) => candidate.from === from && candidate.to === to)
  expect(figure).toMatchObject({
    users,
    printed: printed * 100,
    computed: right * 100,
    follows: printed === right,
  })
})

test('two of the four printed figures do not follow, and say by how much', () => {
  const wrong = checkedFigures().filter(({ follows }) => !follows)
  expect(wrong.map(({ says }) => says)).toEqual([
    'Omnichannel Agent to Ultimate Suite, 200 users: printed $332,400; its own prices give $333,600.',
    'Voice Agent to Essential Suite, 50 users: printed $96,000; its own prices give $24,600.',
  ])
})

test('the markups of the guide are held against its own prices', () => {
  const said = contradictions().map(({ says }) => says)
  expect(said).toContain('"251% markup" is Ultimate Suite against Digital Agent: 250.7%, rounded.')
  expect(said).toContainEqual(expect.stringMatching(/^"Nearly doubles.* is 43\.6% more\.$/))
})
