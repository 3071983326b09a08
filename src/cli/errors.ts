/**
 * How a command fails: words for a person, an exit code for a script.
 * Decides the families of errors; must not print anything.
 */

/** Scripts rely on these. */
export const EXIT = { other: 1, usage: 2, 'not-found': 3, 'not-allowed': 4, server: 5 } as const

export type Family = keyof typeof EXIT

/** Expected failures: printed as they are, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly family: Family

  constructor(family: Family, message: string, options?: ErrorOptions) {
    super(message, options)
    this.family = family
  }

  get exitCode(): number {
    return EXIT[this.family]
  }
}
