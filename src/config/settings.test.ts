import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError } from './problem.ts'
import { loadSettings } from './settings.ts'

const env = (variables: Record<string, string>) => ({ flags: {}, env: variables })

describe('settings of the process', () => {
  test('have defaults that listen on this machine only', () => {
    expect(loadSettings(env({}))).toEqual({ port: 8080, host: '127.0.0.1', logLevel: 'info' })
  })

  test('come from flags before variables, and an empty variable is none', () => {
    const settings = loadSettings({
      flags: { port: '0', config: 'flag.yaml' },
      env: { ROLLCALL_PORT: '9', ROLLCALL_CONFIG: 'variable.yaml', ROLLCALL_HOST: '', ROLLCALL_DATA: ' /data ' },
    })
    expect(settings).toEqual({
      configPath: 'flag.yaml',
      dataDir: '/data',
      port: 0,
      host: '127.0.0.1',
      logLevel: 'info',
    })
  })

  test('take a key in hexadecimal, base64 and base64url', () => {
    const key = randomBytes(32)
    for (const text of [
      key.toString('hex'),
      key.toString('hex').toUpperCase(),
      key.toString('base64'),
      key.toString('base64url'),
    ]) {
      expect(loadSettings(env({ ROLLCALL_KEY: text })).key?.equals(key)).toBe(true)
    }
  })

  test('take a public address without its last slash', () => {
    expect(loadSettings(env({ ROLLCALL_PUBLIC_URL: 'https://rollcall.example/base/' })).publicUrl).toBe(
      'https://rollcall.example/base',
    )
  })

  test.each([
    ['ROLLCALL_PORT', '65536'],
    ['ROLLCALL_PORT', '80a'],
    ['ROLLCALL_PORT', '-1'],
    ['DATABASE_URL', 'mysql://db/rollcall'],
    ['DATABASE_URL', 'db.example'],
    ['ROLLCALL_KEY', 'short'],
    ['ROLLCALL_KEY', 'a'.repeat(63)],
    ['ROLLCALL_PUBLIC_URL', 'rollcall.example'],
    ['ROLLCALL_PUBLIC_URL', 'https://rollcall.example/?a=1'],
    ['ROLLCALL_PUBLIC_URL', 'https://rollcall.example/?'],
    ['ROLLCALL_PUBLIC_URL', 'https://somebody:secret@rollcall.example'],
    ['ROLLCALL_PUBLIC_URL', 'ftp://rollcall.example'],
    ['ROLLCALL_LOG_LEVEL', 'loud'],
    ['ROLLCALL_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['ROLLCALL_TRUSTED_PROXIES', 'loopback, proxy.example'],
    ['ROLLCALL_METRICS_TOKEN', 'too-short'],
  ])('%s may not be %s, and the message does not repeat it', (name, value) => {
    const attempt = (): unknown => loadSettings(env({ [name]: value }))
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(new RegExp(`^${name}: .+\\. .+`, 'm'))
    expect(attempt).not.toThrow(value)
  })

  test('are refused all at once, flags by their own name', () => {
    const attempt = (): unknown => loadSettings({ flags: { port: 'x', logLevel: 'inf' }, env: { ROLLCALL_KEY: 'x' } })
    expect(attempt).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ path: '--port' }),
          expect.objectContaining({ path: 'ROLLCALL_KEY' }),
          expect.objectContaining({ path: '--log-level', fix: 'Did you mean "info"?' }),
        ],
      }),
    )
  })

  test('take lists of proxies, and both files of TLS or neither', () => {
    const { trustedProxies } = loadSettings(env({ ROLLCALL_TRUSTED_PROXIES: ' loopback,10.1.0.0/16 ,fd00::1' }))
    expect(trustedProxies).toEqual(['loopback', '10.1.0.0/16', 'fd00::1'])
    const files = { ROLLCALL_TLS_CERT: '/c.pem', ROLLCALL_TLS_KEY: '/k.pem' }
    expect(loadSettings(env(files)).tls).toEqual({ certPath: '/c.pem', keyPath: '/k.pem' })
    expect(() => loadSettings(env({ ROLLCALL_TLS_CERT: '/c.pem' }))).toThrow(/^ROLLCALL_TLS_KEY: /m)
    expect(() => loadSettings(env({ ROLLCALL_TLS_KEY: '/k.pem' }))).toThrow(/^ROLLCALL_TLS_CERT: /m)
  })

  test('take secrets from files, and put a password into the address of the database', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-settings-'))
    try {
      const path = join(folder, 'password')
      writeFileSync(path, 'p@ss/w:rd%\n')
      const given = { DATABASE_URL: 'postgres://rollcall@db:5432/rollcall', DATABASE_PASSWORD_FILE: path }
      const { databaseUrl } = loadSettings(env(given))
      expect(decodeURIComponent(new URL(databaseUrl ?? '').password)).toBe('p@ss/w:rd%')
      expect(() => loadSettings(env({ ...given, DATABASE_PASSWORD: 'other' }))).toThrow(
        /^DATABASE_PASSWORD_FILE: .*as well/m,
      )
      expect(() => loadSettings(env({ ...given, DATABASE_URL: 'postgres://a:b@db/x' }))).toThrow(/^DATABASE_URL: /m)
      expect(() => loadSettings(env({ ROLLCALL_KEY_FILE: join(folder, 'none') }))).toThrow(
        /^ROLLCALL_KEY_FILE: .*ENOENT/m,
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
