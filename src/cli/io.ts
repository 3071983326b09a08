/**
 * What a command may use of the world: its output, the terminal, clock and environment.
 * Decides when there is colour; must not know any command.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import pc from 'picocolors'
import { openDialogue, type Dialogue } from './ask.ts'
import { COMMAND_SETTINGS } from './environment.ts'

export type Colours = ReturnType<typeof pc.createColors>

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Results, one line or several; to stdout. */
  out(text: string): void
  /** Everything else, to stderr, so that a pipe gets results only. */
  err(text: string): void
  /** Replaces the line of progress on stderr; does nothing where nobody watches. An empty text clears it. */
  progress(text: string): void
  /** Width of the terminal; undefined where the output is no terminal: then nothing is cut. */
  readonly columns: number | undefined
  readonly colours: Colours
  /** Opens questions to whoever sits there; undefined where nobody does. */
  readonly openDialogue: (() => Dialogue) | undefined
  now(): Date
  sleep(milliseconds: number): Promise<void>
  /** Calls `listener` on Ctrl+C instead of ending the process, until the function it returns is called; a second one ends it. */
  onInterrupt(listener: () => void): () => void
}

/** The world of a real process. */
export function processIo(): Io {
  const { env, stdout, stderr } = process
  const colourful = isatty(stdout.fd) && (env[COMMAND_SETTINGS.noColor.env] ?? '') === '' && env['TERM'] !== 'dumb'
  return {
    env,
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    progress: (text) => {
      if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`)
    },
    columns: stdout.isTTY ? stdout.columns : undefined,
    colours: pc.createColors(colourful),
    openDialogue:
      isatty(0) && isatty(stderr.fd) ? () => openDialogue({ input: process.stdin, output: stderr }) : undefined,
    now: () => new Date(),
    sleep: async (milliseconds) => {
      await sleep(milliseconds)
    },
    onInterrupt: (listener) => {
      process.once('SIGINT', listener)
      return () => void process.off('SIGINT', listener)
    },
  }
}
