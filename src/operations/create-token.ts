/**
 * Makes a token for a connection.
 * Decides what a token looks like; must not keep it: it is returned once, and only its SHA-256 is stored.
 */
import { createHash, randomBytes } from 'node:crypto'
import { insertToken } from '../store/credentials.ts'
import type { OperationContext } from './context.ts'

export interface CreateToken {
  readonly tenant: string
  readonly connection: string
  readonly name: string | null
  readonly expires: Date | null
  readonly actor: string
}

/** The prefix lets people and scanners recognise one where it should not be. */
const PREFIX = 'rct_'

/** Undefined where the tenant has no such connection. */
export async function createToken(
  { db }: Pick<OperationContext, 'db'>,
  asked: CreateToken,
): Promise<{ readonly id: number; readonly token: string } | undefined> {
  const token = PREFIX + randomBytes(32).toString('base64url')
  const made = await insertToken(db, { ...asked, sha256: createHash('sha256').update(token).digest() })
  return made === undefined ? undefined : { id: made.id, token }
}
