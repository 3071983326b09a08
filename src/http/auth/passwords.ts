/**
 * Checks passwords of HTTP Basic, slowly and one at a time.
 * Decides whether to check at all, since each check costs a fifth of a second of a core; must not keep a password.
 */
import { hash, randomBytes } from 'node:crypto'
import { isPasswordOf, slowHash } from '../../operations/slow-hash.ts'
import type { Queryable } from '../../store/db.ts'
import { findPasswords } from '../../store/views/sign-in.ts'
import { openFailures, type Failures } from './failures.ts'
import { tooManyChecks, tooManyFailures, wrongPassword } from './refusal.ts'

export interface PasswordTry {
  readonly userName: string
  readonly password: string
  /** Whose failures are counted. */
  readonly address: string
}

export interface Passwords {
  /** What a pair is remembered by: says nothing to anybody outside this process. */
  keyOf(pair: Pick<PasswordTry, 'userName' | 'password'>): string
  /** The row the password belongs to, known or checked now; throws 401 or 429. */
  rowOf(key: string, tried: PasswordTry): Promise<Buffer>
}

/** What was right is right for as long as the row is there, which is looked up anew; this only bounds what is remembered. */
const PROVED_FOR_MS = 600_000
const MOST_PROVED = 200
const MOST_WAITING = 20
/** Of one address and user name: enough for a person who mistypes, nothing for one who guesses. */
const FAILURES = { perSecond: 0.1, burst: 10 }

/** `failures` of addresses: whoever has failed too often is not checked where the user name is unknown. */
export function openPasswords(db: Queryable, failures: Failures, now: () => number): Passwords {
  const salt = randomBytes(16).toString('base64')
  const proved = new Map<string, { readonly row: Buffer; readonly until: number }>()
  const ofName = openFailures(FAILURES)
  const inTurn = openTurns(MOST_WAITING)
  let nobody: Promise<string> | undefined

  const check = async ({ userName, password, address }: PasswordTry): Promise<Buffer> => {
    const known = await findPasswords(db, userName)
    const who = `${address} ${userName}`
    const wait = known.length > 0 ? ofName.wait(who, now()) : failures.wait(address, now())
    if (wait > 0) throw tooManyFailures(wait)
    // A user name that nobody has takes as long as one that somebody has.
    nobody ??= slowHash(salt)
    const candidates = known.length > 0 ? known : [{ sha256: undefined, slowHash: await nobody }]
    for (const { sha256, slowHash: stored } of candidates)
      if ((await inTurn(() => isPasswordOf(stored, password))) && sha256 !== undefined) return sha256
    if (known.length > 0) ofName.note(who, now())
    failures.note(address, now())
    throw wrongPassword()
  }

  return {
    keyOf: ({ userName, password }) => `basic ${hash('sha256', `${salt}${userName}:${password}`, 'base64')}`,
    rowOf: async (key, tried) => {
      const before = proved.get(key)
      if (before !== undefined && before.until > now()) return before.row
      proved.delete(key)
      const row = await check(tried)
      if (proved.size >= MOST_PROVED) proved.clear()
      proved.set(key, { row, until: now() + PROVED_FOR_MS })
      return row
    },
  }
}

/** One after the other; throws 429 where too many wait. */
function openTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async (work) => {
    if (waiting >= most) throw tooManyChecks()
    waiting++
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn.finally(() => void waiting--)
  }
}
