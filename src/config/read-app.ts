/**
 * Reads the entry of an app: its secrets, then its own keys by the schema of its type.
 * Decides how settings and secrets are taken apart; must not know any type's keys.
 */
import type { z } from 'zod'
import type { AppConfig, ExtensionConfig } from './shape.ts'
import { problemAt } from './issues.ts'
import { suggestion } from './nearest.ts'
import type { Path } from './problem.ts'
import { checkEntry, readSecretsOf } from './read-entry.ts'
import { readPolicy } from './read-policy.ts'
import type { Reading } from './reading.ts'
import type { appSchema } from './app-schema.ts'
import type { Json } from './source.ts'

/** An entry under `apps:`; `head` is absent when a key that every app has was wrong, which has been reported. */
interface AppEntry {
  readonly value: unknown
  readonly path: Path
  readonly head: z.output<typeof appSchema> | undefined
  /** Of its tenant. */
  readonly extensions: readonly ExtensionConfig[]
}

/** The app, or nothing when a problem was reported. */
export async function readApp(
  reading: Reading,
  { value, path, head, extensions }: AppEntry,
): Promise<AppConfig | undefined> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const policy = await readPolicy(reading, {
    value: value as Readonly<Record<string, Json>>,
    path,
    compile: (document) => reading.compile(document, extensions),
  })
  const {
    id: _id,
    type,
    mode: _mode,
    adopt: _adopt,
    protect: _protect,
    readEveryMinutes: _minutes,
    policy: _policy,
    policyFile: _policyFile,
    ...entry
  } = value as Readonly<Record<string, Json>>
  const secrets = await readSecretsOf(reading, entry, path)
  const definition = typeof type === 'string' ? reading.definitions.get(type) : undefined
  if (definition === undefined) {
    if (typeof type === 'string') reportUnknownType(reading, type, path)
    return undefined
  }
  const read = checkEntry(reading, { entry, path, secrets }, definition.config)
  if (head === undefined || read === undefined) return undefined
  const { id, mode, adopt, protect, readEveryMinutes } = head
  const { checked, ...rest } = read
  const own = policy === undefined ? {} : { policy }
  return { id, type: head.type, mode, adopt, protect, readEveryMinutes, ...own, entry: checked, ...rest }
}

function reportUnknownType(reading: Reading, type: string, path: Path): void {
  const fix = suggestion(type, [...reading.definitions.keys()], 'This version has no connectors.')
  reading.problems.push(problemAt(reading.source, [...path, 'type'], { message: `there is no type "${type}"`, fix }))
}
