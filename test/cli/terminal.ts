/**
 * A terminal that writes down what it is told.
 * Must not be used by product code.
 */
import { Readable, Writable } from 'node:stream'
import pc from 'picocolors'
import { openDialogue } from '../../src/cli/ask.ts'
import type { Io } from '../../src/cli/io.ts'
import { runProgram } from '../../src/cli/program.ts'

export interface Call {
  readonly exitCode: number
  readonly out: string
  readonly err: string
  /** What was shown as progress, in order. */
  readonly progress: readonly string[]
}

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
  /** What is typed, a line each, where somebody sits at the terminal; the input ends with the last. */
  readonly answers?: readonly string[]
  /** Called instead of waiting. Throw to end a command that would go on for ever. */
  readonly onSleep?: () => Promise<void>
  /** Is handed what Ctrl+C would call. */
  readonly onInterrupt?: (interrupt: () => void) => () => void
}

const writeTo = (lines: string[]): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString())
      done()
    },
  })

/** Runs `rollcall <words>` in this process. */
export async function rollcall(words: readonly string[], options: TerminalOptions = {}): Promise<Call> {
  const out: string[] = []
  const err: string[] = []
  const progress: string[] = []
  const { answers } = options
  const io: Io = {
    env: options.env ?? {},
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    progress: (text) => void progress.push(text),
    columns: options.columns,
    colours: pc.createColors(false),
    openDialogue:
      answers === undefined
        ? undefined
        : () => openDialogue({ input: Readable.from(answers.map((line) => `${line}\n`)), output: writeTo(err) }),
    now: () => new Date(),
    sleep: async () => {
      await options.onSleep?.()
    },
    onInterrupt: (listener) => options.onInterrupt?.(listener) ?? (() => undefined),
  }
  const exitCode = await runProgram(words, io)
  return { exitCode, out: out.join('\n'), err: err.join('\n'), progress }
}
