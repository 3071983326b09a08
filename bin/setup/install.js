/**
 * Installs what the lockfile says if it is not installed, whole, already.
 * Decides when to install and what to tell; must not start anything else.
 */
import { accessSync, constants } from 'node:fs'
import { userInfo } from 'node:os'
import { withLock } from './lock.js'
import { npmCi } from './npm.js'
import { say, SetupProblem } from './problem.js'
import { isComplete, isForThisMachine, lockedPackages, removeStamp, writeStamp } from './stamp.js'

const WHAT = 'The packages of Rollcall cannot be installed'
const REMINDER_MS = 15_000
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP']

function userName() {
  try {
    return userInfo().username
  } catch {
    return `user number ${process.getuid?.()}`
  }
}

/** @param {string} root */
function checkWritable(root) {
  try {
    accessSync(root, constants.W_OK | constants.X_OK)
  } catch {
    throw new SetupProblem({
      what: WHAT,
      why: `${userName()} cannot write to ${root}`,
      wayOut: `run \`npm ci\` there as its owner once, or clone Rollcall into a directory of your own`,
    })
  }
}

/**
 * What npm's codes mean for who reads the message.
 *
 * @type {[RegExp, string][]}
 */
const KNOWN = [
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ERR_SOCKET/,
    'see that the npm registry can be reached (`npm ping`), or set a mirror or proxy with `npm config set registry` or `https-proxy`',
  ],
  [/ENOSPC/, 'make room on the disk'],
  [
    /EACCES|EPERM|EROFS/,
    'give the files in the checkout to the user who starts Rollcall, or clone it into a directory of your own',
  ],
  [/E40[13]|ENEEDAUTH/, 'sign in to the registry (`npm login`)'],
]

/** @param {{ code: number | string | null, output: string }} result of npm */
function failure({ code, output }) {
  const lines = output
    .split('\n')
    .filter((line) => /^npm (error|ERR!)/.test(line) && !/debug-0\.log|complete log/.test(line))
  const why = lines
    .slice(0, 6)
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '')
    .join('; ')
  const known = KNOWN.find(([pattern]) => pattern.test(output))
  return new SetupProblem({
    what: WHAT,
    why: `npm ci ended with ${code}${why === '' ? '' : `: ${why}`}`,
    wayOut: `${known?.[1] ?? 'run `npm ci` to see all that npm says'}; the next start tries again`,
  })
}

/**
 * Ends npm together with us when somebody loses patience; returns how to stop minding.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function endWith(child) {
  const end = () => {
    child.kill('SIGTERM')
    process.exit(130)
  }
  for (const signal of ENDING) process.once(signal, end)
  return () => {
    for (const signal of ENDING) process.off(signal, end)
  }
}

/**
 * @param {string} root
 * @param {(pid: number | undefined) => void} claimFor
 */
async function install(root, claimFor) {
  const count = Object.entries(lockedPackages(root)).filter(
    ([folder, locked]) => folder !== '' && isForThisMachine(locked),
  ).length
  const began = Date.now()
  const seconds = () => Math.round((Date.now() - began) / 1000)
  say(`Installing ${count} packages from the lockfile, about 20 s …`)
  removeStamp(root)
  const reminder = setInterval(() => say(`Still installing (${seconds()} s) …`), REMINDER_MS)
  let forget = () => {}
  try {
    const result = await npmCi(root, (child) => {
      claimFor(child.pid)
      forget = endWith(child)
    })
    if (result.code !== 0) throw failure(result)
  } finally {
    clearInterval(reminder)
    forget()
  }
  writeStamp(root)
  say(`Installed in ${seconds()} s.`)
}

/**
 * True if something was installed. Two at once are safe: the second waits for the first. Throws {@link SetupProblem}.
 *
 * @param {string} root of the checkout
 */
export async function ensureInstalled(root) {
  if (isComplete(root)) return false
  checkWritable(root)
  await withLock(root, async (claimFor) => {
    if (!isComplete(root)) await install(root, claimFor)
  })
  return true
}
