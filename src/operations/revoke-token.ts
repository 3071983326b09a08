/**
 * Revokes a token, a client secret or a password, for ever.
 * Decides that revoking twice is no mistake; must not ask rollcall.yaml.
 */
import { revokeCredential, type Revocation } from '../store/credentials.ts'
import type { OperationContext } from './context.ts'

/** False where the tenant has nothing of this id. A process that has just seen the token takes it for two seconds more. */
export const revokeToken = ({ db }: Pick<OperationContext, 'db'>, revocation: Revocation): Promise<boolean> =>
  revokeCredential(db, revocation)
