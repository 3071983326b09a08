/**
 * Reads the entry of an app: its secrets, then its own keys by the schema of its type.
 * Decides how settings and secrets are taken apart; must not know any type's keys.
 */
import type { z } from 'zod'
import type { AppConfig } from './shape.ts'
import { problemAt, problemsOf } from './issues.ts'
import { suggestion } from './nearest.ts'
import { renderPath, type Path } from './problem.ts'
import type { Reading } from './reading.ts'
import type { appSchema } from './schema.ts'
import { findSecrets, withoutSecrets, withSecrets, type FoundSecret } from './secrets.ts'
import type { Json } from './source.ts'

/** An entry under `apps:`; `head` is absent when id, type or mode was wrong, which has been reported. */
interface AppEntry {
  readonly value: unknown
  readonly path: Path
  readonly head: z.output<typeof appSchema> | undefined
}

/** The app, or nothing when a problem was reported. */
export async function readApp(reading: Reading, { value, path, head }: AppEntry): Promise<AppConfig | undefined> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { id: _id, type, mode: _mode, ...entry } = value as Readonly<Record<string, Json>>
  const found = findSecrets(entry)
  const secrets = await readSecrets(reading, found, path)
  const definition = typeof type === 'string' ? reading.definitions.get(type) : undefined
  if (definition === undefined) {
    if (typeof type === 'string') reportUnknownType(reading, type, path)
    return undefined
  }
  const checked = definition.config.safeParse(withSecrets(entry, secrets.forSchema))
  if (!checked.success) {
    const problems = problemsOf(checked.error, { source: reading.source, base: path, schema: definition.config })
    // What the schema says of a stand-in is not what the person wrote.
    reading.problems.push(...problems.filter((problem) => !secrets.missing.has(problem.path)))
    return undefined
  }
  if (head === undefined || secrets.missing.size > 0) return undefined
  const settings = withoutSecrets(entry, found)
  return { id: head.id, type: head.type, mode: head.mode, entry: checked.data, settings, secrets: secrets.values }
}

function reportUnknownType(reading: Reading, type: string, path: Path): void {
  const fix = suggestion(type, [...reading.definitions.keys()], 'This version has no connectors.')
  reading.problems.push(problemAt(reading.source, [...path, 'type'], { message: `there is no type "${type}"`, fix }))
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
