/**
 * What is wrong with a configuration, said to the person who wrote it.
 * Decides the shape and the wording's frame of a problem; must not read files or know any setting.
 */

/** One thing to mend. `line` and `column` count from 1 and are 0 where there is no file (an environment variable, a flag). */
export interface Problem {
  readonly line: number
  readonly column: number
  /** Where: `tenants[0].connections[1].tokens[0]`, or the name of the variable or flag. */
  readonly path: string
  /** What is wrong, in plain words, without a full stop. Never holds a secret. */
  readonly message: string
  /** What would be right, as a whole sentence. */
  readonly fix: string
  /** The file, where it is another than that of the configuration. */
  readonly file?: string
}

/** Everything that stops the start, at once: a person mends a file in one go. Meant to be printed without a stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]
  readonly file: string | undefined

  constructor(problems: readonly Problem[], file?: string) {
    super(summary(problems, file))
    this.problems = problems
    this.file = file
  }
}

/** One line: `rollcall.yaml:12:7: tenants[0].apps[0].type: there is no type "cxon". Did you mean "cxone"?` */
export function renderProblem(problem: Problem, whole?: string): string {
  const file = problem.file ?? whole
  const place =
    file === undefined ? '' : problem.line === 0 ? `${file}: ` : `${file}:${problem.line}:${problem.column}: `
  const path = problem.path === '' ? '' : `${problem.path}: `
  return `${place}${path}${problem.message}. ${problem.fix}`
}

function summary(problems: readonly Problem[], file: string | undefined): string {
  const count = problems.length === 1 ? 'one thing' : `${problems.length} things`
  const subject = file === undefined ? 'The settings cannot be used' : 'The configuration cannot be used'
  return [`${subject}: ${count} to mend.`, ...problems.map((problem) => renderProblem(problem, file))].join('\n')
}

/** A place inside the configuration: keys and list positions from the top. */
export type Path = readonly (string | number)[]

/** `['tenants', 0, 'apps', 1]` as `tenants[0].apps[1]`. */
export function renderPath(path: Path): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')
}
