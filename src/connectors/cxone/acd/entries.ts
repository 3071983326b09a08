/**
 * Listing what the ACD keeps: skills, groups, security profiles, and what its teams cost (facts, sections 5.2 to 5.5).
 * Decides nothing but that; must not know agents.
 */
import type { Ask } from '../client.ts'
import type { CxoneSettings } from '../config.ts'
import type { Entry } from '../schema.ts'
import type { Acd } from './client.ts'
import { groupPage, profilePage, skillPage, teamPage } from './schema.ts'

/** Inactive ones are asked for by leaving the filter out; a skill's levels are a setting, since no read tells them. */
export async function listSkills(acd: Acd, ask: Ask, settings: CxoneSettings): Promise<readonly Entry[]> {
  const levels = { min: settings.proficiencyMin, max: settings.proficiencyMax }
  const { records } = await acd.list(ask, { path: '/skills', schema: skillPage, keyOf: ({ id }) => id })
  return records.map((skill) => ({ ...skill, levels }))
}

export const listGroups = async (acd: Acd, ask: Ask): Promise<readonly Entry[]> =>
  (await acd.list(ask, { path: '/groups', schema: groupPage, keyOf: ({ id }) => id })).records

export const listProfiles = async (acd: Acd, ask: Ask): Promise<readonly Entry[]> =>
  (await acd.list(ask, { path: '/security-profiles', schema: profilePage, keyOf: ({ id }) => id })).records

/** By the team's UserHub id. */
export async function listCharges(acd: Acd, ask: Ask): Promise<ReadonlyMap<string, readonly string[]>> {
  const { records } = await acd.list(ask, { path: '/teams', schema: teamPage, keyOf: ({ key }) => key })
  return new Map(records.map(({ team, charges }) => [team, charges]))
}
