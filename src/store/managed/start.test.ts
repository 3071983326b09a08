import { spawn } from 'node:child_process'
import { chownSync, existsSync, lstatSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { testServer } from '../../../test/support/database.ts'
import { ask, kill, startParent, type Parent } from '../../../test/support/managed-server.ts'
import { canBeNobody, NOBODY } from '../../../test/support/nobody.ts'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { spawnAs } from './initialise.ts'
import { postgresProcesses, processStart } from './processes.ts'
import { runtimeUser } from './runtime-user.ts'
import { startManagedPostgres, type ManagedPostgres } from './start.ts'

const log = { info: () => undefined, warn: () => undefined }
const asRoot = process.getuid?.() === 0

/**
 * One for the whole file, since making one takes longer than all else here; tables are named by their tests. It is made by
 * the first start, though somebody has begun to make it before and was interrupted.
 */
let dataDir: string
const unfinished = (): string => join(dataDir, 'postgres.unfinished')
let binaries: { binaries?: string }
let running: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  dataDir = temporaryDirectory()
  mkdirSync(unfinished())
  writeFileSync(join(unfinished(), 'PG_VERSION'), '18\n')
  const server = await testServer()
  binaries = server.binaries === undefined ? {} : { binaries: server.binaries }
})

afterEach(async () => {
  for (const server of running) await server.stop()
  running = []
})

async function start(): Promise<ManagedPostgres> {
  const server = await startManagedPostgres({ dataDir, log, ...binaries })
  running.push(server)
  return server
}

/** Its files are there, and nobody runs on them. */
async function made(): Promise<void> {
  if (!existsSync(join(dataDir, 'postgres'))) await (await start()).stop()
}

async function parent(): Promise<Parent> {
  const started = await startParent(dataDir)
  const stop = async (): Promise<void> => {
    if (started.process.exitCode === null && started.process.signalCode === null) await kill(started.process, 'SIGTERM')
  }
  running.push({ stop })
  return started
}

function serversHere(): number[] {
  return postgresProcesses()
    .filter(({ cwd }) => cwd?.startsWith(dataDir))
    .map(({ pid }) => pid)
}

describe('a managed PostgreSQL', () => {
  test('makes its files anew where the making was interrupted', async () => {
    const { url } = await start()
    expect(await ask(url, 'select 1 as fresh')).toEqual([{ fresh: 1 }])
    expect(existsSync(unfinished())).toBe(false)
  })

  test('keeps what was written when it is stopped and started again, at the same address', async () => {
    const first = await start()
    await ask(first.url, 'create table kept_1 as select 42 as answer')
    await first.stop()
    expect(serversHere()).toEqual([])
    const second = await start()
    expect(second.url).toBe(first.url)
    expect(await ask(second.url, 'select answer from kept_1')).toEqual([{ answer: 42 }])
  })

  test('listens on nothing but its socket, writes through to the disk and trusts nobody unnamed', async () => {
    const { url } = await start()
    const names = [
      'listen_addresses',
      'fsync',
      'full_page_writes',
      'synchronous_commit',
      'client_connection_check_interval',
    ]
    const settings = await ask(
      url,
      `select name, setting from pg_settings where name in ('${names.join("','")}') order by name`,
    )
    expect(settings).toEqual([
      { name: 'client_connection_check_interval', setting: '1000' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '' },
      { name: 'synchronous_commit', setting: 'on' },
    ])
    const socketDir = lstatSync(join(dataDir, 'postgres-socket'))
    expect({ mode: socketDir.mode & 0o777, uid: socketDir.uid }).toEqual({
      mode: 0o700,
      uid: runtimeUser(join(dataDir, 'postgres')).uid,
    })
    await expect(ask(url.replace('rollcall@', 'nobody_known@'), 'select 1')).rejects.toThrow(
      /Peer authentication failed/,
    )
  })

  test('gives the product a role that is no superuser and owns its database, and never runs as root', async () => {
    const { url, pid } = await start()
    expect(
      await ask(
        url,
        `select current_user as role, r.rolsuper as super, d.datdba = r.oid as owner, d.datlocprovider as provider
           from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`,
      ),
    ).toEqual([{ role: 'rollcall', super: false, owner: true, provider: 'b' }])
    const found = postgresProcesses().find((it) => it.pid === pid)
    expect(found?.uid).toBe(runtimeUser(join(dataDir, 'postgres')).uid)
    expect(found?.uid).not.toBe(0)
  })

  test('tells a second holder who holds the directory, and leaves the first one alone', async () => {
    const first = await parent()
    await expect(start()).rejects.toThrow(
      new RegExp(`process ${first.process.pid} holds it since \\d{4}-.*started as .*managed-parent`),
    )
    expect(await ask(first.url, 'select 1 as alive')).toEqual([{ alive: 1 }])
  })

  test('refuses files of another major version and says the way out', async () => {
    const version = join(dataDir, 'postgres', 'PG_VERSION')
    writeFileSync(version, '14\n')
    try {
      await expect(start()).rejects.toThrow(/made by PostgreSQL 14, and this is PostgreSQL 18[\s\S]*Way out: /)
    } finally {
      writeFileSync(version, '18\n')
    }
  })

  test('tells in its own words why it does not start', async () => {
    const control = join(dataDir, 'postgres', 'global', 'pg_control')
    renameSync(control, `${control}.away`)
    try {
      await expect(start()).rejects.toThrow(/did not start[\s\S]*pg_control/)
    } finally {
      renameSync(`${control}.away`, control)
    }
  })
})

