/**
 * The processes a benchmark measures: real ones, on loopback, with data of their own.
 * Decides how they start and stop; must not measure anything.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { retainedHeap } from './heap.ts'

const BIN = fileURLToPath(new URL('../bin/', import.meta.url))
const BENCH = fileURLToPath(new URL('./', import.meta.url))

export interface Simulator {
  readonly issuer: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly control: string
}

export interface Bench {
  /** Starts `rollcall serve` with these apps behind connection `load`; resolves with its address. */
  serve(apps: readonly Readonly<Record<string, unknown>>[], delivery?: 'queue' | 'confirm'): Promise<string>
  /** Resident size of the process that serves, its PostgreSQL apart, in MiB. */
  memory(): number
  /** MiB on the heap of that process that are still in use after a forced collection; see bench/heap.ts. */
  retained(): Promise<number>
  /** Where its files are. */
  readonly folder: string
  simulator(): Promise<Simulator>
  /** Starts bench/floor.ts; resolves with its address. */
  floor(): Promise<string>
  close(): Promise<void>
}

/** The entry of the simulated CXone under `apps:`. */
export const cxoneApp = ({ issuer, accessKeyId, accessKeySecret }: Simulator) => ({
  id: 'cxone',
  type: 'cxone',
  issuer,
  auth: { accessKeyId: { value: accessKeyId }, accessKeySecret: { value: accessKeySecret } },
  defaults: { role: 'Agent', team: 'Default Team' },
  // As fast as it goes: what is measured is Rollcall, not how careful it is with CXone.
  rate: { startPerSecond: 1000, perSecond: 1000, burst: 1000 },
})

export const TOKEN = 'load-token-0123456789'
export const API_KEY = 'ops-key-0123456789'

/** A place for one round; everything in it ends with `close`. */
export async function openBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'))
  // PostgreSQL's own user must be able to get in.
  await chmod(folder, 0o711)
  const inspector = await freePort()
  const children: ChildProcess[] = []
  let serving: ChildProcess | undefined
  const start = (script: string, args: readonly string[], from = BIN): ChildProcess => {
    const child = spawn(process.execPath, [join(from, script), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        DATABASE_URL: '',
        ROLLCALL_LOG_LEVEL: 'error',
        // Not the usual port: another benchmark may be at it. Nobody listens there before heap.ts asks for it.
        NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --inspect-port=${inspector}`.trim(),
      },
    })
    children.push(child)
    return child
  }
  return {
    folder,
    serve: async (apps, delivery = 'queue') => {
      const config = join(folder, 'rollcall.yaml')
      await writeFile(config, stringify(configuration(apps, delivery)))
      serving = start('rollcall.js', ['serve', '--config', config, '--data', join(folder, 'data'), '--port', '0'])
      return (await firstLine(serving)).replace(/^.* /, '')
    },
    memory: () => {
      const status = readFileSync(`/proc/${servingProcess(serving?.pid)}/status`, 'utf8')
      return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024)
    },
    retained: () => retainedHeap(servingProcess(serving?.pid), inspector),
    simulator: async () =>
      JSON.parse(await firstLine(start('rollcall-sim.js', ['cxone', '--users', '60']))) as Simulator,
    floor: () => firstLine(start('floor.ts', [join(folder, 'floor')], BENCH)),
    close: async () => {
      await Promise.all(children.toReversed().map(ended))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The bin may have started another Node, which is the one that serves: the child that is not PostgreSQL's parent. */
function servingProcess(pid: number | undefined): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  const node = children.find((child) => child > 0 && readFileSync(`/proc/${child}/comm`, 'utf8').trim() !== 'postgres')
  return node ?? pid ?? 0
}

const configuration = (apps: readonly Readonly<Record<string, unknown>>[], delivery: string): object => ({
  tenants: [
    {
      id: 'bench',
      apiKeys: [{ id: 'ops', role: 'owner', value: API_KEY }],
      connections: [
        {
          id: 'load',
          profile: 'generic',
          delivery,
          tokens: [{ value: TOKEN }],
          apps: apps.map(({ id }) => id),
        },
      ],
      apps: apps.map((app) => ({ ...app, mode: 'enforce' })),
    },
  ],
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('there is no free port')
  return address.port
}

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
