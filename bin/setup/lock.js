/**
 * Lets one process at a time install into a checkout; the others wait.
 * Everybody writes a claim of his own, then looks for others: of two, the later to write sees the earlier, so never both
 * go on; if both see each other, both step back and try again. A claim of the dead is deleted by whoever finds it.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, startOf } from './processes.js'
import { codeOf, say } from './problem.js'

/**
 * Who installs, and the process that does it for him.
 *
 * @typedef {{ pid?: number | undefined, start?: string | undefined }} Identity
 * @typedef {Identity & { child?: Identity }} Claim
 */

/**
 * A folder that git ignores; it is there only while somebody installs.
 *
 * @param {string} root
 */
function folderOf(root) {
  return join(root, '.rollcall', 'setup')
}

/**
 * @param {string} path
 * @param {Claim} claim
 */
function writeClaim(path, claim) {
  for (;;) {
    try {
      mkdirSync(dirname(path), { recursive: true })
      // Renamed into place, so that nobody reads half a claim and takes it for none.
      writeFileSync(`${path}.new`, JSON.stringify(claim))
      renameSync(`${path}.new`, path)
      return
    } catch (error) {
      // Another process has just tidied the folder away.
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
}

/** @param {string} folder */
function removeFolder(folder) {
  for (const empty of [folder, dirname(folder)]) {
    try {
      rmdirSync(empty)
    } catch {
      return
    }
  }
}

/**
 * A claim whose process lives; the file of any other is deleted.
 *
 * @param {string} path
 */
function standing(path) {
  try {
    const claim = /** @type {Claim} */ (JSON.parse(readFileSync(path, 'utf8')))
    if ([claim, claim.child ?? {}].some(isAlive)) return claim
  } catch {
    // Unreadable: written by a process that the machine took with it.
  }
  rmSync(path, { force: true })
  return undefined
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/**
 * @param {string} folder
 * @param {string} own
 */
function otherClaim(folder, own) {
  for (const name of namesIn(folder)) {
    if (!name.endsWith('.json') || name === own) continue
    const claim = standing(join(folder, name))
    if (claim !== undefined) return claim
  }
  return undefined
}

/**
 * Runs `work` while no other process does so for this checkout. `work` gets a function that names a child process which
 * works on its behalf: the claim stands for as long as either of them lives.
 *
 * @template T
 * @param {string} root
 * @param {(claimFor: (pid: number | undefined) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, work) {
  const folder = folderOf(root)
  const own = `${process.pid}-${randomUUID()}.json`
  const path = join(folder, own)
  const claim = { pid: process.pid, start: startOf(process.pid) }
  let told = false
  for (;;) {
    writeClaim(path, claim)
    const other = otherClaim(folder, own)
    if (other === undefined) break
    rmSync(path, { force: true })
    if (!told) say(`Waiting for process ${other.pid}, which is setting up this checkout …`)
    told = true
    await pause(100 + Math.random() * 200)
  }
  try {
    return await work((pid) => writeClaim(path, { ...claim, child: { pid, start: startOf(pid) } }))
  } finally {
    rmSync(path, { force: true })
    removeFolder(folder)
  }
}
