import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { SETTINGS } from '../../src/config.ts'
import { canBeNobody, NOBODY } from '../support/nobody.ts'

const root = new URL('../../', import.meta.url).pathname
const text = (path: string): string => readFileSync(join(root, path), 'utf8')
const has = (program: string): boolean => spawnSync('which', [program]).status === 0

/** Instructions of the Dockerfile, each in one line, without comments. */
const dockerfile = text('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line !== '')
const instruction = (name: string): string[] =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
const copied = instruction('COPY')
  .filter((line) => !line.includes('--from='))
  .flatMap((line) => line.split(/\s+/).slice(0, -1))
const words = (json: string | undefined): string[] => JSON.parse(json ?? '[]') as string[]
/** Of the second stage, the one that runs. */
const environment = Object.fromEntries(
  instruction('ENV').flatMap((line) => line.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
)

const known = new Set(
  Object.values(SETTINGS).flatMap(({ env, ...more }) => ('secret' in more ? [env, `${env}_FILE`] : [env])),
)
const unknownOf = (names: readonly string[]): string[] =>
  names.filter((name) => /^(?:ROLLCALL|DATABASE)_/.test(name) && !known.has(name))

describe('the container file', () => {
  test('copies what exists and what .dockerignore lets through, and sets what Rollcall reads', () => {
    const allowed = text('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1)) // prettier-ignore
    expect(copied.filter((path) => !existsSync(join(root, path)) || !allowed.includes(path))).toEqual([])
    expect(unknownOf(Object.keys(environment))).toEqual([])
  })

  test('runs as an ordinary user, with Node and not npm as its first process', () => {
    expect(instruction('USER')).toEqual(['node'])
    expect(instruction('STOPSIGNAL')).toEqual(['SIGTERM'])
    expect(words(instruction('CMD').at(-1))[0]).toBe('node')
    expect(instruction('ENTRYPOINT')).toEqual([])
  })

  describe('by hand', () => {
    let folder: string
    let data: string
    beforeEach(() => {
      data = mkdtempSync(join(tmpdir(), 'rollcall-data-'))
      folder = mkdtempSync(join(tmpdir(), 'rollcall-image-'))
    })
    afterEach(() => {
      chmodSync(folder, 0o755)
      for (const it of [folder, data]) rmSync(it, { recursive: true, force: true })
    })

    test('its command starts the server from what it copies alone, read-only and as another user, is healthy, and ends at SIGTERM', async () => {
      for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true, dereference: true })
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
      const configPath = join(folder, 'rollcall.yaml')
      writeFileSync(configPath, text('examples/rollcall.yaml').replace(/env: ([A-Z_]+)/g, 'value: "$1-of-good-length"'))
      execFileSync('chmod', ['-R', 'a-w,a+rX', folder])
      const env = {
        ...environment,
        ROLLCALL_HOST: '127.0.0.1',
        ROLLCALL_PORT: '0',
        ROLLCALL_CONFIG: configPath,
        ROLLCALL_KEY: '00'.repeat(32),
        // Instead of the PostgreSQL beside the container.
        ROLLCALL_DATA: data,
        ROLLCALL_LOG_LEVEL: 'warn',
      }
      const as = canBeNobody ? NOBODY : {}
      if (canBeNobody) chownSync(data, NOBODY.uid, NOBODY.gid)
      const [, ...args] = words(instruction('CMD').at(-1))
      const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], ...as })
      const ended = once(child, 'exit')
      try {
        let said = ''
        child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()))
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
        const first = await lines.next()
        expect([first.value, said.slice(-700)]).toEqual([
          expect.stringMatching(/^Rollcall listens at/),
          expect.any(String),
        ])
        const [, port = ''] = /:(\d+)$/.exec(String(first.value)) ?? []
        const [, health] = /CMD (\[.*\])$/.exec(instruction('HEALTHCHECK')[0] ?? '') ?? []
        const check = (at: string): number | null =>
          spawnSync(process.execPath, words(health).slice(1), { env: { ...env, ROLLCALL_PORT: at } }).status
        expect([check(port), check('1')]).toEqual([0, 1])
        child.kill('SIGTERM')
        expect(await ended).toEqual([0, null])
      } finally {
        child.kill('SIGTERM')
        await ended
      }
    }, 60_000)
  })
})

describe('the compose file', () => {
  interface Service {
    readonly environment?: Readonly<Record<string, string>>
    readonly secrets?: readonly string[]
    readonly volumes?: readonly string[]
    readonly read_only?: boolean
  }
  const compose = parse(text('compose.yaml')) as {
    services: Readonly<Record<string, Service>>
    secrets: Readonly<Record<string, { file: string }>>
    volumes: Readonly<Record<string, unknown>>
  }

  test('sets what Rollcall reads, keeps passwords in files, and names every file that it tells to make', () => {
    const { rollcall, database } = compose.services
    expect(unknownOf(Object.keys(rollcall?.environment ?? {}))).toEqual([])
    expect(rollcall?.read_only).toBe(true)
    for (const service of [rollcall, database])
      for (const [name, value] of Object.entries(service?.environment ?? {}))
        if (/PASSWORD|KEY|TOKEN/.test(name))
          expect([name, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\//)])
    const used = [rollcall, database].flatMap((service) => service?.secrets ?? [])
    expect(new Set(used)).toEqual(new Set(Object.keys(compose.secrets)))
    for (const { file } of Object.values(compose.secrets)) expect(text('compose.yaml')).toContain(`> ${file}`)
  })
})

describe('the systemd unit', () => {
  const unit = text('examples/systemd/rollcall.service')
  const [, command = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? []

  test('starts what exists, with settings that Rollcall reads', () => {
    const [node = '', program = '', verb] = command.split(' ').filter((word) => !word.startsWith('--'))
    expect(node).toBe('/opt/rollcall/node_modules/.bin/node')
    expect([existsSync(join(root, program)), verb]).toEqual([true, 'serve'])
    expect(unknownOf([...unit.matchAll(/^#?\s*Environment=(\w+)/gm)].map(([, name = '']) => name))).toEqual([])
  })

  test.skipIf(!has('systemd-analyze'))('is understood by systemd, if it is here', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-unit-'))
    const path = join(folder, 'rollcall.service')
    writeFileSync(path, unit.replace('/opt/rollcall/node_modules/.bin/node', process.execPath))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
    rmSync(folder, { recursive: true, force: true })
    expect([status, stderr.split('\n').filter((line) => line.includes('rollcall.service'))]).toEqual([0, []])
  })
})

describe('the proxies in front', () => {
  test.skipIf(!has('caddy'))('the Caddyfile is understood by Caddy, if it is here', () => {
    const { status, stderr } = spawnSync('caddy', ['adapt', '--config', join(root, 'examples/proxies/Caddyfile')], {
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/error/i)])
  })

  test.skipIf(!has('nginx') || !has('openssl'))(
    'the file for nginx is understood by nginx, if it and openssl are here',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'rollcall-nginx-'))
      try {
        const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
        execFileSync(
          'openssl',
          ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=x'],
          { stdio: 'pipe' },
        )
        const site = text('examples/proxies/nginx.conf')
          .replace(/\/etc\/letsencrypt\S*fullchain\.pem/, cert)
          .replace(/\/etc\/letsencrypt\S*privkey\.pem/, key)
        const conf = join(folder, 'nginx.conf')

        writeFileSync(conf, `pid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${site}\n}\n`)
        const { status, stderr } = spawnSync('nginx', ['-t', '-c', conf, '-p', folder], { encoding: 'utf8' })
        expect([status, stderr]).toEqual([0, expect.stringContaining('test is successful')])
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})
