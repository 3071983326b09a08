/**
 * Golden policies: a policy, people, and what is to become of each, as YAML files beside this one.
 * Decides how such a file is read; must not know what a decision is to be.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { AccountAttributes } from '../../src/identity/account.ts'
import type { Decision, Explanation } from '../../src/policy/decision.ts'
import type { Facts, GroupsKnown } from '../../src/policy/facts.ts'
import type { JsonValue } from '../../src/scim/json.ts'
import { parseUser } from '../../src/scim/resource.ts'

const json = z.custom<JsonValue>()
const attributes = z.record(z.string(), z.string().nullable())
const grants = z.partialRecord(
  z.enum(['role', 'skill', 'group']),
  z.strictObject({
    want: z.array(z.string().or(z.strictObject({ id: z.string(), level: z.number() }))),
    takes: z.enum(['all', 'none']).or(z.array(z.string())),
  }),
)

const expectation = z.strictObject({
  decision: z.enum(['account', 'none', 'wait', 'hold']),
  active: z.boolean().optional(),
  /** Of the wish's attributes, those that matter here. */
  attributes: attributes.optional(),
  /** Attributes that must not be wished. */
  leaves: z.array(z.string()).optional(),
  /** All of `onCreate`. */
  onCreate: attributes.optional(),
  /** All of `wish.grants`; an entry may be a name alone. */
  grants: grants.optional(),
  grantsOnCreate: grants.optional(),
  invite: z.boolean().optional(),
  why: z.string().optional(),
  fault: z.record(z.string(), z.unknown()).optional(),
  /** Rules by name: whether each matched, a part of why, and what it wins. */
  rules: z
    .record(
      z.string(),
      z.strictObject({
        matched: z.boolean(),
        why: z.string().optional(),
        wins: z.array(z.string()).optional(),
        loses: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  /** Attributes and where they come from: `rule agents`, `otherwise`, `mapping`, … */
  from: z.record(z.string(), z.string()).optional(),
})

const goldenSchema = z.strictObject({
  about: z.string(),
  policy: json.optional(),
  defaults: attributes.default({ role: 'Agent', team: 'Default Team' }),
  people: z.array(
    z.strictObject({
      is: z.string(),
      user: z.record(z.string(), json),
      groups: z.array(z.string()).default([]),
      groupsKnown: z.enum(['yes', 'waiting', 'overdue']).default('yes'),
      person: z.record(z.string(), json).optional(),
      deleted: z.boolean().default(false),
      expect: expectation,
    }),
  ),
})

export type Golden = z.output<typeof goldenSchema>
export type GoldenPerson = Golden['people'][number]

const FOLDER = join(import.meta.dirname, 'golden')

export const goldenFiles = (): string[] => readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')).toSorted() // prettier-ignore

export const goldenText = (file: string): string => readFileSync(join(FOLDER, file), 'utf8')

export const readGolden = (file: string): Golden => goldenSchema.parse(parse(goldenText(file)))

/** The facts of a golden person: their SCIM user goes through the parser that real ones go through. */
export function factsOf(
  { user, groups, groupsKnown, person, deleted }: GoldenPerson,
  defaults: AccountAttributes,
): Facts {
  const document = parseUser({ userName: 'someone@example.com', ...user }, { mode: 'create' })
  return {
    identity: { document, active: document.active, deleted },
    groups: groups.map((displayName, at) => ({ id: `g${at + 1}`, displayName, externalId: `x-${displayName}` })),
    groupsKnown: groupsKnown satisfies GroupsKnown,
    ...(person === undefined ? {} : { person }),
    app: { id: 'cxone-na1', defaults },
  }
}

/** Origins as golden files say them. */
export const originsOf = ({ attributes: all }: Explanation): Record<string, string> =>
  Object.fromEntries(
    all.map(({ attribute, from }) => [attribute, from.kind === 'rule' ? `rule ${from.rule}` : from.kind]),
  )

export const whyOf = (decision: Decision): string | undefined => ('why' in decision ? decision.why : undefined)
