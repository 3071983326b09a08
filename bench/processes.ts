/**
 * The processes a benchmark measures: real ones, on loopback, with data of their own.
 * Decides how they start and stop; must not measure anything.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'

const BIN = fileURLToPath(new URL('../bin/', import.meta.url))

export interface Simulator {
  readonly issuer: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly control: string
}

export interface Bench {
  /** Starts `rollcall serve` with these apps behind connection `load`; resolves with its address. */
  serve(apps: readonly Readonly<Record<string, unknown>>[]): Promise<string>
  simulator(): Promise<Simulator>
  close(): Promise<void>
}

export const TOKEN = 'load-token-0123456789'
export const API_KEY = 'ops-key-0123456789'

/** A place for one round; everything in it ends with `close`. */
export async function openBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'))
  // PostgreSQL's own user must be able to get in.
  await chmod(folder, 0o711)
  const children: ChildProcess[] = []
  const start = (script: string, args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [join(BIN, script), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DATABASE_URL: '', ROLLCALL_LOG_LEVEL: 'error' },
    })
    children.push(child)
    return child
  }
  return {
    serve: async (apps) => {
      const config = join(folder, 'rollcall.yaml')
      await writeFile(config, stringify(configuration(apps)))
      const line = await firstLine(
        start('rollcall.js', ['serve', '--config', config, '--data', join(folder, 'data'), '--port', '0']),
      )
      return line.replace(/^.* /, '')
    },
    simulator: async () =>
      JSON.parse(await firstLine(start('rollcall-sim.js', ['cxone', '--users', '60']))) as Simulator,
    close: async () => {
      await Promise.all(children.toReversed().map(ended))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const configuration = (apps: readonly Readonly<Record<string, unknown>>[]): object => ({
  tenants: [
    {
      id: 'bench',
      apiKeys: [{ id: 'ops', role: 'owner', value: API_KEY }],
      connections: [
        {
          id: 'load',
          profile: 'generic',
          delivery: 'queue',
          tokens: [{ value: TOKEN }],
          apps: apps.map(({ id }) => id),
        },
      ],
      apps,
    },
  ],
})

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout !== null) createInterface(child.stdout).once('line', resolve)
    child.once('exit', (code) =>
      reject(new Error(`${child.spawnargs.join(' ')} ended with ${code} before it was ready`)),
    )
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
