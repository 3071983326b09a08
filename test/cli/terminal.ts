/**
 * A terminal that writes down what it is told.
 * Must not be used by product code.
 */
import pc from 'picocolors'
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
  /** Called instead of waiting. Throw to end a command that would go on for ever. */
  readonly onSleep?: () => Promise<void>
}

/** Runs `rollcall <words>` in this process. */
export async function rollcall(words: readonly string[], options: TerminalOptions = {}): Promise<Call> {
  const out: string[] = []
  const err: string[] = []
  const progress: string[] = []
  const io: Io = {
    env: options.env ?? {},
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    progress: (text) => void progress.push(text),
    columns: options.columns,
    colours: pc.createColors(false),
    now: () => new Date(),
    sleep: async () => {
      await options.onSleep?.()
    },
  }
  const exitCode = await runProgram(words, io)
  return { exitCode, out: out.join('\n'), err: err.join('\n'), progress }
}
