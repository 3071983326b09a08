/**
 * What accounts can hold in an app, as the admin API shows it.
 * Decides fields and their meaning; must not know how it is read.
 */
import { z } from 'zod'
import { instant, pageQuery } from './paging.ts'

export const entitlementKind = z
  .enum(['role', 'team', 'skill', 'group', 'authenticator', 'security-profile'])
  .describe('`authenticator`: a way to sign in.')

export const entitlementState = z
  .enum(['active', 'retired', 'gone'])
  .describe(
    '`retired`: accounts may still hold it, and nobody can be given it. `gone`: the app does not have it any more.',
  )

export const entitlement = z
  .object({
    kind: entitlementKind,
    id: z.string().describe("The app's own id of it, which a new name does not change."),
    name: z.string(),
    state: entitlementState,
    since: instant
      .nullable()
      .describe(
        'When it was first seen retired or gone; null for what is active, or was retired when it was first seen.',
      ),
    detail: z
      .object({
        levels: z
          .object({ min: z.number(), max: z.number() })
          .optional()
          .describe('Of a skill: the levels at which it can be held.'),
        charges: z
          .array(z.string())
          .optional()
          .describe("What each account in it is charged for, in the app's words: features of a team."),
        system: z
          .boolean()
          .optional()
          .describe("Of a way to sign in: the app's own passwords, so its people have to be asked in."),
        role: z.string().optional().describe('Of a security profile: the id of the role that it belongs to.'),
        privilege: z.string().optional().describe('Of a role that may do more than an ordinary one: how much.'),
      })
      .describe('What the app says beside. What it does not say is absent.'),
    formerNames: z
      .array(z.object({ name: z.string(), until: instant.describe('When it was first seen without it.') }))
      .describe('Names that it had before, oldest first.'),
    usedBy: z
      .array(z.string())
      .describe("Places that name it: `defaults.role` of the app's entry, `rules[0].give.role` of its policy."),
    firstSeen: instant,
    lastSeen: instant,
  })
  .meta({ id: 'Entitlement' })

export const entitlementListing = z
  .object({
    kind: entitlementKind,
    verdict: z
      .enum(['whole', 'partial', 'unreachable'])
      .describe('Of the last reading of this kind. After `partial` or `unreachable` nothing is gone that was there.'),
    why: z.string().nullable().describe('What was wrong with it.'),
    at: instant,
    entries: z.int().describe('How many it saw.'),
    wholeAt: instant.nullable().describe('When all of them were last seen.'),
  })
  .meta({ id: 'EntitlementListing' })

export const entitlementQuery = pageQuery.extend({
  kind: entitlementKind.optional().describe('Only this kind.'),
  search: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('Part of a name that it has or had, in any case, or its id.'),
})

export const entitlementPage = z
  .object({
    items: z.array(entitlement),
    next: z.string().nullable().describe('Cursor of the next page; null when this is the last one.'),
    listings: z
      .array(entitlementListing)
      .describe('How each kind was last read. A kind that was never read, or that the app does not have, is absent.'),
  })
  .meta({ id: 'EntitlementPage' })

export type Entitlement = z.output<typeof entitlement>
export type EntitlementListing = z.output<typeof entitlementListing>
