/**
 * Passwords at rest: what a person may have chosen is hashed so slowly that a stolen hash is not worth guessing at.
 * Decides algorithm, cost and form; must not keep a password.
 */
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'

/** One of the equally strong parameter sets that OWASP's password storage sheet lists for scrypt: 32 MiB, about 0.2 s. */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const LONGEST_MEMORY = 64 * 1024 * 1024
const BYTES = 32

/** `scrypt$N$r$p$salt$hash`, with a salt of its own each time. */
export async function slowHash(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Whether a password is the one behind a hash of {@link slowHash}. */
export async function isPasswordOf(stored: string, password: string): Promise<boolean> {
  const [algorithm, N, r, p, salt, hash] = stored.split('$')
  if (algorithm !== 'scrypt' || salt === undefined || hash === undefined)
    throw new TypeError('this is no stored password hash')
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost)
  const expected = Buffer.from(hash, 'base64url')
  return derived.length === expected.length && timingSafeEqual(derived, expected)
}

/** Two ways to type one letter are one password (RFC 7617 section 2.1 asks for NFC). */
const derive = (password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, BYTES, { ...cost, maxmem: LONGEST_MEMORY }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
