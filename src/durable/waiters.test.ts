import { expect, test } from 'vitest'
import { openWaiters } from './waiters.ts'

test('whoever waits for a key is woken with it, others are not', async () => {
  const waiters = openWaiters({ places: 1 })
  const [first, second, other] = [waiters.wait('a', 10_000), waiters.wait('a', 10_000), waiters.wait('b', 20)]
  waiters.wake('a')
  expect(await Promise.all([first, second, other])).toEqual(['woken', 'woken', 'time-over'])
})

test('a wake-up that nobody waits for is not kept', async () => {
  const waiters = openWaiters({ places: 1 })
  waiters.wake('a')
  expect(await waiters.wait('a', 10)).toBe('time-over')
})

test('the places of a group are counted, and those given back are free again', () => {
  const waiters = openWaiters({ places: 2 })
  expect([waiters.enter('g'), waiters.enter('g'), waiters.enter('g'), waiters.enter('h')]).toEqual([
    true,
    true,
    false,
    true,
  ])
  waiters.leave('g')
  expect(waiters.enter('g')).toBe(true)
})
