// Decides which cases show that the switches matter: one for each, or it does not compile. For tests only.
import type { SwitchCase } from './switch-case.ts'
import { ACD_FORM, MIRROR } from './switch-cases-acd.ts'
import { AGENTS, SKILLS } from './switch-cases-agents.ts'
import { READING } from './switch-cases-reading.ts'
import { SCIM_CHANGES, SCIM_CREATES, SCIM_DOOR, SCIM_READS } from './switch-cases-scim.ts'
import { WAYS_IN } from './switch-cases-ways.ts'
import { WRITING } from './switch-cases-writing.ts'
import type { SwitchName } from './switches.ts'

/** A switch without a case does not compile. */
export const CASES: Record<SwitchName, SwitchCase> = {
  ...READING,
  ...WRITING,
  ...MIRROR,
  ...ACD_FORM,
  ...AGENTS,
  ...SKILLS,
  ...WAYS_IN,
  ...SCIM_DOOR,
  ...SCIM_READS,
  ...SCIM_CREATES,
  ...SCIM_CHANGES,
}
