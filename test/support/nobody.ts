/**
 * The ordinary user that tests started by root become.
 * Must not change any permission: where that user cannot get to the checkout, nothing of it can run as them.
 */
import { directoryInTheWay } from '../../src/store/managed/reach.ts'

export const NOBODY = { uid: 65_534, gid: 65_534 }

/** False for tests that root does not run, and for a checkout below a directory that only root may enter. */
export const canBeNobody =
  process.getuid?.() === 0 &&
  [process.execPath, import.meta.dirname].every(
    (path) => directoryInTheWay(path, { ...NOBODY, name: 'nobody', lent: true }) === undefined,
  )
