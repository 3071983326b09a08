/**
 * Hands out an access token for a client that has proved who it is (RFC 6749 section 4.4).
 * Decides what an access token looks like; must not keep it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { insertAccessToken } from '../store/access-tokens.ts'
import type { OperationContext } from './context.ts'

export interface IssueAccessToken {
  /** SHA-256 of the secret the client has shown. */
  readonly secret: Buffer
  /** What is granted, separated by blanks. */
  readonly scope: string
  readonly seconds: number
}

const PREFIX = 'rca_'

/** Undefined where the secret was revoked in this very moment. */
export async function issueAccessToken(
  { db }: Pick<OperationContext, 'db'>,
  asked: IssueAccessToken,
): Promise<string | undefined> {
  const token = PREFIX + randomBytes(32).toString('base64url')
  const sha256 = createHash('sha256').update(token).digest()
  return (await insertAccessToken(db, { ...asked, sha256 })) ? token : undefined
}