describe('after its parent', () => {
  test('exits, the server stops', async () => {
    const { process: child } = await parent()
    await kill(child, 'SIGINT')
    for (let tries = 0; tries < 200 && serversHere().length > 0; tries += 1) await pause(50)
    expect(serversHere()).toEqual([])
  })

  test('is killed, the next start ends the server it left and has its data', async () => {
    const first = await parent()
    await ask(first.url, 'create table kept_2 as select 42 as answer')
    const before = processStart(first.pid)
    await kill(first.process, 'SIGKILL')
    expect(processStart(first.pid)).toBe(before)
    const second = await start()
    expect(processStart(first.pid)).toBeUndefined()
    expect(await ask(second.url, 'select answer from kept_2')).toEqual([{ answer: 42 }])
  })
})

describe('after it was killed itself', () => {
  test('it is started again by its parent, with its data, at the same address', async () => {
    const server = await start()
    await ask(server.url, 'create table kept_3 as select 42 as answer')
    const before = server.pid
    process.kill(before, 'SIGKILL')
    for (let tries = 0; tries < 400 && server.pid === before; tries += 1) await pause(25)
    expect(await ask(server.url, 'select answer from kept_3')).toEqual([{ answer: 42 }])
  })

  test('together with its parent, while a session works on, the next start has its data', async () => {
    const first = await parent()
    await ask(first.url, 'create table kept_4 as select 42 as answer')
    const busy = new Client(first.url)
    busy.on('error', () => undefined)
    await busy.connect()
    // Never looks whether its postmaster lives, and its client is there: it would work on for minutes.
    const working = busy.query('select count(*) from generate_series(1, 2000000000)').catch((error: unknown) => error)
    await pause(200)
    process.kill(first.pid, 'SIGKILL')
    await kill(first.process, 'SIGKILL')
    const second = await start()
    expect(await ask(second.url, 'select answer from kept_4')).toEqual([{ answer: 42 }])
    expect(await working).toBeInstanceOf(Error)
    expect(serversHere()).toContain(second.pid)
  })

  test('with another process under its old number, it starts all the same', async () => {
    // The lock file of a crash, whose number is by now that of a living process of the same user.
    const stranger = spawn('/bin/sleep', ['60'], {
      ...spawnAs(runtimeUser(join(dataDir, 'postgres'))),
      stdio: 'ignore',
    })
    const lines = [
      stranger.pid,
      join(dataDir, 'postgres'),
      1,
      5432,
      join(dataDir, 'postgres-socket'),
      '',
      ' 1 1',
      'ready   ',
      '',
    ]
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), lines.join('\n'))
    try {
      const server = await start()
      expect(await ask(server.url, 'select 1 as alive')).toEqual([{ alive: 1 }])
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    } finally {
      stranger.kill('SIGKILL')
    }
  })
})

