/**
 * The folder of one run of the demo: where it lies, and what killed runs left behind.
 * Must not touch the folder of a run that is still going on.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { env } from 'node:process'
import { defaultDataDir, prepareDataDirectory } from '../../src/store/managed/data-directory.ts'
import { codeOf, ManagedPostgresError, reasonOf } from '../../src/store/managed/error.ts'
import { holdDataDirectory, isHeld } from '../../src/store/managed/lock.ts'
import { postgresProcesses } from '../../src/store/managed/processes.ts'
import { DemoProblem } from './problem.ts'

export interface RunFolder {
  readonly path: string
  /** Of a file in it. */
  file(name: string): string
  /** Ends the claim on the folder and, unless it is to be kept, removes it, once nothing runs in it. Harmless twice. */
  leave(keep: boolean): void
}

/** Inside the data directory of the product: a name that it does not take for a stranger's. */
const BASE = 'rollcall-demo'
/** In every folder from its first second on; without somebody who holds the folder it is left over, however young. */
export const CONFIGURATION = 'rollcall.yaml'
/** A run that has just made its folder has not claimed it yet. */
const YOUNG_MS = 60_000

/** Makes a folder that PostgreSQL's user can enter and removes those of runs that were killed. Throws with words for a person. */
export async function makeRunFolder(given: string | undefined): Promise<RunFolder> {
  const parent = given === undefined ? make(ordinaryPlace()) : resolve(given)
  const base = join(parent, BASE)
  await removeLeftovers(base)
  const path = make(join(base, `run-${randomBytes(3).toString('hex')}`))
  const hold = await holdDataDirectory(path)
  let left = false
  return {
    path,
    file: (name) => join(path, name),
    leave: (keep) => {
      if (left) return
      left = true
      // There is one only where `rollcall serve` was killed.
      endPostgres(path)
      hold.release()
      if (keep) return
      remove(path)
      // What was made on the way goes too, where nothing else is in it; a folder that somebody named stays.
      removeEmpty(given === undefined ? [base, parent] : [base])
    },
  }
}

/** As it is shown and typed: short where it lies below the working directory. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}

function ordinaryPlace(): string {
  try {
    return defaultDataDir({ cwd: process.cwd(), uid: process.getuid?.() ?? -1, env }).dataDir
  } catch (error) {
    throw error instanceof ManagedPostgresError ? withOurFlag(error) : error
  }
}

function make(path: string): string {
  try {
    return prepareDataDirectory(path).dataDir
  } catch (error) {
    throw error instanceof ManagedPostgresError ? withOurFlag(error) : error
  }
}

/** The way out in the words of the demo: it has the flag, not the variable. */
const withOurFlag = ({ problem }: ManagedPostgresError): DemoProblem =>
  DemoProblem.of({
    what: problem.what,
    why: problem.why,
    wayOut: 'name a folder that every user may enter and you may write to: npm run demo -- --data FOLDER',
  })

async function removeLeftovers(base: string): Promise<void> {
  if (!existsSync(base)) return
  for (const name of readdirSync(base).filter((entry) => entry.startsWith('run-'))) {
    const path = join(base, name)
    try {
      if (await isLeftOver(path)) clear(path)
    } catch (error) {
      // Another demo that starts at the same time was quicker.
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
}

async function isLeftOver(path: string): Promise<boolean> {
  const stats = statSync(path)
  if (stats.uid !== process.getuid?.() || (await isHeld(path))) return false
  return existsSync(join(path, CONFIGURATION)) || Date.now() - stats.mtimeMs > YOUNG_MS
}

/** Ends a PostgreSQL that outlived its run. */
function endPostgres(path: string): void {
  for (const { pid, cwd } of postgresProcesses()) {
    if (cwd?.startsWith(`${path}/`) === true) process.kill(pid, 'SIGKILL')
  }
}

function clear(path: string): void {
  endPostgres(path)
  remove(path)
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  } catch (error) {
    throw DemoProblem.of({
      what: `The folder ${path} of the demo could not be removed`,
      why: reasonOf(error),
      wayOut: 'remove it yourself',
    })
  }
}

function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}
