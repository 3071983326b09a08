import { describe, expect, it } from 'vitest'
import { DAY_MS, leapingClock, playedClock } from './clock.ts'

const never = new AbortController().signal

describe('a played clock', () => {
  it('stands still until it is moved, and a wait moves it without anybody waiting', async () => {
    const clock = playedClock(new Date(0))
    expect(clock.now()).toEqual(new Date(0))
    clock.leap(DAY_MS)
    await clock.wait(30 * DAY_MS, never)
    expect(clock.now()).toEqual(new Date(31 * DAY_MS))
  })

  it('takes waits at once for what they are: they end together', async () => {
    const clock = playedClock(new Date(0))
    await Promise.all([clock.wait(1_000, never), clock.wait(5_000, never), clock.wait(3_000, never)])
    expect(clock.now()).toEqual(new Date(5_000))
  })

  it('ends a wait of whoever gives up', async () => {
    const closing = new AbortController()
    const waiting = playedClock().wait(1_000, closing.signal)
    closing.abort()
    await expect(waiting).rejects.toThrow(/abort/i)
  })
})

describe('a leaping clock', () => {
  it('is ahead of real time by what it leapt', () => {
    const clock = leapingClock()
    const before = Date.now()
    clock.leap(30 * DAY_MS)
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(before + 30 * DAY_MS)
  })
})
