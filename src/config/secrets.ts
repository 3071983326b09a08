/**
 * Finds the secrets a configuration names.
 * Decides where a secret is read from and when it is unusable; must never print one.
 */
import { readFile, stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import type { Path, Problem } from './problem.ts'
import { SECRET_KEYS } from './secret-schema.ts'
import type { Json } from './source.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** `{ env: NAME }`, `{ file: PATH }` or `{ value: TEXT }`. */
export interface SecretRef {
  readonly from: (typeof SECRET_KEYS)[number]
  readonly name: string
}

export interface SecretReader {
  /** The secret, or what is wrong with the reference and how to mend it. */
  read(ref: SecretRef): Promise<{ readonly secret: string } | Pick<Problem, 'message' | 'fix'>>
}

const LARGEST_FILE = 64 * 1024

/** Reads secrets of a configuration that lives in `folder`. */
export function secretReader(env: Env, folder: string): SecretReader {
  return {
    read: async (ref) => {
      if (ref.from === 'value') return { secret: ref.name }
      return ref.from === 'env' ? fromEnv(ref.name, env) : fromFile(ref.name, folder)
    },
  }
}

function fromEnv(name: string, env: Env): { secret: string } | Pick<Problem, 'message' | 'fix'> {
  const secret = env[name]
  if (secret === undefined)
    return {
      message: `the environment variable ${name} is not set`,
      fix: 'Set it for the process that runs `rollcall serve`.',
    }
  if (secret.trim() === '')
    return { message: `the environment variable ${name} is empty`, fix: 'Put the secret into it.' }
  return { secret }
}

async function fromFile(name: string, folder: string): Promise<{ secret: string } | Pick<Problem, 'message' | 'fix'>> {
  const path = isAbsolute(name) ? name : resolve(folder, name)
  const text = await readSmallFile(path)
  if (typeof text !== 'string') return text
  const secret = text.replace(/\r?\n$/, '')
  if (secret.trim() === '') return { message: `the secret file ${path} is empty`, fix: 'Put the secret into it.' }
  return { secret }
}

async function readSmallFile(path: string): Promise<string | Pick<Problem, 'message' | 'fix'>> {
  try {
    const found = await stat(path)
    if (!found.isFile()) return { message: `${path} is not a file`, fix: 'Name the file that holds the secret.' }
    if (found.size > LARGEST_FILE)
      return {
        message: `the secret file ${path} is larger than ${LARGEST_FILE / 1024} KiB`,
        fix: 'Name the file that holds only the secret.',
      }
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { message: `there is no secret file ${path}`, fix: 'Create it, or correct the path.' }
    return {
      message: `the secret file ${path} cannot be read (${String(code ?? error)})`,
      fix: 'Let the user that runs `rollcall serve` read it.',
    }
  }
}

/** The reference an object spells out, if it is one: exactly one key, one of the three, with text. */
export function asSecretRef(value: unknown): SecretRef | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const [entry, ...others] = Object.entries(value as Record<string, unknown>)
  if (entry === undefined || others.length > 0) return undefined
  const from = SECRET_KEYS.find((key) => key === entry[0])
  return from !== undefined && typeof entry[1] === 'string' && entry[1] !== '' ? { from, name: entry[1] } : undefined
}

/** Names of keys whose value is a secret even when it is written as plain text. */
const SECRET_NAME = /(secret|password|passphrase|token|apikey|privatekey)$/i

export interface FoundSecret {
  readonly path: Path
  readonly ref: SecretRef
}

/** Every secret inside an app's entry, plain text under a secret's name included. */
export function findSecrets(entry: Json, path: Path = []): FoundSecret[] {
  const ref = asSecretRef(entry)
  if (ref !== undefined) return [{ path, ref }]
  if (Array.isArray(entry)) return entry.flatMap((item: Json, index) => findSecrets(item, [...path, index]))
  if (typeof entry === 'object' && entry !== null)
    return Object.entries(entry).flatMap(([key, value]) => findSecrets(value, [...path, key]))
  const last = path.at(-1)
  return typeof entry === 'string' && entry !== '' && typeof last === 'string' && SECRET_NAME.test(last)
    ? [{ path, ref: { from: 'value', name: entry } }]
    : []
}

/** What stands in the settings for a secret that was written inline. */
const HIDDEN: Json = { value: '(kept apart)' }

/** The entry without its secrets: references stay, since they tell a person where to look; inline values are replaced. */
export function withoutSecrets(entry: Json, found: readonly FoundSecret[]): Json {
  return found.reduce(
    (rest, secret) => (secret.ref.from === 'value' ? replaceAt(rest, secret.path, HIDDEN) : rest),
    entry,
  )
}

/** Puts secrets back into settings: the value a definition's schema reads. Keys are JSON paths such as `["auth","accessKeyId"]`. */
export function withSecrets(settings: Json, secrets: Readonly<Record<string, string>>): Json {
  return Object.entries(secrets).reduce(
    (rest, [path, secret]) => replaceAt(rest, JSON.parse(path) as Path, secret),
    settings,
  )
}

function replaceAt(value: Json, path: Path, by: Json): Json {
  const [part, ...rest] = path
  if (part === undefined) return by
  if (Array.isArray(value)) return value.map((item: Json, index) => (index === part ? replaceAt(item, rest, by) : item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === part ? replaceAt(item, rest, by) : item]),
  )
}