test('a server that is killed while it starts is started again', async () => {
  await made()
  const starting = start()
  let killed: number | undefined
  while (killed === undefined) {
    killed = serversHere()[0]
    if (killed === undefined) await pause(1)
    else process.kill(killed, 'SIGKILL')
  }
  const server = await starting
  expect(server.pid).not.toBe(killed)
  expect(await ask(server.url, 'select 42 as answer')).toEqual([{ answer: 42 }])
})

test('a lock file that a killed start has left empty does not block the next', async () => {
  await made()
  const lockFile = join(dataDir, 'postgres', 'postmaster.pid')
  writeFileSync(lockFile, '')
  if (asRoot) chownSync(lockFile, statSync(join(dataDir, 'postgres')).uid, statSync(join(dataDir, 'postgres')).gid)
  const server = await start()
  expect(await ask(server.url, 'select 42 as answer')).toEqual([{ answer: 42 }])
})

describe('whoever is killed while sessions write', () => {
  /** Writes numbers until its session breaks; returns those whose commit was acknowledged. */
  async function writer(url: string, name: string): Promise<number[]> {
    const client = new Client(url)
    client.on('error', () => undefined)
    await client.connect()
    const acknowledged: number[] = []
    try {
      for (let number = 0; ; number += 1) {
        await client.query(`insert into written values ('${name}', ${number})`)
        acknowledged.push(number)
      }
    } catch {
      return acknowledged
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  const victims: [string, (parent: Parent) => Promise<void> | void][] = [
    ['its parent, and the next one finds it running', (first) => kill(first.process, 'SIGKILL')],
    ['the server, and its parent starts another', (first) => void process.kill(first.pid, 'SIGKILL')],
    [
      'both',
      async (first) => {
        process.kill(first.pid, 'SIGKILL')
        await kill(first.process, 'SIGKILL')
      },
    ],
  ]

  test.each(victims)('what was acknowledged is there: %s', async (_, strike) => {
    const first = await parent()
    await ask(first.url, 'create table if not exists written (writer text, number integer)')
    await ask(first.url, 'truncate written')
    const writing = ['a', 'b', 'c'].map((name) => writer(first.url, name))
    await pause(300)
    await strike(first)
    if (first.process.signalCode !== null) await start()
    const acknowledged = await Promise.all(writing)
    const rows = await untilAnswered(first.url, 'select writer, number from written')
    const found = new Set(
      (rows as { writer: string; number: number }[]).map(({ writer: by, number }) => `${by}${number}`),
    )
    const lost = acknowledged.flatMap((numbers, at) => numbers.filter((number) => !found.has(`${'abc'[at]}${number}`)))
    expect(acknowledged.flat().length).toBeGreaterThan(0)
    expect(lost).toEqual([])
  })

  async function untilAnswered(url: string, statement: string): Promise<unknown[]> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask(url, statement)
      } catch (error) {
        if (tries === 400) throw error
        await pause(25)
      }
    }
  }
})

describe.runIf(canBeNobody)('as an ordinary user', () => {
  test('the server runs as that user, and only that user gets in', async () => {
    const directory = temporaryDirectory()
    chownSync(directory, NOBODY.uid, NOBODY.gid)
    const started = await startParent(directory, NOBODY)
    try {
      expect(postgresProcesses().find(({ pid }) => pid === started.pid)?.uid).toBe(NOBODY.uid)
      await expect(ask(started.url, 'select 1')).rejects.toThrow(/Peer authentication failed/)
    } finally {
      await kill(started.process, 'SIGTERM')
    }
  })

  test('files of another user are refused in words', async () => {
    await made()
    await expect(startParent(dataDir, NOBODY)).rejects.toThrow(/belongs to user number \d+, and you are number 65534/)
  })
})
