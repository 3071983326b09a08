/**
 * Decides which Node runs Rollcall: the one among its packages, else the running one if it is new enough.
 */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { SetupProblem } from './problem.js'

/** The first version that runs TypeScript files as they are. */
const LEAST = [22, 19]

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])
}

/** Path of the program. Throws {@link SetupProblem} where there is none. */
export function nodeFor(root) {
  const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(packaged)) return realpathSync(packaged)
  if (isNewEnough(process.versions.node)) return process.execPath
  throw new SetupProblem({
    what: 'Rollcall cannot run on this Node',
    why: `it is version ${process.versions.node}, Rollcall needs ${LEAST.join('.')} or newer, and npm carries one for Linux on x64 and arm64 only, not for ${process.platform}-${process.arch}`,
    wayOut: 'install Node 24 from nodejs.org and start again with it',
  })
}

/** Why a program that exists cannot be started. */
export function cannotRun(node, error) {
  return new SetupProblem({
    what: `${node} cannot be started`,
    why:
      error.code === 'ENOENT'
        ? 'the system has not the C library it was made for (glibc); Alpine Linux has musl'
        : error.message,
    wayOut: 'use a system with glibc, or install Node 24 from the system and remove this file',
  })
}
