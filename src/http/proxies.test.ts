import { describe, expect, test } from 'vitest'
import fastify from 'fastify'
import { addressesOf, isLoopback } from './proxies.ts'

describe('a list of addresses', () => {
  const listed = addressesOf(['192.0.2.7', '10.1.0.0/16', '2001:db8::/32', 'private'])
  test.each([
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['10.1.255.1', true],
    ['11.1.0.1', false],
    ['::ffff:10.1.2.3', true],
    ['::ffff:192.0.2.8', false],
    ['2001:db8:1::1', true],
    ['2001:db9::1', false],
    ['fe80::1%eth0', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['127.0.0.1', false],
    ['', false],
    ['unknown', false],
    [undefined, false],
  ])('%s is in it: %s', (address, within) => {
    expect(listed(address)).toBe(within)
  })

  test('this machine has many addresses', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '10.0.0.1'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  test('what is no address is a mistake of whoever wrote the list', () => {
    expect(() => addressesOf(['example.org'])).toThrow(TypeError)
  })
})

test('the caller is the last address that is no proxy of ours, whatever stands before it', async () => {
  const server = fastify({ trustProxy: addressesOf(['loopback', '10.0.0.0/8']) })
  server.get('/', (request, reply) => reply.send(request.ip))
  const ipFor = async (header: string | undefined, remoteAddress = '127.0.0.1'): Promise<string> =>
    (
      await server.inject({
        url: '/',
        remoteAddress,
        ...(header === undefined ? {} : { headers: { 'x-forwarded-for': header } }),
      })
    ).body
  expect(await ipFor(undefined)).toBe('127.0.0.1')
  expect(await ipFor('203.0.113.9')).toBe('203.0.113.9')
  expect(await ipFor('203.0.113.9, 10.0.0.4')).toBe('203.0.113.9')
  expect(await ipFor('6.6.6.6, 203.0.113.9, 10.0.0.4')).toBe('203.0.113.9')
  expect(await ipFor('6.6.6.6', '203.0.113.9')).toBe('203.0.113.9')
})
