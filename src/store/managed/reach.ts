/**
 * Decides whether another user can get to a path, and which directory stops him.
 * Reads permission bits only; must not change any.
 */
import { realpathSync, statSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { RuntimeUser } from './runtime-user.ts'

const READ = 4
const ENTER = 1

function allows(stats: Stats, user: RuntimeUser, bits: number): boolean {
  if (stats.uid === user.uid) return ((stats.mode >> 6) & bits) === bits
  // A lent user keeps its own group only: spawning drops the others.
  if (stats.gid === user.gid) return ((stats.mode >> 3) & bits) === bits
  return (stats.mode & bits) === bits
}

/** `/a/b/c` → `/`, `/a`, `/a/b`, `/a/b/c`. */
function withAncestors(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [path] : [...withAncestors(parent), path]
}

function deepestExisting(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? deepestExisting(dirname(path)) : path
}

/**
 * The first directory on the way to `path`, itself included, that the user cannot enter; nothing if there is none.
 * What does not exist yet does not stop anybody. Both the path as written and what its links point to are walked.
 */
export function directoryInTheWay(path: string, user: RuntimeUser): string | undefined {
  const existing = deepestExisting(resolve(path))
  const walked = [...withAncestors(existing), ...withAncestors(realpathSync(existing))]
  return walked.find((step) => {
    const stats = statSync(step)
    return stats.isDirectory() && !allows(stats, user, ENTER)
  })
}

/** True when the user may read the file or list and enter the directory, ancestors aside. */
export function mayRead(path: string, user: RuntimeUser): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return false
  return allows(stats, user, stats.isDirectory() ? READ | ENTER : READ)
}
