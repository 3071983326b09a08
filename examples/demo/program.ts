/**
 * A program of the demo as a process of its own: started, waited for, stopped.
 * Decides how a start that failed is told; must not know what the program does.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { shownPath } from './folder.ts'
import { DemoProblem } from './problem.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Runs a program so that it ends with us, however we end. */
const BOUND_TO_US = `${ROOT}bin/setup/child.js`
/** Longer than a server takes that has everything still to write. */
const PATIENCE_MS = 20_000

export interface ProgramOptions<Ready> {
  /** As a person calls it. */
  readonly name: string
  /** Below the checkout. */
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Everything it writes to stderr. */
  readonly logFile: string
  /** What a line on stdout says about being ready; nothing where it says nothing of that. */
  readonly ready: (line: string) => Ready | undefined
}

export interface Program<Ready> {
  readonly ready: Ready
  readonly pid: number
  /** Rejects when the program ends unasked; never resolves. */
  readonly broken: Promise<never>
  /** Asks it to end, waits, and ends it if it does not. Harmless twice. */
  stop(): Promise<void>
}

/** Resolves when the program says that it is ready. Throws {@link DemoProblem} with its own words when it ends before. */
export async function startProgram<Ready>(options: ProgramOptions<Ready>): Promise<Program<Ready>> {
  const child = spawnBound(options)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `code ${code}` : signal))
  })
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= stopNow(child, ended))
  try {
    const ready = await Promise.race([readyLine(child, options.ready), ended.then((how) => neverReady(options, how))])
    const { promise: broken, reject } = Promise.withResolvers<never>()
    void ended.then((how) => {
      if (stopping === undefined) reject(endedUnasked(options, how))
    })
    broken.catch(() => undefined)
    return { ready, pid: child.pid ?? 0, broken, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function spawnBound({ file, args, env, logFile }: ProgramOptions<unknown>): ChildProcess {
  const log = openSync(logFile, 'a')
  try {
    // A session of its own: what the terminal sends to everybody (Ctrl-C) is for the demo, which stops things in order.
    return spawn(process.execPath, [BOUND_TO_US, `${ROOT}${file}`, ...args], {
      env,
      stdio: ['ignore', 'pipe', log, 'pipe'],
      detached: true,
    })
  } finally {
    closeSync(log)
  }
}

function readyLine<Ready>(child: ChildProcess, ready: (line: string) => Ready | undefined): Promise<Ready> {
  return new Promise((resolve) => {
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = ready(line)
      if (said !== undefined) resolve(said)
    })
  })
}

async function stopNow(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  await ended
  clearTimeout(timer)
}

function neverReady({ name, logFile }: ProgramOptions<unknown>, how: string): never {
  const said = plainLines(logFile)
  throw new DemoProblem(
    `${name} did not start${said === '' ? ` (${how}); its log is ${shownPath(logFile)}` : `:\n${said}`}`,
  )
}

function endedUnasked({ name, logFile }: ProgramOptions<unknown>, how: string): DemoProblem {
  const said = plainLines(logFile)
  const why = said === '' ? '' : `\n${said}`
  return new DemoProblem(`${name} ended in the middle of the demo (${how}).${why}\nIts log is ${shownPath(logFile)}.`)
}

/** What it said to people: the last lines of the log that are not the log's own JSON. */
function plainLines(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').split('\n')
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('{'))
    .slice(-12)
    .map((line) => `  ${line}`)
    .join('\n')
}
