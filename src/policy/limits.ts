/**
 * How large a policy and what it works on may be: what makes every decision end, and soon.
 * Decides the numbers; must not enforce them.
 */

export const LIMITS = {
  /** Characters of one expression. */
  expression: 2_000,
  /** Characters of all expressions of a policy together. */
  expressions: 50_000,
  /** Brackets and conditionals inside one another. */
  depth: 24,
  /** `all`, `exists`, `existsOne`, `filter` and `map` inside one another. */
  macros: 2,
  rules: 200,
  /** Entitlements of one kind that one person is given. */
  grants: 200,
  /** Entries of one list under `give`, and of `among`. */
  given: 50,
  among: 200,
  /** Characters of a name in a policy. */
  name: 200,
  /** Elements of any list that an expression sees or makes. */
  list: 5_000,
  /** Characters of any text that an expression sees or makes. */
  text: 4_096,
  /** Characters of a value that ends up in an account. */
  value: 1_000,
  /** Characters of a regular expression. */
  pattern: 200,
  /** Instructions it is compiled to, and all of a policy together. */
  patternSize: 1_000,
  patternSizes: 5_000,
  patterns: 50,
  /** Steps that all expressions of one decision may take together. */
  steps: 500_000,
} as const
