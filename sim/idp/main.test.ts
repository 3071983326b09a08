import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idpCommand } from './main.ts'
import { startPeer, type Peer } from './test-peer.ts'

const BIN = fileURLToPath(new URL('../../bin/rollcall-sim.js', import.meta.url))

let peer: Peer

beforeAll(async () => {
  peer = await startPeer()
})

afterAll(() => peer.close())

/** What the command printed, and how it ended. */
async function run(...args: string[]): Promise<{ code: unknown; stdout: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [BIN, 'idp', ...args, '--base', peer.base])
    return { code: 0, stdout }
  } catch (error) {
    const { code, stdout } = error as { code: unknown; stdout: string }
    return { code, stdout }
  }
}

describe('rollcall-sim idp', () => {
  it('offers the providers that are built', () => {
    expect(idpCommand().commands.map((command) => command.name())).toEqual(['okta', 'entra', 'onelogin'])
  })

  it.each([
    { provider: 'okta', options: ['--family', 'aiw'], says: { family: 'aiw' } },
    {
      provider: 'entra',
      options: ['--dialect', 'aadOptscim062020'],
      says: { dialect: 'aadOptscim062020', job: { status: 'healthy' } },
    },
    {
      provider: 'onelogin',
      options: ['--variant', 'enterprise', '--on-suspend', 'delete'],
      says: { variant: 'enterprise' },
    },
  ])('plays the whole story of $provider and prints it as one JSON object', async ({ provider, options, says }) => {
    const all = ['--token', 'right', '--users', '9', '--domain', `${provider}.test`, '--groups', '--json']
    const { code, stdout } = await run(provider, ...all, ...options)
    const report = JSON.parse(stdout) as { steps: { step: string }[]; beliefs: unknown[] }
    expect(report).toMatchObject({ provider, ok: true, ...says })
    expect(report.steps.at(-1)?.step).toBe('delete a group')
    expect(report.beliefs.length).toBeGreaterThanOrEqual(9)
    expect(code).toBe(0)
  })

  it('ends with 1 and a table that says why when the server is not one to live with', async () => {
    const { code, stdout } = await run('entra', '--token', 'wrong')
    expect(code).toBe(1)
    expect(stdout).toContain('401: wrong token')
  })

  it('refuses an address that is none and says what one looks like', async () => {
    const command = idpCommand().exitOverride()
    const written: string[] = []
    for (const one of [command, ...command.commands])
      one.exitOverride().configureOutput({ writeErr: (text) => written.push(text) })
    await expect(command.parseAsync(['okta', '--base', 'nonsense', '--token', 't'], { from: 'user' })).rejects.toThrow(
      /option '--base <url>' argument 'nonsense' is invalid/,
    )
    expect(written.join('')).toContain('such as https://rollcall.example/scim/v2')
  })
})
