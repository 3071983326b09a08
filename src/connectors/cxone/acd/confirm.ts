/**
 * A write to the ACD is done when it shows, whatever the call answered (facts, section 7).
 * Decides what counts as done and what a failure is called; must not know paths.
 */
import { ConnectorError, type ConnectorCode } from '../../contract.ts'
import { unseen } from '../complaints.ts'
import type { CxoneSettings } from '../config.ts'
import { CxoneRefused, isNotThere } from '../refusal.ts'
import { untilSeen } from '../settle.ts'
import type { FailedRow } from './rows.ts'

export interface Trial {
  readonly failed: readonly FailedRow[]
  readonly refusal?: CxoneRefused
}

/** Makes writes one after the other, and says which rows failed; a plain refusal counts as a failure of its own. */
export async function tryAll(writes: readonly (() => Promise<readonly FailedRow[]>)[]): Promise<Trial> {
  const failed: FailedRow[] = []
  let refusal: CxoneRefused | undefined
  for (const write of writes) {
    try {
      failed.push(...(await write()))
    } catch (error) {
      if (!(error instanceof CxoneRefused) || !isNotThere(error)) throw error
      refusal ??= error
    }
  }
  return refusal === undefined ? { failed } : { failed, refusal }
}

export interface Showing<T> {
  readonly settings: CxoneSettings
  readonly read: () => Promise<T>
  readonly expected: (seen: T) => boolean
}

/** Reads until it shows; what is said not to have happened needs no time to show. */
export const shown = <T>({ failed, refusal }: Trial, { settings, read, expected }: Showing<T>): Promise<T> =>
  untilSeen(failed.length > 0 || refusal !== undefined ? { readLagSeconds: 0 } : settings, read, expected)

export interface Miss {
  /** What does not show, for people. */
  readonly what: string
  readonly code: 'unknown-skill' | 'unknown-group'
  readonly about: string
}

const SPEAKS_OF_ABSENCE = /not found|no such|does not exist|unknown|inactive|not active|retired|invalid (skill|group)/i
const SPEAKS_OF_LEVEL = /proficien|out of range|between \d+ and/i

/** The refusal that a write ends in whose result does not show. */
export function missed({ failed, refusal }: Trial, { what, code, about }: Miss): ConnectorError {
  const row = failed.find(({ id }) => id === about) ?? failed[0]
  const said = row?.said ?? refusal?.said
  if (said === undefined) return unseen(what)
  const as = (kind: ConnectorCode, retry: 'later' | 'never'): ConnectorError =>
    new ConnectorError({ code: kind, retry, about, detail: `CXone did not make ${what}: ${said}${ending(said)}` })
  if (SPEAKS_OF_LEVEL.test(said)) return as('policy-invalid', 'later')
  return SPEAKS_OF_ABSENCE.test(said) ? as(code, 'later') : as('value-invalid', 'never')
}

const ending = (said: string): string => (/[.!?]$/.test(said) ? '' : '.')
