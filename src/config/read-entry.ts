/**
 * Reads an entry that may hold secrets: finds them, reads them, and checks the whole by a schema.
 * Decides that a secret may stand in place of any text; must not know any entry's keys, nor print a secret.
 */
import type { z } from 'zod'
import { problemAt, problemsOf } from './issues.ts'
import { renderPath, type Path } from './problem.ts'
import type { Reading } from './reading.ts'
import { findSecrets, withoutSecrets, withSecrets, type FoundSecret } from './secrets.ts'
import type { Json } from './source.ts'

export interface ReadEntry<T> {
  /** As the schema returned it, secrets in place. */
  readonly checked: T
  /** As written, without secrets. */
  readonly settings: Json
  /** The secrets by their place in `settings`. */
  readonly secrets: Readonly<Record<string, string>>
}

/** The secrets of an entry; what is wrong with them is reported. */
export async function readSecretsOf(reading: Reading, entry: Json, path: Path): Promise<EntrySecrets> {
  const found = findSecrets(entry)
  return { found, ...(await readSecrets(reading, found, path)) }
}

/** The entry by its schema, or nothing when a problem was reported, of the secrets or of the entry. */
export function checkEntry<S extends z.ZodType>(
  reading: Reading,
  { entry, path, secrets }: { entry: Json; path: Path; secrets: EntrySecrets },
  schema: S,
): ReadEntry<z.output<S>> | undefined {
  const checked = schema.safeParse(withSecrets(entry, secrets.forSchema))
  if (!checked.success) {
    const problems = problemsOf(checked.error, { source: reading.source, base: path, schema })
    // What the schema says of a stand-in is not what the person wrote.
    reading.problems.push(...problems.filter((problem) => !secrets.missing.has(problem.path)))
    return undefined
  }
  if (secrets.missing.size > 0) return undefined
  return { checked: checked.data, settings: withoutSecrets(entry, secrets.found), secrets: secrets.values }
}

export interface EntrySecrets extends ReadSecrets {
  readonly found: readonly FoundSecret[]
}

interface ReadSecrets {
  /** Rendered paths of the secrets that could not be read; each has been reported. */
  readonly missing: ReadonlySet<string>
  readonly values: Readonly<Record<string, string>>
  /** With a stand-in where a secret is missing, so that the rest of the entry is checked too. */
  readonly forSchema: Readonly<Record<string, string>>
}

async function readSecrets(reading: Reading, found: readonly FoundSecret[], base: Path): Promise<ReadSecrets> {
  const values: Record<string, string> = {}
  const standIns: Record<string, string> = {}
  const missing = new Set<string>()
  for (const { path, ref } of found) {
    const read = await reading.secrets.read(ref)
    if ('message' in read) {
      reading.problems.push(problemAt(reading.source, [...base, ...path], read))
      standIns[JSON.stringify(path)] = 'missing'
      missing.add(renderPath([...base, ...path]))
      continue
    }
    if (ref.from === 'value') {
      reading.warnings.push({
        path: [...base, ...path],
        message: 'the secret stands in the file',
        fix: 'Use { env: NAME } or { file: PATH }, so that reading the file does not give it away.',
      })
    }
    values[JSON.stringify(path)] = read.secret
  }
  return { missing, values, forSchema: { ...values, ...standIns } }
}
