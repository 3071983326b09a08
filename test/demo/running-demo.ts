/**
 * `npm run demo` as a process, with what it has printed so far.
 * Must not look into the demo by another way than a person could.
 */
import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '../support/wait.ts'

const BIN = fileURLToPath(new URL('../../bin/demo.js', import.meta.url))

export interface RunningDemo {
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
  /** Resolves when it has printed this. */
  printed(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
}

export function startDemo(...args: readonly string[]): RunningDemo {
  const { NO_COLOR: _, ...env } = process.env
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
  return {
    ended,
    printed: async (text) => {
      await until(
        async () => ({ out, err }),
        () => out.includes(text) || child.exitCode !== null,
        120_000,
      )
    },
    kill: (signal) => void child.kill(signal),
  }
}

/** The folders of runs in a `--data` folder. */
export async function runFolders(data: string): Promise<string[]> {
  const base = join(data, 'rollcall-demo')
  const names = await readdir(base).catch(() => [])
  return names.map((name) => join(base, name))
}

/** The address of the simulated CXone, as the configuration of the run has it. */
export async function issuerOf(folder: string): Promise<string> {
  const yaml = await readFile(join(folder, 'rollcall.yaml'), 'utf8')
  return /issuer: (\S+)/.exec(yaml)?.[1] ?? ''
}

/** The process that holds a data directory: `rollcall serve`. */
export async function holderOf(dataDir: string): Promise<number> {
  const names = await readdir(dataDir)
  return Number(/^rollcall\.holder-(\d+)-/.exec(names.find((name) => name.startsWith('rollcall.holder-')) ?? '')?.[1])
}
