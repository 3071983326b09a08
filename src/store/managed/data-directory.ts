/**
 * Decides where the data lies when nobody says so, and lays out a data directory that PostgreSQL's user can enter.
 * Must not change the mode of a directory that is not ours.
 */
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ManagedPostgresError, reasonOf } from './error.ts'
import { directoryInTheWay } from './reach.ts'
import { runtimeUser, type RuntimeUser } from './runtime-user.ts'

/** Ours and PostgreSQL's user may pass through, nobody else may look around. */
const PASS_THROUGH = 0o711
/** Names that Rollcall itself puts into a data directory. */
const OUR_NAMES = /^(postgres|rollcall|key)/

export interface DataDirectoryChoice {
  readonly dataDir: string
  /** One sentence for the operator when the ordinary place could not be used: which directory was in the way. */
  readonly notice?: string
}

export interface Surroundings {
  readonly cwd: string
  readonly uid: number
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where the files of the database lie inside a data directory. */
export function pgDataOf(dataDir: string): string {
  return join(dataDir, 'postgres')
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Why a data directory cannot be here, in words; nothing if it can. */
function obstacleTo(dataDir: string): string | undefined {
  // A directory that exists may be entered or made enterable: it is ours.
  const inTheWay = directoryInTheWay(dirname(dataDir), runtimeUser(pgDataOf(dataDir)))
  if (inTheWay !== undefined) return `PostgreSQL's user cannot enter ${inTheWay}`
  let existing = dataDir
  while (!existsSync(existing)) existing = dirname(existing)
  return isWritable(existing) ? undefined : `${existing} cannot be written to`
}

/** Keeps checkouts of the same name apart; equal for equal directories. */
function nameFor(cwd: string): string {
  const real = realpathSync(cwd)
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 8)
  return `${basename(real) || 'root'}-${hash}`
}

function otherPlaces({ uid, env }: Surroundings): string[] {
  if (uid === 0) return ['/var/lib/rollcall', '/var/tmp/rollcall-root']
  const home = env['XDG_DATA_HOME'] || (env['HOME'] ? join(env['HOME'], '.local', 'share') : undefined)
  return [...(home === undefined ? [] : [join(home, 'rollcall')]), `/var/tmp/rollcall-${uid}`]
}

/**
 * The data directory when neither --data nor ROLLCALL_DATA names one: `.rollcall` in the working directory, or the
 * first other place that PostgreSQL's user can reach. Makes nothing. Throws {@link ManagedPostgresError} if none is left.
 */
export function defaultDataDir(surroundings: Surroundings): DataDirectoryChoice {
  const ordinary = join(surroundings.cwd, '.rollcall')
  const obstacle = obstacleTo(ordinary)
  if (obstacle === undefined) return { dataDir: ordinary }
  const refused = [obstacle]
  for (const place of otherPlaces(surroundings)) {
    const dataDir = join(place, nameFor(surroundings.cwd))
    const next = obstacleTo(dataDir)
    if (next === undefined) return { dataDir, notice: `The data goes to ${dataDir}, not to ${ordinary}: ${obstacle}` }
    refused.push(next)
  }
  throw new ManagedPostgresError({
    what: 'There is no place for the data of PostgreSQL',
    why: refused.join('; '),
    wayOut: 'name a directory that can be written to with --data or ROLLCALL_DATA',
  })
}

function makeWithAncestors(directory: string): void {
  if (existsSync(directory)) return
  makeWithAncestors(dirname(directory))
  mkdirSync(directory)
  // Said again because the umask may have taken the bits away.
  chmodSync(directory, 0o755)
}

function openToPass(dataDir: string, user: RuntimeUser): void {
  if (directoryInTheWay(dataDir, user) !== dataDir) return
  const foreign = readdirSync(dataDir).find((name) => !OUR_NAMES.test(name))
  if (foreign !== undefined) {
    throw new ManagedPostgresError({
      what: `The data directory ${dataDir} cannot be used`,
      why: `${user.name}, who runs PostgreSQL, cannot enter it, and it holds other things (${foreign})`,
      wayOut: `choose an empty or new directory with --data, or open this one yourself: \`chmod o+x ${dataDir}\``,
    })
  }
  chmodSync(dataDir, PASS_THROUGH)
}

function checkReach(dataDir: string, user: RuntimeUser): void {
  const inTheWay = directoryInTheWay(dirname(dataDir), user)
  if (inTheWay === undefined) return
  throw new ManagedPostgresError({
    what: `The data directory ${dataDir} cannot be reached by PostgreSQL`,
    why: `it runs as ${user.name}, who cannot enter ${inTheWay}`,
    wayOut: `choose a directory elsewhere with --data, for example /var/lib/rollcall, or \`chmod o+x ${inTheWay}\``,
  })
}

/** Makes a folder inside the data directory that belongs to PostgreSQL's user, mode 0700. Refuses a link. */
export function makeFolderOf(user: RuntimeUser, folder: string): void {
  const existing = statSync(folder, { throwIfNoEntry: false })
  if (existing?.isDirectory() === true) return
  mkdirSync(folder, { mode: 0o700 })
  chmodSync(folder, 0o700)
  if (user.lent) chownSync(folder, user.uid, user.gid)
}

/**
 * Makes the data directory if it is missing and sees to it that PostgreSQL's user can pass through it.
 * Returns its absolute path. Throws {@link ManagedPostgresError} naming the directory that is in the way.
 */
export function prepareDataDirectory(dataDir: string): { readonly dataDir: string; readonly user: RuntimeUser } {
  const absolute = resolve(dataDir)
  const user = runtimeUser(pgDataOf(absolute))
  checkReach(absolute, user)
  try {
    const isNew = !existsSync(absolute)
    makeWithAncestors(absolute)
    if (isNew) chmodSync(absolute, PASS_THROUGH)
    openToPass(absolute, user)
  } catch (cause) {
    if (cause instanceof ManagedPostgresError) throw cause
    throw new ManagedPostgresError(
      {
        what: `The data directory ${absolute} cannot be made`,
        why: reasonOf(cause),
        wayOut: 'name a directory that can be written to with --data or ROLLCALL_DATA',
      },
      { cause },
    )
  }
  return { dataDir: realpathSync(absolute), user }
}
