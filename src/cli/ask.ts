/**
 * Questions on a terminal, one after the other.
 * Decides how a question is put and how the end of input is told; must not know what is asked.
 */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

export interface Dialogue {
  /** The line that was typed, without blanks around it; undefined when there is no more (Ctrl-D, Ctrl-C). */
  ask(question: string): Promise<string | undefined>
  /** The same for a secret: what is typed is not shown. */
  askHidden(question: string): Promise<string | undefined>
  close(): void
}

export interface Ends {
  readonly input: NodeJS.ReadableStream
  /** Not where results go: a pipe gets results only. */
  readonly output: NodeJS.WritableStream
}

/** Lines that come before their question are kept for it: answers may be pasted all at once. */
export function openDialogue({ input, output }: Ends): Dialogue {
  const shown = new Mutable(output)
  const terminal = 'isTTY' in output && output.isTTY === true
  const lines = createInterface({ input, output: shown, terminal, historySize: 0 })
  const answers = lines[Symbol.asyncIterator]()
  let ended = false
  let told = false
  lines.once('close', () => {
    ended = true
  })
  return {
    ask: async (question) => {
      if (!ended) {
        lines.setPrompt(`${question} `)
        lines.prompt()
      }
      const { done, value } = await answers.next()
      if (done !== true) return value.trim()
      // The question stands alone on its line: what is said next shall not stand beside it.
      if (!told) output.write('\n')
      told = true
      return undefined
    },
    askHidden: async (question) => {
      output.write(`${question} `)
      lines.setPrompt('')
      shown.muted = true
      const { done, value } = await answers.next()
      shown.muted = false
      output.write('\n')
      return done === true ? undefined : value.trim()
    },
    close: () => lines.close(),
  }
}

/** What is written goes on to `output`, or nowhere while it is muted: a line that is typed is echoed through here. */
class Mutable extends Writable {
  muted = false
  readonly #output: NodeJS.WritableStream

  constructor(output: NodeJS.WritableStream) {
    super()
    this.#output = output
  }

  /** The width that breaks long lines, where there is one. */
  get columns(): number | undefined {
    return 'columns' in this.#output && typeof this.#output.columns === 'number' ? this.#output.columns : undefined
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.muted) this.#output.write(chunk)
    done()
  }
}
