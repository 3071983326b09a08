/**
 * What PostgreSQL refused.
 * Decides how a violated constraint is recognised; must not decide what it means.
 */
import { DatabaseError } from 'pg'

const UNIQUE_VIOLATION = '23505'

/** True when `error` is the violation of this unique constraint or index. */
export const violates = (error: unknown, constraint: string): boolean =>
  error instanceof DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === constraint
