/**
 * Decides which operating-system user PostgreSQL runs as. It refuses to run as root, so root lends it another user.
 * Must not create users or change owners.
 */
import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { ManagedPostgresError, USE_ANOTHER_SERVER } from './error.ts'

export interface RuntimeUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** True when we are root and PostgreSQL must be started as somebody else. */
  readonly lent: boolean
}

/** Users that root may lend, best first. `_postgres` is macOS's. */
const LENDABLE = ['rollcall', 'postgres', '_postgres', 'nobody'] as const

function passwdEntries(): RuntimeUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4 && !fields[0]?.startsWith('#'))
    .map(([name, , uid, gid]) => ({ name: name ?? '', uid: Number(uid) >>> 0, gid: Number(gid) >>> 0, lent: true }))
}

/** Who owns a path, or nothing if it does not exist. */
export function ownerOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.uid
}

function ownUser(pgData: string): RuntimeUser {
  const uid = process.getuid?.() ?? -1
  const owner = ownerOf(pgData)
  if (owner !== undefined && owner !== uid) {
    throw new ManagedPostgresError({
      what: `The database in ${pgData} cannot be started by this user`,
      why: `it belongs to user number ${owner}, and you are number ${uid}`,
      wayOut: 'start as that user or as root, or choose another directory with --data',
    })
  }
  try {
    const { username, gid } = userInfo()
    return { name: username, uid, gid, lent: false }
  } catch (cause) {
    throw new ManagedPostgresError(
      {
        what: 'PostgreSQL cannot be started by this user',
        why: `user number ${uid} has no entry in /etc/passwd, and PostgreSQL asks for its name`,
        wayOut: `start as a user that has a name, or ${USE_ANOTHER_SERVER}`,
      },
      { cause },
    )
  }
}

function lentUser(pgData: string): RuntimeUser {
  const known = passwdEntries()
  const owner = ownerOf(pgData)
  if (owner !== undefined) {
    const found = known.find((user) => user.uid === owner && owner !== 0)
    if (found !== undefined) return found
    throw new ManagedPostgresError({
      what: `The database in ${pgData} cannot be started`,
      why:
        owner === 0
          ? 'it belongs to root, and PostgreSQL refuses to run as root'
          : `it belongs to user number ${owner}, who has no entry in /etc/passwd`,
      wayOut: `give it to another user, for example \`chown -R nobody ${pgData}\`, or ${USE_ANOTHER_SERVER}`,
    })
  }
  for (const name of LENDABLE) {
    const found = known.find((user) => user.name === name && user.uid !== 0)
    if (found !== undefined) return found
  }
  throw new ManagedPostgresError({
    what: 'PostgreSQL cannot be started as root',
    why: `it refuses to run as root, and none of the users ${LENDABLE.join(', ')} exists`,
    wayOut: `make one (\`useradd --system rollcall\`), start as an ordinary user, or ${USE_ANOTHER_SERVER}`,
  })
}

/**
 * The user for the database in `pgData`: ourselves, or as root the owner of what exists there, else a lendable user.
 * Throws {@link ManagedPostgresError} where there is none.
 */
export function runtimeUser(pgData: string): RuntimeUser {
  return process.getuid?.() === 0 ? lentUser(pgData) : ownUser(pgData)
}
