/**
 * Decides which process may run the server of a data directory. Beside PostgreSQL's own lock, because a parent that
 * finds a server running must know whether another parent still stands behind it. Must not touch postmaster.pid.
 *
 * Every process that wants the directory first writes a claim of its own, then looks for others. Of two that come at
 * once, the later one to write sees the earlier one's claim, so never both hold; if both see each other, both withdraw
 * and try again after pauses of different length. A claim of a dead process is deleted by whoever finds it: its name is
 * never used again.
 */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ManagedPostgresError, reasonOf } from './error.ts'
import { isAlive, processStart, processWorld } from './processes.ts'

const PREFIX = 'rollcall.holder-'
/** Rounds of looking, about a second: the others may withdraw too, or be just about to end. */
const ROUNDS = 12
/** A holder touches its claim this often, for those who cannot see its process: another container, another machine. */
const BEAT_MS = 2_000
/** Three missed beats. */
const SILENCE_MS = 3 * BEAT_MS
/** A claim from elsewhere that nobody touched for so long is not watched at all. */
const ANCIENT_MS = 60_000

interface Claim {
  readonly pid: number
  readonly start: string
  readonly world: string
  /** When the holder began, ISO 8601. */
  readonly since: string
  readonly command: string
}

export interface Hold {
  /** Gives the directory back. Synchronous, for use while the process exits; harmless twice. */
  release(): void
}

function isClaim(value: unknown): value is Claim {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'start' in value &&
    'world' in value &&
    'since' in value &&
    'command' in value
  )
}

function readClaim(path: string): Claim | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isClaim(value) ? value : undefined
  } catch {
    return undefined
  }
}

async function isBeating(path: string): Promise<boolean> {
  const last = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (last === undefined || Date.now() - last > ANCIENT_MS) return false
  for (let waited = 0; waited < SILENCE_MS; waited += BEAT_MS / 4) {
    await pause(BEAT_MS / 4)
    const now = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (now !== last) return now !== undefined
  }
  return false
}

/** A claim that stands, or nothing: then its file is gone. */
async function standing(path: string): Promise<Claim | undefined> {
  const claim = readClaim(path)
  if (claim !== undefined) {
    const alive = claim.world === processWorld() ? isAlive(claim) : await isBeating(path)
    if (alive) return claim
  }
  rmSync(path, { force: true })
  return undefined
}

async function otherClaim(dataDir: string, own: string): Promise<Claim | undefined> {
  const names = readdirSync(dataDir).filter((name) => name.startsWith(PREFIX) && name.endsWith('.json') && name !== own)
  for (const name of names) {
    const claim = await standing(join(dataDir, name))
    if (claim !== undefined) return claim
  }
  return undefined
}

function writeClaim(path: string, dataDir: string): void {
  const claim: Claim = {
    pid: process.pid,
    start: processStart(process.pid) ?? '',
    world: processWorld(),
    since: new Date().toISOString(),
    command: process.argv.join(' ').slice(0, 200),
  }
  try {
    // Renamed into place, so that nobody reads half a claim and takes it for none.
    writeFileSync(`${path}.new`, `${JSON.stringify(claim)}\n`, { mode: 0o644 })
    renameSync(`${path}.new`, path)
  } catch (cause) {
    throw new ManagedPostgresError(
      {
        what: `The data directory ${dataDir} cannot be written to`,
        why: reasonOf(cause),
        wayOut: 'choose a directory of your own with --data, or start as the user that owns this one',
      },
      { cause },
    )
  }
}

function keep(path: string): Hold {
  const timer = setInterval(() => {
    const now = new Date()
    try {
      utimesSync(path, now, now)
    } catch {
      // The data directory was taken away from under us; the server will say so.
    }
  }, BEAT_MS).unref()
  return {
    release: () => {
      clearInterval(timer)
      rmSync(path, { force: true })
    },
  }
}

function heldBy(dataDir: string, claim: Claim): ManagedPostgresError {
  const where = claim.world === processWorld() ? '' : ' on another machine or in another container'
  return new ManagedPostgresError({
    what: `The data directory ${dataDir} is in use`,
    why: `process ${claim.pid}${where} holds it since ${claim.since}; it was started as \`${claim.command}\``,
    wayOut: `stop it (\`kill ${claim.pid}\`), or choose another directory with --data`,
  })
}

/** Whether a living process holds the directory now. */
export async function isHeld(dataDir: string): Promise<boolean> {
  return (await otherClaim(dataDir, '')) !== undefined
}

/** Takes the data directory, or throws {@link ManagedPostgresError} naming who holds it. The directory must exist. */
export async function holdDataDirectory(dataDir: string): Promise<Hold> {
  const own = `${PREFIX}${process.pid}-${randomUUID()}.json`
  const path = join(dataDir, own)
  for (let round = 1; ; round += 1) {
    writeClaim(path, dataDir)
    const other = await otherClaim(dataDir, own)
    if (other === undefined) return keep(path)
    rmSync(path, { force: true })
    // Who is elsewhere has been watched for long enough already.
    if (round === ROUNDS || other.world !== processWorld()) throw heldBy(dataDir, other)
    await pause(20 + Math.random() * 100)
  }
}
