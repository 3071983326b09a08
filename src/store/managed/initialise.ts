/**
 * Makes the database files if there are none, and refuses those of another major version.
 * Must not touch files that exist.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { SUPERUSER } from './configuration.ts'
import { makeFolderOf } from './data-directory.ts'
import { ManagedPostgresError, USE_ANOTHER_SERVER } from './error.ts'
import type { RuntimeUser } from './runtime-user.ts'

const UNFINISHED = '.unfinished'

/** The builtin locale needs nothing of the system but the C library, and sorts the same everywhere. */
const ARGUMENTS = [
  `--username=${SUPERUSER}`,
  '--auth=peer',
  '--encoding=UTF8',
  '--no-instructions',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
] as const

export interface InitialiseInput {
  readonly pgData: string
  readonly binaries: Binaries
  readonly user: RuntimeUser
}

/** What PostgreSQL's programs get of our environment: none of its secrets. */
export const PLAIN_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const

/** How to spawn a program as the user, away from our directory and our terminal. */
export function spawnAs(user: RuntimeUser): { cwd: string; uid?: number; gid?: number } {
  return { cwd: '/', ...(user.lent ? { uid: user.uid, gid: user.gid } : {}) }
}

function checkVersion(pgData: string, { major, version }: Binaries): void {
  const found = readFileSync(join(pgData, 'PG_VERSION'), 'utf8').trim()
  if (found === major) return
  throw new ManagedPostgresError({
    what: `The database in ${pgData} cannot be opened`,
    why: `it was made by PostgreSQL ${found}, and this is PostgreSQL ${version}; the files differ between major versions`,
    wayOut: `start with the Rollcall that made it and save it with \`rollcall backup\`, then restore into a new --data; or ${USE_ANOTHER_SERVER}`,
  })
}

async function runInitdb(target: string, { binaries, user }: InitialiseInput): Promise<void> {
  const child = spawn(binaries.initdb, ['-D', target, ...ARGUMENTS], {
    ...spawnAs(user),
    env: PLAIN_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
    })
  }
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, killedBy) => resolve(status ?? killedBy))
  })
  if (code === 0) return
  const reason = output
    .split('\n')
    .filter((line) => /error|could not|invalid|cannot/i.test(line))
    .slice(0, 3)
    .join(' / ')
  throw new ManagedPostgresError({
    what: `The database files could not be made in ${dirname(target)}`,
    why: reason === '' ? `initdb ended with ${code}` : reason,
    wayOut: `choose another directory with --data, or ${USE_ANOTHER_SERVER}`,
  })
}

/** Removes what an interrupted initdb left; nobody has written to it. */
function removeUnfinished(pgData: string): void {
  const unfinished = readdirSync(dirname(pgData)).filter((name) => name === `${basename(pgData)}${UNFINISHED}`)
  for (const name of unfinished) rmSync(join(dirname(pgData), name), { recursive: true, force: true })
}

/** Made beside and renamed, so that files with the final name are whole. Says whether it made them. */
export async function initialise(input: InitialiseInput): Promise<boolean> {
  if (existsSync(input.pgData)) {
    checkVersion(input.pgData, input.binaries)
    return false
  }
  removeUnfinished(input.pgData)
  const target = `${input.pgData}${UNFINISHED}`
  makeFolderOf(input.user, target)
  await runInitdb(target, input)
  renameSync(target, input.pgData)
  return true
}
