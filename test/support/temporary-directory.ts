/**
 * Temporary directories for tests, below the run's own: removed with it, together with servers still running in them.
 */
import { chmodSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'

/** Every user may pass through it (0711), so that PostgreSQL's can. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(inject('runDirectory'), 'd-'))
  chmodSync(path, 0o711)
  return path
}
