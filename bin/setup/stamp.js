/**
 * Decides whether what is installed is what the lockfile says, whole.
 * The stamp is written last, after npm has ended well, and removed first: no stamp means not whole.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What this file reads of an entry of a lockfile.
 *
 * @typedef {string | string[]} Words
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: Words, cpu?: Words, libc?: Words }} Locked
 */

/** @param {string} root */
function stampPath(root) {
  return join(root, 'node_modules', '.rollcall-setup.json')
}

/**
 * @param {string} path
 * @returns {{ packages?: Record<string, Locked>, version?: string } | undefined}
 */
function readJson(path) {
  try {
    return /** @type {ReturnType<typeof readJson>} */ (JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

/**
 * The packages of the lockfile, by folder.
 *
 * @param {string} root
 * @returns {Record<string, Locked>}
 */
export function lockedPackages(root) {
  return readJson(join(root, 'package-lock.json'))?.packages ?? {}
}

/**
 * `os`, `cpu` and `libc` of a package: one word or a list, words with `!` in front exclude.
 *
 * @param {Words | undefined} listed
 * @param {string} value
 */
function allows(listed, value) {
  if (listed === undefined) return true
  const list = [listed].flat()
  return list.includes(value) || (list.some((entry) => entry.startsWith('!')) && !list.includes(`!${value}`))
}

/**
 * Whether npm installs this package on this machine.
 *
 * @param {Locked} locked
 */
export function isForThisMachine({ os, cpu, libc }) {
  return allows(os, process.platform) && allows(cpu, process.arch) && allows(libc, 'glibc')
}

/** @param {string} root */
function wanted(root) {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  return JSON.stringify({ lockfile, platform: `${process.platform}-${process.arch}` })
}

/**
 * True for an installation that somebody made with npm by hand: npm writes its own list last, and that list says the
 * same as the lockfile, and every package of it is in its place.
 *
 * @param {string} root
 */
function madeByHand(root) {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages
  if (installed === undefined) return false
  return Object.entries(lockedPackages(root)).every(([folder, locked]) => {
    if (folder === '' || !isForThisMachine(locked)) return true
    const found = installed[folder]
    if (found === undefined) return locked.optional === true
    if (found.version !== locked.version || found.integrity !== locked.integrity) return false
    return readJson(join(root, folder, 'package.json'))?.version === locked.version
  })
}

/** @param {string} root */
export function isComplete(root) {
  const path = stampPath(root)
  if (!existsSync(path)) {
    if (!madeByHand(root)) return false
    try {
      writeStamp(root)
    } catch {
      // Somebody else's checkout: looked through again at every start.
    }
    return true
  }
  return readFileSync(path, 'utf8') === wanted(root)
}

/** @param {string} root */
export function removeStamp(root) {
  rmSync(stampPath(root), { force: true })
}

/** @param {string} root */
export function writeStamp(root) {
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  const path = stampPath(root)
  writeFileSync(`${path}.${process.pid}`, wanted(root))
  renameSync(`${path}.${process.pid}`, path)
}
