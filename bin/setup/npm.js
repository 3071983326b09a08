/**
 * Finds npm and runs `npm ci` with it.
 * Decides npm's options and where its cache lies; must not decide when to install.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupProblem } from './problem.js'

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url))

/** Scripts are not run: what PostgreSQL's package does in its own, the managed server does itself. */
const OPTIONS = [
  'ci',
  '--ignore-scripts',
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--prefer-offline',
  '--engine-strict=false',
  '--loglevel=error',
]

function npmInPath() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'npm'))
    .find(existsSync)
}

/** npm's program file: the npm that started us, else the one in PATH, else the one that came with this Node. */
function npmProgram() {
  const inPath = npmInPath()
  const candidates = [
    process.env.npm_execpath,
    inPath === undefined ? undefined : realpathSync(inPath),
    join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ]
  const program = candidates.find((file) => file !== undefined && /npm-cli\.[cm]?js$/.test(file) && existsSync(file))
  if (program !== undefined) return { command: process.execPath, args: [CHILD, program] }
  if (inPath !== undefined) return { command: inPath, args: [] }
  throw new SetupProblem({
    what: 'The packages of Rollcall cannot be installed',
    why: 'there is no npm in PATH',
    wayOut:
      'install npm (it comes with Node from nodejs.org; on Debian it is a package of its own: `apt-get install npm`)',
  })
}

/** @param {string} folder */
function isOurs(folder) {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** npm's own cache if we may write there; else one for this time only, as with a HOME that is missing or read-only. */
function cache() {
  const usual = process.env.npm_config_cache ?? join(process.env.HOME ?? homedir(), '.npm')
  if (isOurs(usual) && isOurs(join(usual, '_cacache'))) return { options: [], remove: () => undefined }
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-npm-'))
  return { options: [`--cache=${folder}`], remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/**
 * Resolves to npm's exit code and what it said. `started` is called with the process, which dies with us.
 *
 * @param {string} root
 * @param {(child: import('node:child_process').ChildProcess) => void} started
 * @returns {Promise<{ code: number | string | null, output: string }>}
 */
export async function npmCi(root, started) {
  const { command, args } = npmProgram()
  const { options, remove } = cache()
  const child = spawn(command, [...args, ...OPTIONS, ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  if (child.pid !== undefined) started(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text) => {
      output += String(text)
    })
  }
  try {
    const [status, signal] = /** @type {[number | null, string | null]} */ (await once(child, 'close'))
    return { code: status ?? signal, output }
  } finally {
    remove()
  }
}
