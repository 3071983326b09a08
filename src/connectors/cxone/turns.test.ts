/** One after the other. */
import { describe, expect, it } from 'vitest'
import { openTurns } from './turns.ts'

describe('turns', () => {
  it('of one key follow each other, also after a failure, while other keys go on', async () => {
    const inTurn = openTurns()
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    const first = inTurn('a', async () => {
      await gate.promise
      order.push('a1')
      throw new Error('a1 failed')
    })
    const second = inTurn('a', async () => void order.push('a2'))
    await inTurn('b', async () => void order.push('b1'))
    gate.resolve()
    await expect(first).rejects.toThrow('a1 failed')
    await second
    expect(order).toEqual(['b1', 'a1', 'a2'])
  })
})
