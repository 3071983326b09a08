/**
 * The temporary directory of one test run: where it lies, and what killed runs left behind.
 * Must not remove anything of a run that is still going on.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holdDataDirectory, isHeld, type Hold } from '../../src/store/managed/lock.ts'
import { postgresProcesses } from '../../src/store/managed/processes.ts'
import { directoryInTheWay } from '../../src/store/managed/reach.ts'
import { runtimeUser } from '../../src/store/managed/runtime-user.ts'

const PREFIX = 'rollcall-test-'
/** A run that has just made its directory has not claimed it yet. */
const YOUNG_MS = 60_000

export interface RunDirectory {
  readonly path: string
  /** Ends servers that tests left running in it, and removes it. */
  remove(): void
}

/** The usual place unless PostgreSQL's user cannot enter it, as with a TMPDIR inside root's home. */
function base(): string {
  const user = runtimeUser(join(tmpdir(), 'none'))
  return [tmpdir(), '/tmp', '/var/tmp'].find((place) => directoryInTheWay(place, user) === undefined) ?? tmpdir()
}

function clear(path: string): void {
  for (const { pid, cwd } of postgresProcesses()) {
    if (cwd?.startsWith(`${path}/`) === true) process.kill(pid, 'SIGKILL')
  }
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

async function removeLeftovers(place: string): Promise<void> {
  for (const name of readdirSync(place).filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(place, name)
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined || stats.uid !== process.getuid?.() || Date.now() - stats.mtimeMs < YOUNG_MS) continue
    const claims = join(path, 'claims')
    if (statSync(claims, { throwIfNoEntry: false }) !== undefined && (await isHeld(claims))) continue
    clear(path)
  }
}

/** Makes a directory that PostgreSQL's user can enter, and clears away those of runs that were killed. */
export async function makeRunDirectory(): Promise<RunDirectory> {
  const place = base()
  await removeLeftovers(place)
  const path = mkdtempSync(join(place, PREFIX))
  chmodSync(path, 0o711)
  const claims = join(path, 'claims')
  mkdirSync(claims)
  const hold: Hold = await holdDataDirectory(claims)
  return {
    path,
    remove: () => {
      hold.release()
      clear(path)
    },
  }
}
