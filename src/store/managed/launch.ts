/**
 * Starts the server process on existing files and waits until it answers.
 * Decides what to do about a start that leftovers block or somebody kills; must not make or change database files.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, fstatSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { ManagedPostgresError, USE_ANOTHER_SERVER } from './error.ts'
import { PLAIN_ENVIRONMENT, spawnAs } from './initialise.ts'
import { lastWords, openLog } from './log-file.ts'
import { hasEnded } from './stop.ts'
import { endLeftovers, recordedPid, type Leftovers } from './takeover.ts'

const ATTEMPTS = 6
/** What PostgreSQL says when processes of an earlier server still live, or seem to. */
const BLOCKED = /lock file ".*" already exists|pre-existing shared memory block|is being used|Is another postmaster/

export interface LaunchInput extends Leftovers {
  readonly binaries: Binaries
  readonly arguments: readonly string[]
  readonly logFile: string
}

/**
 * A server that was killed within the moment in which it makes its lock file leaves an empty one, which PostgreSQL refuses
 * for ever. It means nobody, since we hold the directory and have ended whatever ran on it: it gets our own number, which
 * the server takes for an ancestor's, and removes it itself.
 */
function completeLockFile(pgData: string): void {
  const lockFile = join(pgData, 'postmaster.pid')
  if (statSync(lockFile, { throwIfNoEntry: false })?.size === 0) writeFileSync(lockFile, `${process.pid}\n`)
}

function spawnServer(input: LaunchInput): { child: ChildProcess; logStart: number } {
  const output = openLog(input.logFile)
  try {
    completeLockFile(input.pgData)
    const stale = recordedPid(input.pgData)
    const logStart = fstatSync(output).size
    const child = spawn(input.binaries.postgres, input.arguments, {
      ...spawnAs(input.user),
      // The lock's number may by now be a zombie's or another process's. We hold the directory and have ended whatever
      // ran on it, so we tell the server to take the number for an ancestor of its own: those it does not fear.
      env: { ...PLAIN_ENVIRONMENT, ...(stale === undefined ? {} : { PG_GRANDPARENT_PID: String(stale) }) },
      // Its own session: what the terminal sends to our group must not reach it.
      detached: true,
      stdio: ['ignore', output, output],
    })
    return { child, logStart }
  } finally {
    closeSync(output)
  }
}

/** Line 8 of postmaster.pid says `ready` once connections are let in (as pg_ctl reads it). */
function isReady(pgData: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(pgData, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

interface Failed {
  readonly why: string
  /** Leftovers stood in the way, or somebody killed it: the same may work a moment later. */
  readonly passing: boolean
}

/** Resolves to the running server, or to why it ended. Recovery after a crash may take long; there is no time limit. */
async function startOnce(input: LaunchInput): Promise<ChildProcess | Failed> {
  const { child, logStart } = spawnServer(input)
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  while (failure === undefined && !hasEnded(child)) {
    if (isReady(input.pgData, child.pid)) {
      child.unref()
      return child
    }
    await pause(10)
  }
  if (failure !== undefined) return { why: failure.message, passing: false }
  const why = lastWords(input.logFile, logStart) || `it ended with ${child.exitCode ?? child.signalCode}`
  return { why, passing: child.signalCode !== null || BLOCKED.test(why) }
}

/** Starts the server. Throws {@link ManagedPostgresError} with its last words if it does not come up. */
export async function launchServer(input: LaunchInput): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await startOnce(input)
    if (!('why' in result)) return result
    if (attempt === ATTEMPTS || !result.passing) {
      throw new ManagedPostgresError({
        what: `PostgreSQL did not start on ${input.pgData}`,
        why: result.why,
        wayOut: `see ${input.logFile}, or ${USE_ANOTHER_SERVER}`,
      })
    }
    await pause(200 * attempt)
    await endLeftovers(input)
  }
}
