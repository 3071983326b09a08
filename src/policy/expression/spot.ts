/**
 * A mistake in the text of an expression.
 * Decides how a place in an expression is told; must not find mistakes.
 */

export interface Spot {
  /** Offset into the expression's text, from 0. */
  readonly offset: number
  readonly message: string
  readonly fix: string
}
