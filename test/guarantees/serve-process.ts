/**
 * `rollcall serve` as a process of its own, for tests that signal and kill it.
 * Must not reach into it: what a test learns is what the process says, answers and leaves on the disk.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { stringify } from 'yaml'
import { postgresProcesses } from '../../src/store/managed/processes.ts'

const COMMAND = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url))
const LISTENS = /^Rollcall listens at (\S+)$/
const KEPT_LINES = 400

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What it wrote to stderr: its log, and why it did not start. */
  readonly said: string
}

export interface ServeProcess {
  readonly child: ChildProcess
  /** Its address, once it listens; rejects with its last words if it ends before. */
  readonly listening: Promise<string>
  readonly ended: Promise<Ending>
  /** The end of what it wrote to stderr so far. */
  said(): string
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ending>
}

export interface ServeOptions {
  readonly configPath: string
  readonly dataDir: string
  /** Default: a free one. */
  readonly port?: number
  /** Without it the process runs a PostgreSQL of its own. */
  readonly databaseUrl?: string
  readonly env?: Readonly<Record<string, string>>
}

const running = new Set<ChildProcess>()
// A test that ran out of time leaves its processes to us. The test runner ends us by SIGTERM.
const killAll = (): void => running.forEach((child) => child.kill('SIGKILL'))
process.on('exit', killAll)
process.once('SIGTERM', () => process.exit(143))

/** Starts the process and does not wait for anything. */
export function serve(options: ServeOptions): ServeProcess {
  const words = ['--config', options.configPath, '--data', options.dataDir, '--port', String(options.port ?? 0)]
  const child = spawn(process.execPath, [COMMAND, 'serve', ...words, '--log-level', 'warn'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...environment(),
      // The same code is started over and over; without this every start compiles it anew.
      NODE_COMPILE_CACHE: join(inject('runDirectory'), 'compiled'),
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
      ...options.env,
    },
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const lines: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
  })
  const said = (): string => lines.join('\n')
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, said: said() }))
  })
  const listening = addressOf(child, ended)
  // Whoever does not ask for the address does not mind that there is none.
  listening.catch(() => undefined)
  return {
    child,
    listening,
    ended,
    said,
    end: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/** Ours, without what would tell the process more than the test does. */
function environment(): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(([name]) => !/^(ROLLCALL_|DATABASE_URL$|NODE_OPTIONS$)/.test(name))
  return Object.fromEntries(ours)
}

function addressOf(child: ChildProcess, ended: Promise<Ending>): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const address = LISTENS.exec(line)?.[1]
        if (address !== undefined) resolve(address)
      })
    }
    void ended.then(({ code, signal, said }) => {
      reject(new Error(`rollcall serve ended with ${code ?? signal} before it listened:\n${said}`))
    })
  })
}

/** The server of a data directory, as far as there is one now: surely of that directory, so that no other is killed. */
export function postmasterOf(dataDir: string): number | undefined {
  try {
    const pgData = realpathSync(join(dataDir, 'postgres'))
    const pid = Number.parseInt(readFileSync(join(pgData, 'postmaster.pid'), 'utf8'), 10)
    return postgresProcesses().find((found) => found.pid === pid && found.cwd === pgData)?.pid
  } catch {
    return undefined
  }
}

export const TOKEN = 'okta-token-0123456789'
export const API_KEY = 'ops-key-0123456789'

export interface TestConnection {
  readonly id: string
  readonly profile: string
  readonly delivery: 'queue' | 'confirm'
  readonly token: string
}

const OKTA: TestConnection = { id: 'okta', profile: 'okta', delivery: 'queue', token: TOKEN }

/** Writes a rollcall.yaml into the folder: tenant acme, the connections with all of the apps given. Returns its path. */
export function writeConfig(
  folder: string,
  apps: readonly ({ readonly id: string } & object)[],
  connections: readonly TestConnection[] = [OKTA],
): string {
  const path = join(folder, 'rollcall.yaml')
  const tenant = {
    id: 'acme',
    apiKeys: [{ id: 'ops', role: 'owner', value: API_KEY }],
    connections: connections.map(({ token, ...connection }) => ({
      ...connection,
      tokens: [{ value: token }],
      apps: apps.map(({ id }) => id),
    })),
    apps: apps.map((app) => ({ mode: 'enforce', ...app })),
  }
  writeFileSync(path, stringify({ tenants: [tenant] }))
  return path
}
