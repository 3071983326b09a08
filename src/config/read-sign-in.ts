/**
 * Reads how a provider signs in at a connection: tokens, an OAuth client, a user name with passwords.
 * Decides what may stand in the file only once; must not keep or print a token, nor hash a password.
 */
import { each, entries, isRecord, parse, type Entry } from './entries.ts'
import { problemAt } from './issues.ts'
import { renderPath, type Path } from './problem.ts'
import { readToken } from './read-token.ts'
import type { Reading } from './reading.ts'
import { passwordSchema, SECRET_KEYS, tokenSchema } from './secret-schema.ts'
import type { BasicConfig, OauthConfig, TokenConfig } from './shape.ts'

/** A password shorter than this can be guessed in time; only a warning, so that an example can be typed and tried. */
const SHORTEST_GOOD = 12
const DAY_MS = 86_400_000

/** The tokens under a key of an entry; what is wrong with one is reported. */
export function readTokens(reading: Reading, entry: Entry, key: string): Promise<TokenConfig[]> {
  return each(entries(reading, entry, key), async (token) => {
    const fields = parse(reading, token, { schema: tokenSchema, whole: tokenSchema })
    if (fields === undefined) return undefined
    const sha256 = await readToken(reading, fields, token.path)
    if (sha256 === undefined) return undefined
    const { name, expires } = fields
    return {
      sha256,
      ...(name === undefined ? {} : { name }),
      ...(expires === undefined ? {} : { expires: instantOf(expires) }),
    }
  })
}

/** A day counts until its end, in UTC. */
const instantOf = (text: string): Date => new Date(Date.parse(text) + (text.includes('T') ? 0 : DAY_MS))

/** `parsed` is absent where the entry is wrong, or has no such client. */
export async function readOauth(
  reading: Reading,
  entry: Entry,
  parsed: Omit<OauthConfig, 'secrets'> | undefined,
): Promise<OauthConfig | undefined> {
  const inner = below(entry, 'oauth')
  if (inner === undefined) return undefined
  const secrets = await readTokens(reading, inner, 'secrets')
  if (parsed === undefined) return undefined
  const { clientId, scopes, tokenSeconds } = parsed
  onlyOnce(reading, { kind: 'client id', name: clientId, path: [...inner.path, 'clientId'] })
  return { clientId, scopes, tokenSeconds, secrets }
}

/** `parsed` is absent where the entry is wrong, or has no such user name. */
export async function readBasic(
  reading: Reading,
  entry: Entry,
  parsed: Pick<BasicConfig, 'username'> | undefined,
): Promise<BasicConfig | undefined> {
  const inner = below(entry, 'basic')
  if (inner === undefined) return undefined
  const passwords = await each(entries(reading, inner, 'passwords'), (password) => readPassword(reading, password))
  if (parsed === undefined) return undefined
  onlyOnce(reading, { kind: 'user name', name: parsed.username, path: [...inner.path, 'username'] })
  return { username: parsed.username, passwords }
}

async function readPassword(reading: Reading, entry: Entry): Promise<string | undefined> {
  const report = (message: string, fix: string): undefined => {
    reading.problems.push(problemAt(reading.source, entry.path, { message, fix }))
    return undefined
  }
  const fields = parse(reading, entry, { schema: passwordSchema, whole: passwordSchema })
  if (fields === undefined) return undefined
  const [from, other] = SECRET_KEYS.filter((key) => fields[key] !== undefined)
  const name = from === undefined ? undefined : fields[from]
  if (from === undefined || name === undefined || other !== undefined)
    return report(
      other === undefined ? 'this names no password' : 'this names its password in more than one way',
      'Write exactly one of env, file and value.',
    )
  const read = await reading.secrets.read({ from, name })
  if ('message' in read) return report(read.message, read.fix)
  if (/\p{Cc}/u.test(read.secret))
    return report('this password has a line break or another control character in it', 'Remove it.')
  const warn = (message: string, fix: string): number => reading.warnings.push({ path: entry.path, message, fix })
  if (from === 'value')
    warn('the password stands in the file', 'Use env or file, so that reading the file does not give it away.')
  if (read.secret.length < SHORTEST_GOOD)
    warn(
      `the password has fewer than ${SHORTEST_GOOD} characters and could be guessed`,
      'Make one with `openssl rand -hex 16`.',
    )
  return read.secret
}

/** One address serves everybody: who signs in by a name must mean one connection by it. */
function onlyOnce(
  reading: Reading,
  { kind, name, path }: { readonly kind: string; readonly name: string; readonly path: Path },
): void {
  const key = `${kind} ${name}`
  const first = reading.credentials.get(key)
  if (first === undefined) {
    reading.credentials.set(key, renderPath(path))
    return
  }
  const fix = 'Each connection needs one of its own: it is how the connection is told.'
  reading.problems.push(problemAt(reading.source, path, { message: `this is the same ${kind} as ${first}`, fix }))
}

function below({ value, path }: Entry, key: string): Entry | undefined {
  const inner = isRecord(value) ? value[key] : undefined
  return inner === undefined ? undefined : { value: inner, path: [...path, key] }
}
