/**
 * What a filter says, once it is understood: RFC 7644 section 3.4.2.2.
 * Decides the forms a filter can have; must not know text or SQL.
 *
 * Every node carries the row of the schema table it speaks of, and every literal already has the type of its
 * attribute, so an evaluator or a compiler to SQL needs nothing but this tree. Two rules hold for all of them:
 *
 * - **Unassigned is null.** A place without a value holds null, and so does a multi-valued attribute without elements:
 *   `title ne "x"` and `emails ne "x"` match where there is none, `eq null` matches only there.
 * - **Any value will do.** Over a multi-valued attribute a comparison holds when one element satisfies it.
 */
import type { AttributePath } from '../schema/resource-type.ts'

export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

/** Text for string, reference, binary and dateTime attributes. A dateTime's text is a valid instant. */
export type Literal = string | number | boolean | null

/** `title pr`: there is a value that is not empty. */
export interface Present {
  readonly kind: 'present'
  readonly path: AttributePath
}

/**
 * `userName eq "x"`. The path names a value, never a complex attribute: `emails eq "x"` has become `emails.value`.
 * `null` occurs with eq and ne only; co, sw and ew with strings and references only.
 */
export interface Compare {
  readonly kind: 'compare'
  readonly path: AttributePath
  readonly operator: CompareOperator
  readonly value: Literal
}

/**
 * `emails[type eq "work"]`: one element satisfies the whole inner filter, whose paths all name sub-attributes of
 * `path.attribute`. `emails[type eq "work"].value eq "x"` has become `emails[type eq "work" and value eq "x"]`.
 */
export interface Element {
  readonly kind: 'element'
  readonly path: AttributePath
  readonly filter: Filter
}

export interface Not {
  readonly kind: 'not'
  readonly filter: Filter
}

/** Two terms or more. `and` binds tighter than `or`. */
export interface Junction {
  readonly kind: 'and' | 'or'
  readonly terms: readonly Filter[]
}

export type Filter = Present | Compare | Element | Not | Junction

/** Where a PATCH operation works: RFC 7644 section 3.5.2, figure 7. */
export type PatchPath =
  /** A whole extension, or all attributes of the core schema. */
  | { readonly kind: 'schema'; readonly urn: string }
  /** An attribute, the elements of it that `filter` picks, or `path.sub` of those. */
  | { readonly kind: 'attribute'; readonly path: AttributePath; readonly filter: Filter | undefined }
