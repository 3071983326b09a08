/**
 * What it means for a check that a read was refused.
 * Decides between a right that is missing, something in the way, and not knowing; must not read anything.
 */
import type { Finding } from '../../doctor.ts'
import type { CheckName } from './checks.ts'
import { cannotTell, isNot } from './findings.ts'
import type { Probed } from './probe.ts'

export function isRefusedAs(check: CheckName, { refusal, status, trouble }: Extract<Probed, { ok: false }>): Finding {
  // What else would mend it stands in `fix`.
  const found = refusal.detail.replace(/ Give the role of .*$/, '')
  if (refusal.code === 'right-missing') return isNot(check, 'missing', { found })
  if (trouble !== undefined) return isNot(check, 'blocked', trouble)
  if (refusal.code === 'unreachable' || (status !== undefined && status >= 500))
    return isNot(check, 'blocked', { found, fix: LATER })
  return cannotTell(check, found)
}

const LATER =
  'If NICE reports no outage, ask again in some minutes; if it lasts, give their support these words and the time.'
