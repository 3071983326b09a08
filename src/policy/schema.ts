/**
 * What may be written in a policy: every key, its form and what it means where it is absent.
 * Decides the shape of a policy document; must not read an expression or know a person.
 */
import { z } from 'zod'
import type { AttributeName, GrantKind } from '../identity/account.ts'
import { LIMITS } from './limits.ts'

/** Attributes that rules give: what somebody gets. One value each. */
export const GIVEN = [
  'role',
  'team',
  'loginAuthenticator',
  'licence',
  'reportsTo',
] as const satisfies readonly AttributeName[]
export type Given = (typeof GIVEN)[number]

/** Attributes that `attributes` maps: who somebody is. */
export const MAPPED = [
  'userName',
  'givenName',
  'familyName',
  'middleName',
  'displayName',
  'email',
  'mobile',
  'timeZone',
  'title',
  'department',
  'employeeNumber',
  'federatedId',
  'country',
  'city',
  'hireDate',
] as const satisfies readonly AttributeName[]
export type Mapped = (typeof MAPPED)[number]

/** What rules give several of, by its key in a policy. `roles` are those beyond `role`. */
export const SEVERAL = { roles: 'role', skills: 'skill', groups: 'group' } as const satisfies Record<string, GrantKind>
export type Several = keyof typeof SEVERAL
const SEVERAL_KEYS = ['roles', 'skills', 'groups'] as const satisfies readonly Several[]

export type OwnedKey = Mapped | Given | Several

/** `always`: follows the policy for as long as the account is linked. `onCreate`: when it is made, and when its person returns. */
export const OWNS = ['always', 'onCreate', 'never'] as const
export type Owns = (typeof OWNS)[number]

const expression = z
  .string()
  .min(1)
  .max(LIMITS.expression)
  .describe('A CEL expression: docs/guide/policy.md lists variables and functions.')

const name = z.string().trim().min(1).max(LIMITS.name)

const among = z
  .array(name)
  .min(1)
  .max(LIMITS.among)
  .optional()
  .describe('Everything that `from` may come to. With it, `rollcall` can check all of them against the app beforehand.')

const computed = z.strictObject({ from: expression, among })

/** A name or id as it stands, or an expression that gives it. */
const given = z.union([name, computed, z.null()])

const graded = z.strictObject({
  name: name.optional(),
  from: expression.optional(),
  among,
  level: z.int().min(0).max(100).optional().describe('How well: the proficiency of a skill.'),
})

const several = z.array(z.union([name, graded])).max(LIMITS.given)

export const giveSchema = z.strictObject({
  role: given.optional().describe('The one role that everybody has.'),
  team: given.optional().describe('The team.'),
  loginAuthenticator: given.optional().describe('How the person signs in.'),
  licence: given.optional().describe('User name or id of the account whose licence attributes are to be mirrored.'),
  reportsTo: given.optional().describe('User name or id of the account of whom they report to.'),
  roles: several.optional().describe('Roles beyond `role`.'),
  skills: several.optional().describe('Skills, each a name or `{name, level}`.'),
  groups: several.optional().describe('Groups of the app.'),
})
export type Give = z.output<typeof giveSchema>

const ruleSchema = z.strictObject({
  name: name.describe('What explanations call the rule. Unique.'),
  priority: z.int().min(-1000).max(1000).default(0).describe('The higher one wins where two rules give one value.'),
  when: expression.optional().describe('Whom the rule is about; without it, everybody.'),
  give: giveSchema,
})

const take = z.enum(['take', 'keep'])

export const policySchema = z.strictObject({
  account: z
    .strictObject({
      when: expression.optional().describe('Who gets an account; without it, everybody the connection sends.'),
      invite: z.boolean().default(false).describe('Whether the app asks new people in.'),
    })
    .prefault({}),
  attributes: z.partialRecord(z.enum(MAPPED), expression).default({}),
  owns: z.partialRecord(z.enum([...MAPPED, ...GIVEN, ...SEVERAL_KEYS]), z.enum(OWNS)).default({}),
  rules: z.array(ruleSchema).max(LIMITS.rules).default([]),
  otherwise: z.union([z.enum(['none', 'hold']), giveSchema]).optional(),
  takes: z.partialRecord(z.enum(SEVERAL_KEYS), z.enum(['all', 'none', 'listed'])).default({}),
  deactivation: z
    .strictObject({
      endSession: z.boolean().default(true).describe('End what the person is doing in the app.'),
      roles: take.default('keep'),
      skills: take.default('keep'),
      groups: take.default('keep'),
    })
    .prefault({}),
  waitForGroups: z
    .strictObject({
      minutes: z.int().min(0).max(1440).default(30),
      otherwise: z.enum(['decide', 'none', 'hold']).default('decide'),
    })
    .prefault({}),
})

/** A policy with everything filled in that it leaves out. */
export type PolicyDocument = z.output<typeof policySchema>
export type Rule = PolicyDocument['rules'][number]
export type Deactivation = PolicyDocument['deactivation']

/** What is owned without a word about it: docs/adr/0014-policy.md says why. */
export const DEFAULT_OWNS: Readonly<Record<OwnedKey, Owns>> = {
  ...(Object.fromEntries(MAPPED.map((key) => [key, 'always'])) as Record<Mapped, Owns>),
  ...(Object.fromEntries(GIVEN.map((key) => [key, 'onCreate'])) as Record<Given, Owns>),
  roles: 'onCreate',
  skills: 'onCreate',
  groups: 'onCreate',
}
