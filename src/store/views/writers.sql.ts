/**
 * Whether somebody is writing to a table at this moment.
 * Decides what that is known by; must not decide what follows from it.
 */

/**
 * A condition: whatever had begun to write to these tables before this is looked at is committed or given up. Whoever writes
 * has the lock from before the statement sees anything, or numbers a row, until the end of the transaction.
 */
export const nobodyWrites = (...tables: readonly string[]): string => `not exists (
  select from pg_locks
  where pg_locks.locktype = 'relation' and pg_locks.mode = 'RowExclusiveLock'
    and pg_locks.relation in (${tables.map((table) => `'${table}'::regclass`).join(', ')})
    and pg_locks.database = (select pg_database.oid from pg_database where pg_database.datname = current_database()))`
