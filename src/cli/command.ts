/**
 * What a command is: its words as data, how they are read, and what it does.
 * Decides the shape of all commands; must not know any of them.
 */
import { Command } from 'commander'
import { CommandError } from './errors.ts'
import type { Io } from './io.ts'

/** Options as commander read them: text, or true for a flag. */
export type Options = Readonly<Record<string, string | boolean | undefined>>

export interface ArgumentSpec {
  /** `<userName>` when it must be there, `[userName]` when not. */
  readonly name: string
  readonly about: string
}

export interface OptionSpec {
  /** `--limit <number>`, or `--json` for one without a value. */
  readonly flags: string
  readonly about: string
  readonly default?: string
}

export interface CommandSpec<I> {
  /** As it is typed: `person show`. */
  readonly path: string
  /** One line. */
  readonly about: string
  readonly args: readonly ArgumentSpec[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly string[]
  /** Lines of the help between options and examples. */
  readonly notes?: readonly string[]
  /** Reads the words; throws a {@link CommandError} of the family `usage`. Pure. */
  parse(args: readonly string[], options: Options): I
  run(input: I, io: Io): Promise<void>
}

/** A command without the type of its input, as the program holds it. */
export interface AnyCommand extends Omit<CommandSpec<unknown>, 'parse' | 'run'> {
  execute(args: readonly string[], options: Options, io: Io): Promise<void>
}

/** Keeps the types of `parse` and `run` together, and closes them off for the program. */
export const defineCommand = <I>(spec: CommandSpec<I>): CommandSpec<I> & AnyCommand => ({
  ...spec,
  execute: (args, options, io) => spec.run(spec.parse(args, options), io),
})

/** Every command that shows something has it. */
export const JSON_OPTION: OptionSpec = { flags: '--json', about: 'print JSON for scripts' }

/** The commander command for a spec, to be added under its noun. */
export function toCommander(spec: AnyCommand, { name, io }: { name: string; io: Io }): Command {
  const command = new Command(name).description(spec.about)
  for (const { name: word, about } of spec.args) command.argument(word, about)
  for (const option of spec.options) command.option(option.flags, option.about, option.default)
  const notes = spec.notes === undefined ? [] : [...spec.notes, '']
  const examples = spec.examples.map((example) => `  ${example}`)
  command.addHelpText('after', ['', ...notes, 'Examples:', ...examples].join('\n'))
  return command.action(async () => {
    await spec.execute(command.args, command.opts<Options>(), io)
  })
}

/** The text of an option that may be left out. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A whole number between bounds. */
export function numberOption(
  options: Options,
  name: string,
  { least, most }: { least: number; most: number },
): number | undefined {
  const text = textOption(options, name)
  if (text === undefined) return undefined
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new CommandError('usage', `--${name} takes a whole number from ${least} to ${most}, not "${text}".`)
}

/** One of a closed list. */
export function choiceOption<const C extends string>(
  options: Options,
  name: string,
  choices: readonly C[],
): C | undefined {
  const text = textOption(options, name)
  if (text === undefined) return undefined
  const choice = choices.find((candidate) => candidate === text.toLowerCase())
  if (choice !== undefined) return choice
  throw new CommandError(
    'usage',
    `--${name} takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not "${text}".`,
  )
}

/** An argument that must be there. */
export function argument(args: readonly string[], at: number, name: string): string {
  const value = args[at]
  if (value === undefined || value.trim() === '') throw new CommandError('usage', `Say which ${name}.`)
  return value
}
