/**
 * What an `apps:` entry of type `memory` may say.
 * Decides keys, defaults and the directory they stand for; must not open one.
 */
import { z } from 'zod'
import type { CatalogueEntry } from '../contract.ts'
import type { MemorySeed } from './target.ts'

const names = z.array(z.string().min(1))

export const config = z.strictObject({
  roles: names.default(['Agent', 'Manager']).describe('Names of the roles there are.'),
  teams: names.default(['Default Team']).describe('Names of the teams there are.'),
  skills: names
    .default(['Sales', 'Support', 'Billing'])
    .describe('Names of the skills there are, each held at a level from 1 to 20.'),
  groups: names.default(['Day', 'Night']).describe('Names of the groups there are.'),
  authenticators: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('Its name.'),
        system: z.boolean().default(false).describe('Passwords of the app itself: its people have to be asked in.'),
      }),
    )
    .default([
      { name: 'Password', system: true },
      { name: 'Single sign-on', system: false },
    ])
    .describe('Ways to sign in that there are.'),
  limit: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Most accounts that are not inactive; without it there is no limit.'),
  defaults: z
    .strictObject({ role: z.string().optional(), team: z.string().optional() })
    .default({})
    .describe('What an account gets when Rollcall creates it and nothing else decides.'),
  concurrency: z.int().min(1).max(64).default(4).describe('Most deliveries at once.'),
})

export type MemoryConfig = z.infer<typeof config>

const LEVELS = { min: 1, max: 20 }

/** Each role has a security profile of its name. */
export function seedOf({ roles, teams, skills, groups, authenticators, limit }: MemoryConfig): MemorySeed {
  return {
    roles: catalogue('role', roles),
    teams: catalogue('team', teams),
    skills: catalogue('skill', skills).map((entry) => ({ ...entry, levels: LEVELS })),
    groups: catalogue('group', groups),
    authenticators: authenticators.map(({ name, system }, at) => ({
      id: `authenticator-${at + 1}`,
      name,
      active: true,
      system,
    })),
    profiles: catalogue('profile', roles).map((entry, at) => ({ ...entry, role: `role-${at + 1}` })),
    ...(limit === undefined ? {} : { limit }),
  }
}

const catalogue = (kind: string, called: readonly string[]): readonly CatalogueEntry[] =>
  called.map((name, at) => ({ id: `${kind}-${at + 1}`, name, active: true }))
