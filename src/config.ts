/**
 * The configuration: what rollcall.yaml declares, checked whole before anything starts.
 * Decides what is a static error; must not touch the database or any app (an expired key is not its business).
 */
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileReader } from './config/policy-file.ts'
import { ConfigError, renderPath, renderProblem, type Problem } from './config/problem.ts'
import { readTenants } from './config/read.ts'
import { secretReader, type Env } from './config/secrets.ts'
import type { CompilePolicy, Config, Definitions } from './config/shape.ts'
import { parseSource } from './config/source.ts'

export { readPolicyText } from './config/policy-text.ts'
export { ConfigError, renderProblem, type Problem } from './config/problem.ts'
export { withSecrets } from './config/secrets.ts'
export { loadSettings, SETTINGS, type LogLevel, type ServeFlags, type Settings } from './config/settings.ts'
export type {
  AlertConfig,
  ApiKeyConfig,
  AppConfig,
  CompilePolicy,
  Config,
  ConnectionConfig,
  Definitions,
  TenantConfig,
} from './config/shape.ts'
export type { Json } from './config/source.ts'

export interface ConfigSource {
  readonly path: string
  readonly env: Env
  readonly definitions: Definitions
  readonly compile: CompilePolicy
}

const LARGEST = 1024 * 1024

/** Reads and checks a configuration. Throws {@link ConfigError} with everything that is wrong; returns only what can be used whole. */
export async function loadConfig(given: ConfigSource): Promise<Config> {
  const source = parseSource(await readText(given.path))
  if (source.problems.length > 0) throw new ConfigError(source.problems, given.path)
  const { env, path, definitions, compile } = given
  const [secrets, files] = [secretReader(env, dirname(path)), fileReader(dirname(path))]
  const read = await readTenants({ source, secrets, files, definitions, compile })
  if (read.problems.length > 0) throw new ConfigError(read.problems.toSorted(byPlace), given.path)
  const warnings = read.warnings.map(({ path, ...words }) => ({
    ...source.locate(path),
    path: renderPath(path),
    ...words,
  }))
  return {
    tenants: read.tenants,
    warnings: warnings.toSorted(byPlace).map((warning) => renderProblem(warning, given.path)),
  }
}

/** Files of policies come after the file that names them. */
const byPlace = (a: Problem, b: Problem): number =>
  (a.file ?? '').localeCompare(b.file ?? '') || a.line - b.line || a.column - b.column

async function readText(path: string): Promise<string> {
  const refuse = (message: string, fix: string): ConfigError =>
    new ConfigError([{ line: 0, column: 0, path: '', message, fix }], path)
  try {
    const found = await stat(path)
    if (!found.isFile()) throw refuse('this is not a file', 'Name the file that holds the configuration.')
    if (found.size > LARGEST)
      throw refuse('the file is larger than 1 MiB', 'A configuration is a few kilobytes: is this the right file?')
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    if (error instanceof ConfigError) throw error
    if (error instanceof TypeError) throw refuse('the file is not UTF-8 text', 'Save it as UTF-8.')
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw refuse('there is no such file', 'Name it with --config; examples/rollcall.yaml is one to start from.')
    throw refuse(`the file cannot be read (${code})`, 'Let the user that runs `rollcall serve` read it.')
  }
}
