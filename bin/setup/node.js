/**
 * Decides which Node runs Rollcall: the one among its packages, else the running one if it is new enough.
 */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, SetupProblem } from './problem.js'

/** The first version that runs TypeScript files as they are. */
const LEAST = { major: 22, minor: 19 }

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > LEAST.major || (major === LEAST.major && minor >= LEAST.minor)
}

/**
 * Path of the program. Throws {@link SetupProblem} where there is none.
 *
 * @param {string} root of the checkout
 */
export function nodeFor(root) {
  const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(packaged)) return realpathSync(packaged)
  if (isNewEnough(process.versions.node)) return process.execPath
  throw new SetupProblem({
    what: 'Rollcall cannot run on this Node',
    why: `it is version ${process.versions.node}, Rollcall needs ${LEAST.major}.${LEAST.minor} or newer, and npm carries one for Linux on x64 and arm64 only, not for ${process.platform}-${process.arch}`,
    wayOut: 'install Node 24 from nodejs.org and start again with it',
  })
}

/**
 * Why a program that exists cannot be started.
 *
 * @param {string} node its path
 * @param {Error} error
 */
export function cannotRun(node, error) {
  return new SetupProblem({
    what: `${node} cannot be started`,
    why:
      codeOf(error) === 'ENOENT'
        ? 'the system has not the C library it was made for (glibc); Alpine Linux has musl'
        : error.message,
    wayOut: 'use a system with glibc, or install Node 24 from the system and remove this file',
  })
}
