/**
 * What a decision is made from.
 * Decides what the caller has to know of a person and an app; must not read it from anywhere.
 */
import type { AccountAttributes } from '../identity/account.ts'
import type { ProjectedIdentity } from '../identity/project.ts'
import type { JsonValue } from '../scim/json.ts'

/** A group that the identity is in, itself or through another group. */
export interface FactGroup {
  readonly id: string
  readonly displayName: string
  readonly externalId?: string | undefined
}

/**
 * Whether `groups` is all there will be. `waiting`: the identity is new and its provider may not have pushed its groups
 * yet. `overdue`: they have been waited for as long as the policy says. Only asked where the policy reads groups.
 */
export type GroupsKnown = 'yes' | 'waiting' | 'overdue'

export interface Facts {
  readonly identity: ProjectedIdentity
  /** Direct and indirect, in any order. */
  readonly groups: readonly FactGroup[]
  readonly groupsKnown: GroupsKnown
  /** What is known of the person over all connections: `person.…` in expressions. */
  readonly person?: Readonly<Record<string, JsonValue>>
  readonly app: {
    readonly id: string
    /** The app's `defaults` for accounts that Rollcall makes. */
    readonly defaults: AccountAttributes
  }
}
