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

/** Each session keeps a plan for every name, so there is an end to them. */
const MOST_NAMES = 100
/** That have come once. */
const MOST_TEXTS = 1_000
const LONGEST_TEXT = 8_000

export interface MaybeNamed {
  readonly text: string
  readonly name?: string
}

/** Gives names to texts that come again; a text that has come once is forgotten behind many others. */
export function namesForTexts(): (text: string) => MaybeNamed {
  const named = new Map<string, string>()
  const once = new Set<string>()
  return (text) => {
    const known = named.get(text)
    if (known !== undefined) return { name: known, text }
    if (text.length > LONGEST_TEXT || named.size >= MOST_NAMES) return { text }
    if (once.delete(text)) {
      const name = `made-${named.size + 1}`
      named.set(text, name)
      return { name, text }
    }
    once.add(text)
    for (const oldest of once) {
      if (once.size <= MOST_TEXTS) break
      once.delete(oldest)
    }
    return { text }
  }
}

/**
 * A text that is put together anew for each request, with a name if it has come before: then it is prepared once in each
 * session. There are as many texts as there are filters, so not all of them get one.
 */
export const prepared = namesForTexts()
