/**
 * When who is killed, drawn from a seed.
 * Decides moments and victims; must not know what is pushed meanwhile.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../../sim/idp/random.ts'
import { VICTIMS, type Rig, type Victim } from './rig.ts'

export interface Strike {
  readonly rig: Rig
  /** How far the pushes are. */
  readonly pushes: () => number
  /** How many there will be. */
  readonly of: number
  /** What was killed, for a finding. */
  readonly kills: string[]
}

/** Each kind of kill once, in any order, then perhaps one more, at moments spread over all pushes. */
export async function strike(course: Strike, random: Random): Promise<void> {
  const victims = shuffled(VICTIMS, random)
  for (let more = random.below(2); more > 0; more--) victims.push(random.pick(VICTIMS))
  const moments = victims.map(() => 10 + random.below(course.of - 10)).toSorted((a, b) => a - b)
  for (const [index, victim] of victims.entries()) {
    while (course.pushes() < (moments[index] ?? 0)) await pause(5)
    await pause(random.below(100))
    await strikeOnce(course, victim, random)
  }
}

/** Every fourth time another kill follows while the victims are just coming up again. */
async function strikeOnce({ rig, kills }: Strike, victim: Victim, random: Random): Promise<void> {
  // A PostgreSQL that is just starting has no number yet.
  while (!(await rig.kill(victim))) await pause(20)
  kills.push(`${new Date().toISOString()} ${victim}`)
  if (random.below(4) > 0) return
  await pause(random.below(900))
  const again = random.pick(VICTIMS)
  if (await rig.kill(again)) kills.push(`${new Date().toISOString()} ${again}, while it started`)
}

function shuffled<T>(of: readonly T[], random: Random): T[] {
  const from = [...of]
  return of.map(() => from.splice(random.below(from.length), 1)[0] as T)
}
