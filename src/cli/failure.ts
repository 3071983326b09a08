/**
 * How an error that ended a command is told.
 * Decides which errors are expected, and so shown without a stack; must not exit.
 */
import { CommandError, EXIT } from './errors.ts'

/**
 * Errors of the server that a person can mend, by name, so that no part of the server is loaded to know them. Their
 * messages are whole and hold no secret.
 */
const EXPECTED: Readonly<Record<string, number>> = {
  ConfigError: EXIT.usage,
  StartError: EXIT.other,
  ManagedPostgresError: EXIT.other,
  MigrationError: EXIT.other,
  KeyError: EXIT.other,
}

/** The words for stderr and the exit code. */
export function failure(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (error instanceof CommandError) return { text: error.message, exitCode: error.exitCode }
  if (!(error instanceof Error)) return { text: `Something failed: ${String(error)}`, exitCode: EXIT.other }
  const expected = EXPECTED[error.name]
  if (expected !== undefined) return { text: error.message, exitCode: expected }
  const database = databaseWords(error)
  if (database !== undefined) return { text: database, exitCode: EXIT.server }
  return {
    text: `This should not have happened; please report it with these lines.\n${error.stack ?? error.message}`,
    exitCode: EXIT.other,
  }
}

/** PostgreSQL and sockets say what is wrong by a code; these are the ones a person meets when starting. */
function databaseWords(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `The database of DATABASE_URL cannot be reached (${code}). Start it, or correct the address; without DATABASE_URL Rollcall runs a PostgreSQL of its own.`
  }
  if (code === '28P01' || code === '28000')
    return 'The database refuses the user or password of DATABASE_URL. Correct them.'
  if (code === '3D000') return `The database of DATABASE_URL does not exist (${error.message}). Create it first.`
  if (code === '42501')
    return `The user of DATABASE_URL lacks a right (${error.message}). It must own the database, or may create tables in it.`
  return undefined
}
