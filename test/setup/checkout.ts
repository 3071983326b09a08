/**
 * Checkouts to try the set-up on: copies of this one, and small ones that have nothing but bin/ and a program.
 */
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { cpSync, linkSync, mkdirSync, copyFileSync, writeFileSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NOT_CLONED = new Set(['node_modules', '.git', '.rollcall', 'dist', 'coverage'])

/** What a fresh clone has. */
export function copyCheckout(target: string): string {
  cpSync(ROOT, target, { recursive: true, filter: (source) => source === ROOT || !NOT_CLONED.has(basename(source)) })
  return target
}

/**
 * A checkout that is set up and has `program` as its src/main.ts. Its Node is this one at another place, so that the
 * programs in bin/ start it as they would from Node 20.
 */
export function smallCheckout(target: string, program: string): string {
  cpSync(join(ROOT, 'bin'), join(target, 'bin'), { recursive: true })
  mkdirSync(join(target, 'src'))
  writeFileSync(join(target, 'src', 'main.ts'), program)
  writeFileSync(join(target, 'package.json'), JSON.stringify({ name: 'small', version: '1.0.0', type: 'module' }))
  const lock = {
    name: 'small',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'small', version: '1.0.0' } },
  }
  writeFileSync(join(target, 'package-lock.json'), JSON.stringify(lock))
  const nodeFolder = join(target, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  mkdirSync(nodeFolder, { recursive: true })
  writeFileSync(join(target, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: {} }))
  try {
    linkSync(process.execPath, join(nodeFolder, 'node'))
  } catch {
    copyFileSync(process.execPath, join(nodeFolder, 'node'))
  }
  return target
}

/** PATH and no more of our environment: neither npm's settings nor our packages. */
export function plainEnvironment(home: string): Record<string, string> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return { PATH: path.join(delimiter), HOME: home }
}

export interface Ended {
  readonly code: number | string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once standard output or error has said so. */
  said(words: string): Promise<void>
}

export function run(command: readonly string[], options: SpawnOptions): Running {
  const [program = '', ...args] = command
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? signal, ...output }))
  })
  const said = (words: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!(output.stdout + output.stderr).includes(words)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      void ended.then(
        () => reject(new Error(`ended without saying ${words}: ${output.stdout}${output.stderr}`)),
        reject,
      )
      look()
    })
  return { process: child, ended, said }
}

/** Numbers of the processes whose command line names the path. */
export function processesNaming(path: string): number[] {
  return execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(path))
    .map((line) => Number.parseInt(line, 10))
}
