/**
 * Findings made of a check and what was seen.
 * Decides which words go where; must not check anything.
 */
import type { Finding, FindingState } from '../../doctor.ts'
import { CHECKS, type CheckName } from './checks.ts'

interface Words {
  readonly blocks?: string | undefined
  readonly fix?: string | undefined
  /** Otherwise as the check has it. */
  readonly needed?: boolean
}

export const isWell = (check: CheckName, found: string): Finding => ({
  check,
  status: 'ok',
  needed: CHECKS[check].needed,
  found,
  blocks: null,
  fix: null,
})

export const isNot = (
  check: CheckName,
  status: Exclude<FindingState, 'ok' | 'unknown'>,
  { found, ...words }: Words & { readonly found: string },
): Finding => ({
  check,
  status,
  needed: words.needed ?? CHECKS[check].needed,
  found,
  blocks: words.blocks ?? CHECKS[check].blocks,
  fix: words.fix ?? CHECKS[check].fix,
})

/** It could not be checked; `fix` is how to do it by hand. */
export const cannotTell = (check: CheckName, why: string): Finding => ({
  check,
  status: 'unknown',
  needed: CHECKS[check].needed,
  found: why,
  blocks: CHECKS[check].blocks,
  fix: CHECKS[check].byHand,
})
