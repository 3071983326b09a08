/**
 * A policy taken apart for deciding: every expression compiled, rules in the order of their strength.
 * Decides how the parts hang together; must not evaluate them.
 */
import type { Expression, Language } from './expression/expression.ts'
import type { Shape } from './expression/shape.ts'
import type { Deactivation, Given, Mapped, OwnedKey, Owns, Several } from './schema.ts'

/** An expression and where it stands: `rules[2].when`. */
export interface Located {
  readonly at: string
  readonly expression: Expression
}

export type Value =
  | { readonly kind: 'fixed'; readonly value: string | null }
  | { readonly kind: 'computed'; readonly from: Located; readonly among?: ReadonlySet<string> }

export interface Entry {
  readonly value: Value
  readonly level?: number
}

export interface Gift {
  readonly single: readonly { readonly key: Given; readonly value: Value }[]
  readonly several: readonly { readonly key: Several; readonly entries: readonly Entry[] }[]
}

export interface Ruling {
  readonly name: string
  readonly priority: number
  readonly when?: Located
  readonly gift: Gift
}

export interface Parts {
  readonly when?: Located
  readonly invite: boolean
  readonly mapping: readonly { readonly key: Mapped; readonly from: Located }[]
  /** The strongest first: by priority, then by place in the policy. */
  readonly rules: readonly Ruling[]
  readonly otherwise: 'none' | 'hold' | Gift | undefined
  readonly owns: Readonly<Record<OwnedKey, Owns>>
  /** Only of kinds that the policy can give. */
  readonly takes: ReadonlyMap<Several, Takes>
  readonly deactivation: Deactivation
  readonly language: Language
  /** Of the user, what any expression looks at, by the names of `Reads`. */
  readonly places: readonly (readonly [
    name: string,
    place: { readonly shape: Shape; readonly at: readonly string[] },
  ])[]
  readonly variables: ReadonlySet<string>
  /** Whether `account.when` can be decided before the groups are known. */
  readonly whenReadsGroups: boolean
}

/** What is taken away that is held and not wanted: while the account follows, and when its person returns. */
export interface Takes {
  readonly following: 'all' | 'none' | readonly string[]
  readonly returning: 'all' | 'none' | readonly string[]
}
