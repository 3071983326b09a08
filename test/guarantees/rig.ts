/**
 * What is killed: one `rollcall serve` on a managed PostgreSQL, and the CXone that it delivers to, which lives on.
 * Decides how a kill is done and that a start follows; must not kill a process that it did not start.
 */
import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { postmasterOf, serve, writeConfig, type ServeProcess, type TestConnection } from './serve-process.ts'

export const VICTIMS = ['rollcall', 'postgres', 'both'] as const
export type Victim = (typeof VICTIMS)[number]

export interface Rig {
  readonly cxone: TestCxone
  /** The address of the process there is now. Waits while there is none that listens. */
  address(): Promise<string>
  /** Kills, and starts `rollcall serve` again where that was killed. False where there was nobody to kill. */
  kill(victim: Victim): Promise<boolean>
  /** What the processes wrote to stderr, shortened: for a finding. */
  said(): string[]
  /** Ends everything; resolves with the exit code that SIGTERM led to. */
  close(): Promise<number | null>
}

export interface RigOptions {
  readonly seededAgents: number
  /** Milliseconds CXone takes for every answer. */
  readonly latency: number
  readonly connections: readonly TestConnection[]
}

export async function openRig({ seededAgents, latency, connections }: RigOptions): Promise<Rig> {
  const cxone = await startCxoneForTest({ users: seededAgents, entry: { concurrency: 8 } })
  await cxone.control('PUT', '/latency', { ms: latency })
  const folder = temporaryDirectory()
  const options = { configPath: writeConfig(folder, [cxone.app], connections), dataDir: `${folder}/data` }
  let current: ServeProcess = serve(options)
  const before: string[] = []

  const killRollcall = async (): Promise<void> => {
    await current.end('SIGKILL')
    before.push(current.said())
    current = serve(options)
  }
  const killPostgres = (): boolean => {
    const pid = postmasterOf(options.dataDir)
    return pid !== undefined && process.kill(pid, 'SIGKILL')
  }

  /** Whoever was killed is started again; whoever ended by itself will not come back. */
  const mustLive = (): void => {
    const { exitCode, signalCode } = current.child
    const ended = exitCode ?? (signalCode === 'SIGKILL' ? null : signalCode)
    if (ended !== null) throw new Error(`rollcall serve ended by itself with ${ended}:\n${current.said()}`)
  }

  return {
    cxone,
    address: async () => {
      for (;;) {
        const asked = current
        const address = await asked.listening.catch(() => undefined)
        if (address !== undefined && asked === current) return address
        mustLive()
        await pause(10)
      }
    },
    kill: async (victim) => {
      mustLive()
      const postgres = victim !== 'rollcall' && killPostgres()
      if (victim !== 'postgres') await killRollcall()
      return postgres || victim !== 'postgres'
    },
    said: () => shortened([...before, current.said()].join('\n(killed)\n').split('\n')),
    close: async () => {
      const { code } = await current.end('SIGTERM')
      await cxone.close()
      // A database is large, and there are many seeds.
      await rm(folder, { recursive: true, force: true })
      return code
    },
  }
}

/** Time, message and cause of each line of the log; what repeats itself once. */
function shortened(lines: readonly string[]): string[] {
  const short: string[] = []
  const seen = new Set<string>()
  for (const line of lines) {
    const entry = line.startsWith('{') ? (JSON.parse(line) as LogEntry) : { msg: line }
    const what = `${entry.msg}${entry.err === undefined ? '' : `: ${entry.err.message}`}`
    if (line === '(killed)') seen.clear()
    if (seen.has(what) || what.includes('the secret stands in the file')) continue
    seen.add(what)
    short.push(`${entry.time === undefined ? '' : `${new Date(entry.time).toISOString()} `}${what}`)
  }
  return short
}

interface LogEntry {
  readonly time?: number
  readonly msg: string
  readonly err?: { readonly message: string }
}
