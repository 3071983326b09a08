/**
 * Who may push: from what a request shows to a tenant and a connection.
 * Decides whether a token or password is valid, and how fast its connection may go; must not keep one.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { noteUses } from '../operations/note-uses.ts'
import { findScimCredentials, type FoundCredential, type ScimCredential } from '../store/views/scim-credentials.ts'
import type { Queryable } from '../store/db.ts'
import { addressOf, openFailures, type Failures } from './auth/failures.ts'
import { openGates, type Gate, type GateOf } from './auth/gate.ts'
import { shownIn, type Shown } from './auth/header.ts'
import { openLookUp } from './auth/look-up.ts'
import { openPasswords } from './auth/passwords.ts'
import { expiredToken, tooManyFailures, unknownToken, wrongPassword } from './auth/refusal.ts'
import { openUses, type LastUse, type Uses } from './auth/uses.ts'

/** What was revoked works for at most this long in a process that has just seen it. */
const KNOWN_FOR_MS = 2_000
const MOST_KNOWN = 1_000
/** Failed sign-ins of one address that are answered 401; above it the answer is 429. */
const FAILURES = { perSecond: 1, burst: 300 }

export interface SignIn {
  /** Who asks; throws 401, or 429 where this address has failed too often. */
  authenticate(request: FastifyRequest): Promise<SignedIn>
  /** Takes a place in the connection until the answer is over; throws 429 where it is asked too fast. */
  enter(signedIn: SignedIn, reply: FastifyReply): void
  /** By address; shared with whatever else signs in. */
  readonly failures: Failures
  readonly gateOf: GateOf
  readonly uses: Uses
}

export interface SignedIn {
  readonly credential: ScimCredential
  readonly until: number
  readonly gate: Gate
  readonly use: LastUse
}

/** Somebody whom this process does not know, or has not looked up for two seconds. */
interface Stranger {
  readonly key: string
  readonly ip: string
  /** False where the two seconds are over: it is looked up at once whatever its address has done. */
  readonly isNew: boolean
}

export interface SignInOptions {
  readonly now: () => number
  /** Requests of one connection that this process has under way at most. */
  readonly atOnce: number
}

/** A token that is known costs one SHA-256 and one look into a map. */
export function openSignIn(db: Queryable, { now, atOnce }: SignInOptions): SignIn {
  const failures = openFailures(FAILURES)
  const gateOf = openGates(atOnce)
  const uses = openUses((list) => noteUses(db, list))
  const passwords = openPasswords(db, failures, now)
  const lookUp = openLookUp((hashes) => findScimCredentials(db, hashes))
  const known = new Map<string, SignedIn>()

  /** However often an address has failed, a valid token gets through: only the others are told to wait. */
  const byToken = async ({ key, ip, isNew }: Stranger): Promise<ScimCredential> => {
    const sha256 = Buffer.from(key, 'base64')
    const address = addressOf(ip)
    const mayFail = !isNew || failures.wait(address, now()) === 0
    const found = await lookUp(sha256, mayFail)
    if (found !== undefined && found.kind !== 'password' && isValid(found, sha256)) return found
    const wait = failures.note(address, now())
    if (isNew && wait > 0) throw tooManyFailures(wait)
    throw found?.refused === 'expired' ? expiredToken() : unknownToken()
  }

  const byPassword = async (shown: Shown & { scheme: 'basic' }, { key, ip }: Stranger): Promise<ScimCredential> => {
    const row = await passwords.rowOf(key, { ...shown, address: addressOf(ip) })
    const found = await lookUp(row, true)
    if (found !== undefined && found.kind === 'password' && isValid(found, row)) return found
    throw wrongPassword()
  }

  const remember = (key: string, credential: ScimCredential): SignedIn => {
    if (known.size >= MOST_KNOWN) known.clear()
    const until = now() + Math.min(KNOWN_FOR_MS, credential.leftMs ?? KNOWN_FOR_MS)
    const signedIn = { credential, until, gate: gateOf(credential), use: uses.of(credential.id) }
    known.set(key, signedIn)
    return signedIn
  }

  return {
    failures,
    gateOf,
    uses,
    authenticate: async (request) => {
      const shown = shownIn(request.headers.authorization)
      const key = shown.scheme === 'bearer' ? hash('sha256', shown.token, 'base64') : passwords.keyOf(shown)
      const before = known.get(key)
      if (before !== undefined && before.until > now()) return before
      const stranger = { key, ip: request.ip, isNew: before === undefined }
      try {
        return remember(key, await (shown.scheme === 'basic' ? byPassword(shown, stranger) : byToken(stranger)))
      } catch (error) {
        known.delete(key)
        throw error
      }
    },
    enter: ({ gate, use }, reply) => {
      const at = now()
      gate.enter(reply.raw, at)
      use.at = at
    },
  }
}

const isValid = (found: FoundCredential, sha256: Buffer): boolean =>
  found.refused === null && timingSafeEqual(found.sha256, sha256)
