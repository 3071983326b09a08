/**
 * `npm run demo`: the whole product on this machine, from a push of three providers to agents in CXone.
 * Decides flags, how the demo ends and with which exit code; must not know parts, acts or checks.
 */
import { env } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { startParts, type Parts } from './parts.ts'
import { perform } from './perform.ts'
import { Interrupted, wordsFor } from './problem.ts'
import { openProgress, openTerminal, type End, type Progress, type Terminal } from './progress.ts'
import { PEOPLE_BEFORE, PEOPLE_IN_EU1 } from './story.ts'
import { failedChecks, invitation, lookDeeper, opening, result } from './words.ts'

interface Flags {
  readonly exit: boolean
  readonly port: number
  readonly outage: number
  readonly patience: number
  readonly data?: string
  readonly chaos?: string
}

const SEED = 1
const EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }
/** npm passes a Ctrl-C on that the terminal has sent already: one keystroke may arrive twice. */
const SAME_KEYSTROKE_MS = 1_500
/** Until we hear that a process has ended, after its connections are cut. */
const NEWS_TRAVELS_MS = 1_000

function readFlags(): Flags {
  return new Command('npm run demo --')
    .description(
      'Rollcall, a simulated CXone and three simulated providers on this machine; at the end a table says what held.',
    )
    .option('--exit', 'end when the table is there: 0 if everything held, 1 if not', false)
    .option('--port <number>', 'port of Rollcall; 0 takes a free one', wholeNumber(0, 65_535), 0)
    .option('--outage <seconds>', 'how long CXone is down', wholeNumber(3, 600), 20)
    .option('--patience <seconds>', 'how long each act may take to arrive in CXone', wholeNumber(1, 3_600), 90)
    .option('--data <folder>', 'where the files of the run go; a folder of its own is made in it')
    .option('--chaos <file>', 'JSON with switches, faults, limits and latency for the simulated CXone')
    .parse()
    .opts<Flags>()
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`)
  }
}

/** Aborts with the first signal; a later one, of another keystroke, ends the process at once and the parts with it. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  let first = 0
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        first = Date.now()
        controller.abort(new Interrupted(name))
      } else if (Date.now() - first > SAME_KEYSTROKE_MS) process.exit(EXIT_CODES[name])
    })
  }
  return controller.signal
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Interrupted)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })

interface Stage {
  readonly terminal: Terminal
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** The exit code. */
async function run(flags: Flags, { terminal, progress, signal }: Stage): Promise<number> {
  const interrupted = aborted(signal)
  interrupted.catch(() => undefined)
  terminal.write(opening(terminal))
  const parts = await start(flags, progress)
  let keepFiles = false
  try {
    const settings = { outageSeconds: flags.outage, patienceSeconds: flags.patience }
    const performance = perform(parts, settings, { progress, signal }).catch(async (error: unknown) => {
      // What cannot be read any more may have ended: then that is what is to be told.
      await Promise.race([parts.broken, sleep(NEWS_TRAVELS_MS)])
      throw error
    })
    const played = await Promise.race([performance, parts.broken, interrupted])
    terminal.write(result(played, terminal))
    const held = failedChecks(played).length === 0
    if (!flags.exit) {
      terminal.write(invitation(parts, played, terminal))
      await Promise.race([parts.broken, interrupted]).catch((error: unknown) => {
        if (!(error instanceof Interrupted)) throw error
      })
    } else if (!held) {
      keepFiles = true
      terminal.write(lookDeeper(parts, played, terminal))
    }
    return held ? 0 : 1
  } catch (error) {
    keepFiles = !(error instanceof Interrupted)
    progress.clear()
    throw error
  } finally {
    // After the ^C that the terminal has written.
    if (signal.aborted && terminal.alive) terminal.write('\n')
    await stop(parts, { keepFiles, progress })
  }
}

async function start(flags: Flags, progress: Progress): Promise<Parts> {
  let done: End = () => undefined
  const options = {
    port: flags.port,
    seed: SEED,
    people: PEOPLE_BEFORE,
    peopleEu1: PEOPLE_IN_EU1,
    ...(flags.data === undefined ? {} : { data: flags.data }),
    ...(flags.chaos === undefined ? {} : { chaos: flags.chaos }),
  }
  try {
    return await startParts(options, {
      starting: (what) => {
        done = progress.begin(`${what} …`)
      },
      up: (what) => done(true, what),
    })
  } catch (error) {
    done(false, 'did not start')
    throw error
  }
}

async function stop(parts: Parts, { keepFiles, progress }: { keepFiles: boolean; progress: Progress }): Promise<void> {
  const done = progress.begin(keepFiles ? 'Everything is stopped.' : 'Everything is stopped and its files are removed.')
  await parts.stop(keepFiles)
  done(true)
}

// Whoever reads us may stop reading (`npm run demo | head`): no fault of ours.
process.stdout.on('error', () => process.exit(1))
const terminal = openTerminal(process.stdout, env)
const progress = openProgress(terminal)
try {
  process.exitCode = await run(readFlags(), { terminal, progress, signal: interruption() })
} catch (error) {
  progress.clear()
  if (error instanceof Interrupted) process.exitCode = EXIT_CODES[error.signal] ?? 1
  else {
    process.exitCode = 1
    process.stderr.write(`\n${wordsFor(error)}\n`)
  }
}
process.stdout.write('', () => process.exit())
