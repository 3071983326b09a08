/**
 * Statements whose values have names.
 * Decides their numbers, so that parts of a statement can be put together; must not know a table.
 */

export type StatementValues = Readonly<Record<string, unknown>>

/** What `query` takes: prepared once in each session under its name. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

/**
 * A prepared statement whose text has `$tenant` where PostgreSQL has `$1`. The function it returns throws TypeError where a
 * value that the text names is missing; values that it does not name are passed over.
 */
export function statement(name: string, text: string): (values: StatementValues) => Statement {
  const names: string[] = []
  const numbered = text.replaceAll(/\$([a-z][A-Za-z]*)/g, (_, given: string) => {
    if (!names.includes(given)) names.push(given)
    return `$${names.indexOf(given) + 1}`
  })
  return (values) => ({
    name,
    text: numbered,
    values: names.map((given) => {
      const value = values[given]
      if (value === undefined) throw new TypeError(`the statement ${name} has no value for $${given}`)
      return value
    }),
  })
}
