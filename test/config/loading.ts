/**
 * Loads configurations from text, for tests.
 * Must not be used by product code.
 */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { compileDeclared } from '../../src/app/policies.ts'
import { ConfigError, loadConfig, type Config } from '../../src/config.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const made = temporaryDirectory()

/** Where the files of this test file are; secrets in files are looked for here. */
export const folder = (): string => made

export const target = {
  config: z.strictObject({
    area: z
      .string()
      .regex(/^[a-z]{2}\d$/, 'An area is a short name such as na1.')
      .optional(),
    auth: z.strictObject({ id: z.string(), secret: z.string() }),
    hosts: z.array(z.strictObject({ url: z.url(), token: z.string() })).default([]),
    defaults: z.strictObject({ role: z.string(), team: z.string().optional() }).default({ role: 'Agent' }),
    rate: z.int().min(1).max(9).default(2),
  }),
}
export const definitions = new Map([['crm', target]])

let files = 0
export async function load(text: string | Buffer, env: Record<string, string> = {}): Promise<Config> {
  const path = join(made, `${++files}.yaml`)
  await writeFile(path, text)
  return loadConfig({ path, env, definitions, compile: compileDeclared })
}

/** What is wrong with a file, one line a problem: the line's number, the first letters it points at, path and words. */
export async function problems(text: string | Buffer, env: Record<string, string> = {}): Promise<string[]> {
  try {
    await load(text, env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ line, column, path, message, fix }) => {
      const written =
        String(text)
          .split('\n')
          .at(line - 1) ?? ''
      const points = written.slice(column - 1, column + 3)
      return `${line} |${points}| ${path}: ${message}. ${fix}`
    })
  }
}

/** A tenant with the given lines below it, indented by four. */
export const tenant = (...lines: string[]): string =>
  ['tenants:', '  - id: acme', ...lines.map((line) => `    ${line}`)].join('\n')
export const app = (...lines: string[]): string =>
  tenant('apps:', '  - id: one', '    type: crm', ...lines.map((line) => `    ${line}`))
export const AUTH = 'auth: { id: a, secret: { env: SECRET } }'
export const ENV = { SECRET: 'hush-hush', TOKEN: 'a-token-of-good-length' }

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
