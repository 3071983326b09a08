/**
 * Whether a move between two plans brings or takes native SCIM, by every reading of where it begins.
 * Decides how readings that differ are summed up; must not choose one of them.
 */
import { includesScim, planOf, SCIM_READINGS, type PlanId } from './plans.ts'

/** `disputed`: some readings say yes, some no. */
export type Included = 'yes' | 'no' | 'disputed'

export interface AppliedReading {
  readonly source: string
  readonly says: string
  readonly from: PlanId
  /** Is native SCIM included now, and would it be after the move, by this reading? */
  readonly current: boolean
  readonly target: boolean
}

export interface ScimInclusion {
  readonly current: Included
  readonly target: Included
  readonly gained: Included
  readonly lost: Included
  readonly readings: readonly AppliedReading[]
}

/** `scimFrom` is what the contract says; with it there is one reading, and nothing is disputed. */
export function scimInclusion(plan: PlanId, target: PlanId, scimFrom: PlanId | undefined): ScimInclusion {
  const sources =
    scimFrom === undefined
      ? SCIM_READINGS
      : [{ source: 'your setting', from: scimFrom, says: `SCIM begins with ${planOf(scimFrom).name}.` }]
  const readings = sources.map((reading) => ({
    ...reading,
    current: includesScim(plan, reading.from),
    target: includesScim(target, reading.from),
  }))
  return {
    current: sum(readings.map((reading) => reading.current)),
    target: sum(readings.map((reading) => reading.target)),
    gained: sum(readings.map((reading) => reading.target && !reading.current)),
    lost: sum(readings.map((reading) => reading.current && !reading.target)),
    readings,
  }
}

function sum(answers: readonly boolean[]): Included {
  if (answers.every((answer) => answer)) return 'yes'
  return answers.some((answer) => answer) ? 'disputed' : 'no'
}
