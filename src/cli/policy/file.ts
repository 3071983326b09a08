/**
 * Policies in files: reading one, and showing what is wrong in it where it stands.
 * Decides how a place is pointed at; must not know what may be written in a policy.
 */
import { readFile } from 'node:fs/promises'
import { problem, type ProblemDetails } from '../../contract/problem.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { printable, width } from '../text.ts'

export interface PolicyFile {
  readonly file: string
  readonly text: string
}

/** Throws a {@link CommandError} for a file that cannot be read. */
export async function readPolicyFile(file: string): Promise<PolicyFile> {
  try {
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)) }
  } catch (error) {
    if (error instanceof TypeError) throw new CommandError('usage', `${file} is not UTF-8 text. Save it as UTF-8.`)
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new CommandError('usage', `${file} cannot be read (${why}). Name a file that holds a policy in YAML or JSON.`)
  }
}

/** Where the server finds mistakes in the policy that `work` sends, they are shown in the file that it came from. */
export async function pointingInto<T>(
  given: PolicyFile | undefined,
  io: Pick<Io, 'colours'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const told = error instanceof CommandError ? problem.safeParse(error.cause) : undefined
    if (given === undefined || told?.success !== true || told.data.code !== 'policy-invalid') throw error
    throw new CommandError('usage', renderMistakes(given, told.data.errors ?? [], io), { cause: error })
  }
}

type Mistakes = NonNullable<ProblemDetails['errors']>

/** Each with its line, the line itself, and a mark under the character. */
export function renderMistakes(
  { file, text }: PolicyFile,
  mistakes: Mistakes,
  { colours }: Pick<Io, 'colours'>,
): string {
  const lines = text.split(/\r?\n/)
  const count = mistakes.length === 1 ? 'one thing' : `${mistakes.length} things`
  const told = mistakes.flatMap(({ path, line, column, character, message, fix }) => {
    const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
    const where = [path, ...(character === undefined ? [] : [`character ${character}`])].filter((part) => part !== '')
    const words = [where.join(', '), `${message}.${fix === undefined ? '' : ` ${fix}`}`].filter((part) => part !== '')
    return [
      '',
      `${colours.bold(printable(place))}: ${printable(words.join(': '))}`,
      ...pictureOf(lines, { line, column }, colours),
    ]
  })
  return [`The policy cannot be used: ${count} to mend.`, ...told].join('\n')
}

/** Columns of a line that are shown, with the place among them. */
const LONGEST = 160

function pictureOf(
  lines: readonly string[],
  { line = 0, column = 1 }: { readonly line?: number | undefined; readonly column?: number | undefined },
  { dim, red }: Io['colours'],
): string[] {
  const whole = lines[line - 1]
  if (whole === undefined) return []
  const from = column > LONGEST ? column - LONGEST / 2 : 0
  const written = (text: string): string => printable(text.replaceAll('\t', ' '))
  const [before, after] = [written(whole.slice(from, column - 1)), written(whole.slice(column - 1, from + LONGEST))]
  const number = `${line} | `
  return [`  ${dim(number)}${before}${after}`, `  ${' '.repeat(number.length + width(before))}${red('^')}`]
}
