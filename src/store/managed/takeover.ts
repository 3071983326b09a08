/**
 * Ends what a killed parent or a killed server left running on a data directory, so that a fresh server can start.
 * Must be called only by who holds the directory (lock.ts); must not touch a process of another data directory, and
 * never deletes postmaster.pid.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ManagedPostgresError, USE_ANOTHER_SERVER } from './error.ts'
import { postgresProcesses, processStart, type RunningProcess } from './processes.ts'
import type { RuntimeUser } from './runtime-user.ts'
import { SOCKET_NAME } from './socket-directory.ts'

export interface Leftovers {
  readonly pgData: string
  readonly socketDir: string
  readonly clusterName: string
  readonly user: RuntimeUser
}

/** The number in the first line of postmaster.pid, or nothing. The process may be long gone, and its number reused. */
export function recordedPid(pgData: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(pgData, 'postmaster.pid'), 'utf8'), 10)
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function belongsTo(found: RunningProcess, { pgData, clusterName, user }: Leftovers): boolean {
  if (found.uid !== user.uid) return false
  // Every process of a server has its data directory as working directory.
  if (found.cwd !== undefined) return found.cwd.replace(/ \(deleted\)$/, '') === pgData
  // Where we may not look (root in a container without CAP_SYS_PTRACE, macOS), the title must do.
  return found.command.includes(`postgres: ${clusterName}:`) || found.command.includes(` -D ${pgData} `)
}

function remaining(leftovers: Leftovers): RunningProcess[] {
  return postgresProcesses().filter((found) => belongsTo(found, leftovers))
}

function signal(found: readonly RunningProcess[], name: NodeJS.Signals): void {
  for (const { pid, start } of found) {
    if (processStart(pid) !== start) continue
    try {
      process.kill(pid, name)
    } catch {
      // Gone in between.
    }
  }
}

async function goneWithin(leftovers: Leftovers, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await pause(20)) {
    if (remaining(leftovers).length === 0) return true
  }
  return remaining(leftovers).length === 0
}

/** Ends them and says how many there were. Throws {@link ManagedPostgresError} if one cannot be ended. */
export async function endLeftovers(leftovers: Leftovers): Promise<number> {
  const found = remaining(leftovers)
  const postmaster = found.find(({ pid }) => pid === recordedPid(leftovers.pgData))
  if (found.length > 0 && !(await end(leftovers, postmaster))) {
    const pids = remaining(leftovers)
      .map(({ pid }) => pid)
      .join(', ')
    throw new ManagedPostgresError({
      what: `An earlier PostgreSQL on ${leftovers.pgData} cannot be ended`,
      why: `process ${pids} does not go away, even after SIGKILL; its disk may not answer`,
      wayOut: `see what holds it up (\`ps -o pid,stat,wchan,command -p ${pids}\`), or ${USE_ANOTHER_SERVER}`,
    })
  }
  // Nobody stands behind these any more, and the number inside the lock file may by now be another process's.
  for (const name of [SOCKET_NAME, `${SOCKET_NAME}.lock`]) rmSync(join(leftovers.socketDir, name), { force: true })
  return found.length
}

async function end(leftovers: Leftovers, postmaster: RunningProcess | undefined): Promise<boolean> {
  if (postmaster !== undefined) {
    // Fast shutdown: sessions are cut, everything is written, nothing needs recovery.
    signal([postmaster], 'SIGINT')
    if (await goneWithin(leftovers, 20_000)) return true
  }
  signal(remaining(leftovers), 'SIGQUIT')
  if (await goneWithin(leftovers, 3_000)) return true
  signal(remaining(leftovers), 'SIGKILL')
  return goneWithin(leftovers, 10_000)
}
