import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { waitSeconds } from './patience.ts'

describe('the wait after a 429', () => {
  it.each([
    ['7', 7],
    ['0', 0],
    [' 12 ', 12],
    [undefined, 300],
    ['', 300],
    ['1.5', 300],
    ['-3', 300],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 300],
  ])('is, for Retry-After %o, %d seconds', (header, seconds) => {
    expect(waitSeconds(header, undefined)).toBe(seconds)
  })

  it('at least doubles each time and is never shorter than the server asked', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(600), { nil: undefined }), { minLength: 2 }), (headers) => {
        let before: number | undefined
        for (const asked of headers) {
          const wait = waitSeconds(asked?.toString(), before)
          expect(wait).toBeGreaterThanOrEqual(Math.max(asked ?? 300, (before ?? 0) * 2))
          before = wait
        }
      }),
    )
  })
})
