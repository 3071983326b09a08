/**
 * What PostgreSQL refused.
 * Decides how a violated constraint is recognised; must not decide what it means.
 */
import { DatabaseError } from 'pg'

const UNIQUE_VIOLATION = '23505'
const DEADLOCK = '40P01'

/** True when `error` is the violation of this unique constraint or index. */
export const violates = (error: unknown, constraint: string): boolean =>
  error instanceof DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === constraint

/** True when PostgreSQL ended the statement because two waited for each other: nothing was written, and the same may be tried again. */
export const deadlocked = (error: unknown): boolean => error instanceof DatabaseError && error.code === DEADLOCK
