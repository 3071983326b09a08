/**
 * Reads a token of a connection, or an API key, into the SHA-256 that is kept.
 * Decides what can be a token at all; must not keep, print or return the token.
 */
import { createHash } from 'node:crypto'
import { problemAt } from './issues.ts'
import { renderPath, type Path } from './problem.ts'
import type { Reading } from './reading.ts'
import { SECRET_KEYS, type tokenSchema } from './secret-schema.ts'
import type { z } from 'zod'

type TokenEntry = z.output<typeof tokenSchema>

const FORMS = [...SECRET_KEYS, 'sha256'] as const

/** A token shorter than this can be guessed in time; only a warning, so that an example can be typed and tried. */
const SHORTEST_GOOD = 16

/** What a Bearer header can carry (RFC 6750 section 2.1, taken generously): no spaces, no line breaks, ASCII only. */
const SENDABLE = /^[\x21-\x7e]+$/

/** The SHA-256, or nothing when a problem was reported. */
export async function readToken(reading: Reading, entry: TokenEntry, path: Path): Promise<Buffer | undefined> {
  const report = (message: string, fix: string): undefined => {
    reading.problems.push(problemAt(reading.source, path, { message, fix }))
    return undefined
  }
  const forms = FORMS.filter((form) => entry[form] !== undefined)
  const [form] = forms
  const text = form === undefined ? undefined : entry[form]
  if (form === undefined || text === undefined || forms.length > 1) {
    const message =
      forms.length === 0
        ? 'this names no secret'
        : `this names its secret in ${forms.length} ways (${forms.join(', ')})`
    return report(message, 'Write exactly one of env, file, value and sha256.')
  }
  if (form === 'sha256') return unique(reading, Buffer.from(text, 'hex'), path)
  const read = await reading.secrets.read({ from: form, name: text })
  if ('message' in read) return report(read.message, read.fix)
  if (!SENDABLE.test(read.secret))
    return report(
      'this secret has a space, a line break or a letter outside ASCII in it, so it can never arrive',
      'Use letters, digits and punctuation only.',
    )
  if (form === 'value')
    reading.warnings.push({
      path,
      message: 'the secret stands in the file',
      fix: 'Use env, file or sha256, so that reading the file does not give it away.',
    })
  if (read.secret.length < SHORTEST_GOOD) {
    reading.warnings.push({
      path,
      message: `the secret has fewer than ${SHORTEST_GOOD} characters and could be guessed`,
      fix: 'Make one with `openssl rand -hex 32`.',
    })
  }
  return unique(reading, createHash('sha256').update(read.secret).digest(), path)
}

/** One token means one connection of one tenant: the same token twice would have two meanings. */
function unique(reading: Reading, sha256: Buffer, path: Path): Buffer | undefined {
  const first = reading.credentials.get(sha256.toString('hex'))
  if (first === undefined) {
    reading.credentials.set(sha256.toString('hex'), renderPath(path))
    return sha256
  }
  reading.problems.push(
    problemAt(reading.source, path, {
      message: `this is the same secret as ${first}`,
      fix: 'Every token and API key must be one of its own.',
    }),
  )
  return undefined
}
