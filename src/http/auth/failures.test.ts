import { describe, expect, test } from 'vitest'
import { addressOf, openFailures } from './failures.ts'

describe('failures are counted', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:0:12:aaaa:bbbb:cccc:dddd', '2001:db8:0:12::/64'],
    ['2001:DB8:0:12::1', '2001:db8:0:12::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:1::2', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['not an address', 'not an address'],
  ])('%s as %s', (ip, key) => {
    expect(addressOf(ip)).toBe(key)
  })

  test('for each address by itself, and forgiven as time goes by', () => {
    const failures = openFailures({ perSecond: 1, burst: 3 })
    for (let count = 0; count < 3; count++) failures.note('a', 1_000)
    expect([failures.wait('a', 1_000), failures.wait('b', 1_000)]).toEqual([1, 0])
    expect(failures.wait('a', 2_000)).toBe(0)
  })

  test('of no more addresses than there is room for: the one that has been quiet for longest goes', () => {
    const failures = openFailures({ perSecond: 1, burst: 1 })
    failures.note('first', 1_000)
    failures.note('second', 1_000)
    for (let count = 0; count < 9_998; count++) failures.note(`other ${count}`, 1_000)
    failures.note('first', 1_000)
    failures.note('one more', 1_000)
    expect(['first', 'second', 'one more'].map((who) => failures.wait(who, 1_000))).toEqual([1, 0, 1])
  })
})
