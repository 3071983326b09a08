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
/** Checks of one address and user name: enough for a person who mistypes, nothing for one who guesses. */
const CHECKS = { perSecond: 1 / 60, burst: 10 }

/** `failures` of addresses: whoever has failed too often is not checked where the user name is unknown. */
export function openPasswords(db: Queryable, failures: Failures, now: () => number): Passwords {
  const salt = randomBytes(16).toString('base64')
  const proved = new Map<string, { readonly row: Buffer; readonly until: number }>()
  const ofName = openFailures(CHECKS)
  const inTurn = openTurns(MOST_WAITING)
  let nobody: Promise<string> | undefined

  const check = async ({ userName, password, address }: PasswordTry): Promise<Buffer> => {
    const known = await findPasswords(db, userName)
    const who = `${address} ${userName}`
    const wait = known.length > 0 ? ofName.wait(who, now()) : failures.wait(address, now())
    if (wait > 0) throw tooManyFailures(wait)
    // Before the check, so that guesses that come all at once are counted too.
    if (known.length > 0) ofName.note(who, now())
    for (const { sha256, slowHash: stored } of known)
      if (await inTurn(() => isPasswordOf(stored, password))) return sha256
    // A user name that nobody has takes as long as one that somebody has.
    if (known.length === 0) {
      const stored = await (nobody ??= slowHash(salt))
      await inTurn(() => isPasswordOf(stored, password))
    }
    failures.note(address, now())
    throw wrongPassword()
  }

  // Whoever asks many things at once after a start is checked once.
  const underWay = new Map<string, Promise<Buffer>>()
  const once = (key: string, tried: PasswordTry): Promise<Buffer> => {
    const checking = underWay.get(key) ?? check(tried).finally(() => underWay.delete(key))
    underWay.set(key, checking)
    return checking
  }

  return {
    keyOf: ({ userName, password }) => `basic ${hash('sha256', `${salt}${userName}:${password}`, 'base64')}`,
    rowOf: async (key, tried) => {
      const before = proved.get(key)
      if (before !== undefined && before.until > now()) return before.row
      proved.delete(key)
      const row = await once(key, tried)
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
