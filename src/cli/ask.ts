/**
 * Questions on a terminal, one after the other.
 * Decides how a question is put and how the end of input is told; must not know what is asked.
 */
import { createInterface } from 'node:readline'

export interface Dialogue {
  /** The line that was typed, without blanks around it; undefined when there is no more (Ctrl-D, Ctrl-C). */
  ask(question: string): Promise<string | undefined>
  close(): void
}

export interface Ends {
  readonly input: NodeJS.ReadableStream
  /** Not where results go: a pipe gets results only. */
  readonly output: NodeJS.WritableStream
}

/** Lines that come before their question are kept for it: answers may be pasted all at once. */
export function openDialogue({ input, output }: Ends): Dialogue {
  const lines = createInterface({ input, output })
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
    close: () => lines.close(),
  }
}
