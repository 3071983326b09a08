/**
 * What every program in bin/ does: set up if need be, then run its TypeScript file with the right Node.
 * Runs on Node 20. Must not know what it starts.
 */
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureInstalled } from './install.js'
import { cannotRun, nodeFor } from './node.js'
import { say, SetupProblem } from './problem.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CHILD = fileURLToPath(new URL('./child.js', import.meta.url))
/** @type {NodeJS.Signals[]} */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGCONT']

/**
 * Ends as the child ended: with its code, or of its signal.
 *
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function endAs(code, signal) {
  if (signal === null) process.exit(code ?? 1)
  PASSED_ON.forEach((name) => process.removeAllListeners(name))
  process.kill(process.pid, signal)
  // For a signal that does not end us.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100)
}

/**
 * @param {string} node
 * @param {readonly string[]} args its flags, the program and the arguments of that
 */
function runElsewhere(node, args) {
  // A session of its own: what the terminal sends to the group comes through us, once.
  const child = spawn(node, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    detached: true,
  })
  PASSED_ON.forEach((name) => process.on(name, () => child.kill(name)))
  child.once('error', (error) => fail(cannotRun(node, error)))
  child.once('exit', endAs)
}

/**
 * With `flags` in this very process: it becomes another program and keeps its number, its signals and its open files.
 *
 * @param {string} main
 * @param {readonly string[]} args
 * @param {readonly string[]} flags
 */
async function runHere(main, args, flags) {
  const missing = flags.filter((flag) => !process.execArgv.includes(flag))
  const [node, program] = process.argv
  if (missing.length > 0 && process.execve !== undefined && node !== undefined && program !== undefined)
    process.execve(node, [node, ...process.execArgv, ...missing, program, ...args], process.env)
  process.argv.splice(1, process.argv.length - 1, main, ...args)
  await import(pathToFileURL(main).href)
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function fail(error) {
  if (!(error instanceof SetupProblem)) throw error
  say(error.message)
  process.exit(1)
}

async function setUp() {
  try {
    const installed = await ensureInstalled(ROOT)
    return { installed, node: nodeFor(ROOT) }
  } catch (error) {
    return fail(error)
  }
}

/**
 * Sets up and runs a file of the checkout.
 *
 * @param {string} file what to run, relative to the checkout
 * @param {readonly string[]} args its arguments
 * @param {readonly string[]} flags of Node, that it runs with where that is possible
 */
export async function launch(file, args, flags = []) {
  const { installed, node } = await setUp()
  const main = join(ROOT, file)
  // After an installation, our own program file may be gone from under us.
  if (!installed && realpathSync(process.execPath) === node) await runHere(main, args, flags)
  else runElsewhere(node, [...flags, CHILD, main, ...args])
}
