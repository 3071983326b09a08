/**
 * What a person sees while the demo works: one living line on a terminal, plain lines elsewhere.
 * Decides how it is drawn; must not know what is going on.
 */
import { isatty, type WriteStream } from 'node:tty'
import pc from 'picocolors'
import { seconds } from './check.ts'
import { fit } from '../../src/cli/text.ts'
import { paragraph } from './paragraph.ts'

export type Colours = ReturnType<typeof pc.createColors>

export interface Terminal {
  readonly colours: Colours
  /** Width for tables and paragraphs. */
  readonly columns: number
  /** Whether a line can be drawn over. */
  readonly alive: boolean
  write(text: string): void
}

export type End = (ok: boolean, said?: string) => void

export interface Progress {
  /** Something begins. The function it returns ends it: well, perhaps in other words, or badly, with what is wrong. */
  begin(what: string): End
  /** What is going on in it just now; shown only where a line can be drawn over. */
  tell(detail: string): void
  /** Takes the living line away, as before an error is told. */
  clear(): void
}

const WIDEST = 110
const NARROWEST = 60
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
const CLEAR_LINE = '\r\x1b[K'

/** The terminal of the process. No colour and no living line in a pipe or a dumb terminal, no colour with NO_COLOR. */
export function openTerminal(
  out: WriteStream & { readonly fd: number },
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const capable = isatty(out.fd) && env['TERM'] !== 'dumb'
  return {
    colours: pc.createColors(capable && (env['NO_COLOR'] ?? '') === ''),
    columns: Math.max(NARROWEST, Math.min(out.isTTY ? out.columns : WIDEST, WIDEST)),
    // What is wrapped by the terminal cannot be drawn over.
    alive: capable && out.columns >= NARROWEST,
    write: (text) => void out.write(text),
  }
}

export function openProgress(terminal: Terminal): Progress {
  return terminal.alive ? living(terminal) : plain(terminal)
}

/** `✓ 1  Okta pushes 20 new people. 4.1 s` */
function ended(
  { colours, columns }: Terminal,
  what: string,
  end: { ok: boolean; said: string | undefined; ms: number },
): string {
  const mark = end.ok ? colours.green('✓') : colours.red('✗')
  const lines = linesOf(end.ok ? (end.said ?? what) : what, columns)
  const wrong = end.ok || end.said === undefined ? '' : ` ${colours.red(end.said)}`
  return `${mark} ${lines.join('\n  ')}${wrong} ${colours.dim(seconds(end.ms))}\n`
}

/** Room is left for the mark before and the time after it. */
const linesOf = (what: string, columns: number): string[] => {
  const [, head = '', text = ''] = /^(\d+ +|)(.*)$/.exec(what) ?? []
  return paragraph(head, text, columns - 10)
}

function plain(terminal: Terminal): Progress {
  return {
    begin: (what) => {
      const begun = Date.now()
      terminal.write(`… ${linesOf(what, terminal.columns).join('\n  ')}\n`)
      return (ok, said) => terminal.write(ended(terminal, what, { ok, said, ms: Date.now() - begun }))
    },
    tell: () => undefined,
    clear: () => undefined,
  }
}

function living(terminal: Terminal): Progress {
  const { colours, write, columns } = terminal
  let timer: NodeJS.Timeout | undefined
  let detail = ''
  const clear = (): void => {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    write(CLEAR_LINE)
  }
  return {
    begin: (what) => {
      clear()
      detail = ''
      const begun = Date.now()
      const lines = linesOf(what, columns)
      let frame = 0
      const draw = (): void => {
        frame = (frame + 1) % FRAMES.length
        const passed = `${Math.floor((Date.now() - begun) / 1000)} s`
        const spinner = colours.cyan(FRAMES[frame] ?? '')
        write(`${CLEAR_LINE}${spinner} ${fit(detail, columns - 10)} ${colours.dim(passed)}`)
      }
      write(`  ${lines.join('\n  ')}\n`)
      timer = setInterval(draw, FRAME_MS)
      draw()
      return (ok, said) => {
        clear()
        write(`\x1b[${lines.length}A\x1b[J${ended(terminal, what, { ok, said, ms: Date.now() - begun })}`)
      }
    },
    tell: (text) => {
      detail = text
    },
    clear,
  }
}
