/**
 * Where a person stands in Entra's own directory, and what follows for the application: active, inactive, or deleted for
 * good. Pure bookkeeping; knows nothing of what the server was told.
 */
import { DAY_MS } from '../clock.ts'

/** A deleted user can be restored for this long; then the DELETE goes out (facts 2.4 #13). */
export const PURGE_AFTER_MS = 30 * DAY_MS

export interface Standing {
  /** Assigned to the application. */
  assigned: boolean
  /** The account is enabled. */
  enabled: boolean
  /** When the user was moved to the deleted users. */
  deletedAt: Date | undefined
  /** Permanently deleted by an administrator. */
  purged: boolean
  /** Changed since the last cycle looked. */
  due: boolean
}

export function newStanding(): Standing {
  return { assigned: true, enabled: true, deletedAt: undefined, purged: false, due: true }
}

/** Whether the user's attributes go to the application. */
export function inScope({ assigned, deletedAt, purged }: Standing): boolean {
  return assigned && deletedAt === undefined && !purged
}

export function wantedActive(standing: Standing): boolean {
  return inScope(standing) && standing.enabled
}

export function purgeDue({ deletedAt, purged }: Standing, now: Date): boolean {
  return purged || (deletedAt !== undefined && now.getTime() - deletedAt.getTime() >= PURGE_AFTER_MS)
}
