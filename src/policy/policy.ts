/**
 * A policy that has been checked and can be decided by, and what can be asked of it without a person.
 * Decides what others may know of a policy; must not evaluate it.
 */
import type { Parts } from './parts.ts'
import type { Deactivation, Given, PolicyDocument, Several } from './schema.ts'

/** Made by `compilePolicy` only. Holds no state: one may be used for everybody, and at the same time. */
export interface Policy {
  readonly document: PolicyDocument
  /** Text of the document that is equal for equal policies: what a version's hash is made of. */
  readonly canonical: string
  readonly deactivation: Deactivation
  /** Whether any expression looks at groups: then their members are to be decided anew when groups change. */
  readonly readsGroups: boolean
  /** The same for `person`. */
  readonly readsPerson: boolean
  readonly waitForGroups: PolicyDocument['waitForGroups']
  readonly mentions: Mentions
  /** For `decide` and `explain`. */
  readonly parts: Parts
}

export type MentionKey = Given | Several

/** Everything that a policy can give, by its key under `give`: what is to be looked up in the app's catalogue. */
export interface Mentions {
  /** Names or ids, sorted, each once. */
  readonly named: Readonly<Record<MentionKey, readonly Mention[]>>
  /** Keys whose values an expression gives without an `among`: what they come to is only known person by person. */
  readonly open: readonly MentionKey[]
}

export interface Mention {
  readonly name: string
  /** Every place in the policy: `rules[0].give.role`. */
  readonly at: readonly string[]
}

export const readsGroups = ({ readsGroups: reads }: Policy): boolean => reads
export const mentions = ({ mentions: all }: Policy): Mentions => all
