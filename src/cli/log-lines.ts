/**
 * The server's log as a person reads it, for a terminal. Elsewhere the log stays JSON, one object a line.
 * Decides layout only; must not drop a line.
 */
import type { Colours } from './io.ts'
import { printable } from './text.ts'
import { clock } from './time.ts'

const LEVELS: Readonly<Record<number, (colours: Colours) => string>> = {
  10: ({ dim }) => dim('trace'),
  20: ({ dim }) => dim('debug'),
  30: ({ green }) => green('info '),
  40: ({ yellow }) => yellow('warn '),
  50: ({ red }) => red('error'),
  60: ({ red, bold }) => bold(red('fatal')),
}

/** One line of pino's JSON, laid out. What is no such line is given back as it is. */
export function layOut(line: string, colours: Colours): string {
  const entry = entryOf(line)
  if (entry === undefined) return line
  const { level, time, msg, pid: _pid, hostname: _hostname, err, ...fields } = entry
  const words = LEVELS[Number(level)]?.(colours) ?? String(level)
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const tail = rest.length === 0 ? '' : colours.dim(`  ${printable(rest.join(' '))}`)
  const head = `${colours.dim(clock(new Date(Number(time)).toISOString()))}  ${words}  ${printable(typeof msg === 'string' ? msg : '')}${tail}`
  return err === undefined ? `${head}\n` : `${head}\n${stackOf(err)}\n`
}

function entryOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    const isEntry =
      typeof value === 'object' && value !== null && 'level' in value && 'time' in value && Number.isFinite(value.time)
    return isEntry ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function stackOf(err: unknown): string {
  const stack = typeof err === 'object' && err !== null && 'stack' in err ? String(err.stack) : JSON.stringify(err)
  return stack
    .split('\n')
    .map((text) => `    ${printable(text)}`)
    .join('\n')
}
