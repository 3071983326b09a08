/**
 * Decides where the server's socket lies: a folder of mode 0700 that belongs to PostgreSQL's user, with a path short
 * enough for the kernel. Must not trust a folder that somebody else made.
 */
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, ManagedPostgresError, reasonOf } from './error.ts'
import type { RuntimeUser } from './runtime-user.ts'

/** The port is a name only: nothing listens on the network. PostgreSQL derives the socket's name from it. */
export const PORT = 5432
export const SOCKET_NAME = `.s.PGSQL.${PORT}`
/** sockaddr_un.sun_path holds 108 bytes on Linux and 104 on macOS, one of them the closing NUL (unix(7)). */
const LONGEST = process.platform === 'darwin' ? 103 : 107

function fits(directory: string): boolean {
  return Buffer.byteLength(join(directory, SOCKET_NAME)) <= LONGEST
}

function makeOwn(directory: string, user: RuntimeUser): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
    if (user.lent) chownSync(directory, user.uid, user.gid)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  const stats = lstatSync(directory)
  if (!stats.isDirectory() || stats.uid !== user.uid) {
    throw new Error(`${directory} exists and is not a directory of ${user.name}`)
  }
  chmodSync(directory, 0o700)
}

/** Short places outside the data directory, for a data directory whose path is too long. */
function shortPlaces(dataDir: string, user: RuntimeUser): string[] {
  const name = `rollcall-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`
  return [user.lent ? '/run' : `/run/user/${user.uid}`, '/tmp'].map((place) => join(place, name))
}

/**
 * Makes the folder if it is missing and returns its path; the same data directory always gets the same one.
 * `dataDir` must be absolute. Throws {@link ManagedPostgresError} where no place is left.
 */
export function socketDirectory(dataDir: string, user: RuntimeUser): string {
  const refused: string[] = []
  for (const directory of [join(dataDir, 'postgres-socket'), ...shortPlaces(dataDir, user)]) {
    if (!fits(directory)) {
      refused.push(`${directory} is longer than ${LONGEST} bytes with ${SOCKET_NAME}`)
      continue
    }
    try {
      makeOwn(directory, user)
      return directory
    } catch (error) {
      refused.push(reasonOf(error))
    }
  }
  throw new ManagedPostgresError({
    what: 'There is no place for the socket of PostgreSQL',
    why: refused.join('; '),
    wayOut: 'choose a data directory with a shorter path (--data)',
  })
}
