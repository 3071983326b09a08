import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/program.ts'
import { rollcall } from './terminal.ts'

describe('rollcall', () => {
  test('without words explains itself on one screen: what it is, what to type first, every command', async () => {
    const { exitCode, out, err } = await rollcall([])
    expect(exitCode).toBe(0)
    expect(err).toBe('')
    expect(out.split('\n').length).toBeLessThanOrEqual(50)
    expect(out.split('\n').every((line) => line.length <= 105)).toBe(true)
    expect(out).toMatch(/^Rollcall gives every application one standards-complete SCIM 2\.0 address/)
    for (const { path } of COMMANDS) expect(out).toContain(`rollcall ${path}`)
    for (const name of ['ROLLCALL_URL', 'ROLLCALL_API_KEY', 'NO_COLOR']) expect(out).toContain(name)
    expect((await rollcall(['--help'])).out).toBe(out)
  })

  test.each([
    [['persn', 'show', 'ann'], 'Did you mean person?'],
    [['app', 'lst'], 'Did you mean list?'],
    [['app', 'list', '--jsn'], 'Did you mean --json?'],
    [['person', 'show'], '`rollcall person show --help` explains it.'],
    [['person', 'show', ' '], 'Say which user name.'],
    [['app', 'show', 'a', 'b'], 'too many arguments'],
    [['delivery', 'list', '--limit', '0'], '--limit takes a whole number from 1 to 10000, not "0".'],
    [
      ['delivery', 'list', '--state', 'lost'],
      '--state takes due, delivered, retrying, refused, disputed or observed, not "lost".',
    ],
    [['delivery', 'list', '--app'], "option '--app <id>' argument missing"],
    [['scim', 'log'], '--connection ID'],
    [['run', 'show', '12'], '"12" is not the id of a run'],
    [['serve', '--port', 'x'], '--port: this is not a port.'],
    [['app'], 'List the apps'],
  ])('%j is told what is wrong, exit 2', async (words, expected) => {
    const { exitCode, out, err } = await rollcall(words, { env: { ROLLCALL_API_KEY: 'k' } })
    expect(err).toContain(expected)
    expect(err).not.toMatch(/^\s+at /m)
    expect(out).toBe('')
    expect(exitCode).toBe(2)
  })

  test('prints its version', async () => {
    expect(await rollcall(['--version'])).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
  })

  test.each(COMMANDS.map((entry) => [entry.path, entry] as const))(
    '%s: says of itself what the list says, and --help shows how to type it',
    async (path, entry) => {
      const { command } = await entry.load()
      expect({ path: command.path, about: command.about }).toEqual({ path: entry.path, about: entry.about })
      const { exitCode, out } = await rollcall([...path.split(' '), '--help'])
      expect(exitCode).toBe(0)
      expect(out).toContain(`Usage: rollcall ${path}`)
      expect(command.examples.length).toBeGreaterThan(0)
      for (const example of command.examples) expect(out).toContain(example)
      if (path !== 'serve') expect(out).toContain('--json')
    },
  )
})

describe('a server that cannot be used', () => {
  const asked = (env: Record<string, string>) => rollcall(['app', 'list'], { env: { ROLLCALL_API_KEY: 'k', ...env } })

  const against = async (listener: RequestListener): Promise<Awaited<ReturnType<typeof asked>>> => {
    const server = createServer(listener)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      return await asked({ ROLLCALL_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })
    } finally {
      server.close()
    }
  }

  test('nobody listens: exit 5, and what to do', async () => {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await once(server.close(), 'close')
    const { exitCode, err } = await asked({ ROLLCALL_URL: url })
    expect(err).toBe(
      `Nothing answers at ${url}: is \`rollcall serve\` running? Set ROLLCALL_URL if it listens elsewhere.`,
    )
    expect(exitCode).toBe(5)
  })

  test('no key, or one that cannot be one: exit 4', async () => {
    expect(await rollcall(['app', 'list'])).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('Set ROLLCALL_API_KEY'),
    })
    expect(await asked({ ROLLCALL_API_KEY: 'two words' })).toMatchObject({ exitCode: 4 })
  })

  test('an address that is none: exit 2', async () => {
    expect(await asked({ ROLLCALL_URL: 'rollcall.example' })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('ROLLCALL_URL is not a web address'),
    })
  })

  test('something else listens there', async () => {
    expect(await against((_request, response) => response.end('<html>hello</html>'))).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining("something else than Rollcall's admin API"),
    })
    expect(await against((_request, response) => response.writeHead(404).end('nothing'))).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining('not as Rollcall does'),
    })
    expect(await against((_request, response) => response.writeHead(502).end('bad gateway'))).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining('status 502'),
    })
  })

  test('an address that points elsewhere is not followed with the key', async () => {
    const { exitCode, err } = await against((_request, response) =>
      response.writeHead(308, { location: 'https://elsewhere.example/' }).end(),
    )
    expect(err).toContain('points to https://elsewhere.example/')
    expect(exitCode).toBe(5)
  })

  test('a connection that breaks is told in words', async () => {
    const { exitCode, err } = await against((request) => void request.socket.destroy())
    expect(err).toMatch(/^http:\/\/127\.0\.0\.1:\d+ cannot be reached: /)
    expect(exitCode).toBe(5)
  })
})
