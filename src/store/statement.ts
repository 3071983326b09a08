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

/** Texts that have come once, and names of those that have come again. */
const names = new Map<string, string | undefined>()
/** Each session keeps a plan for every name. */
const MOST_NAMES = 100
const MOST_TEXTS = 1_000
const LONGEST_TEXT = 8_000

/**
 * A text that is put together anew for each request, with a name if it has come before: then it is prepared once in each
 * session. There are as many texts as there are filters, so not all of them get one.
 */
export function prepared(text: string): { readonly text: string; readonly name?: string } {
  const known = names.get(text)
  if (known !== undefined) return { name: known, text }
  if (text.length > LONGEST_TEXT || names.size >= MOST_TEXTS) return { text }
  const name = names.has(text) && given < MOST_NAMES ? `made-${++given}` : undefined
  names.set(text, name)
  return name === undefined ? { text } : { name, text }
}

let given = 0
