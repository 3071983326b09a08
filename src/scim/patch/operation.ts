/**
 * What a PATCH comes down to.
 * Decides the form of one step; must not know the dialects it is written in.
 */
import type { PatchPath } from '../filter/ast.ts'
import type { JsonValue } from '../json.ts'

export type Op = 'add' | 'replace' | 'remove'

/**
 * One step on one place. A path-less operation has been taken apart into one step for each attribute, a complex value
 * into one for each sub-attribute, so that "what is not named stays" (RFC 7644 section 3.5.2.3) holds by itself.
 */
export interface PatchOperation {
  readonly op: Op
  readonly target: PatchPath
  /**
   * In canonical form; a list where the target is a whole multi-valued attribute, one element where a filter picks.
   * Undefined clears the target (T11). On remove a list names the elements that go (T3), undefined takes all.
   */
  readonly value: JsonValue | undefined
  /** What happens where the filter picks no element; without it, one is made. */
  readonly ifNone?: 'refuse'
  /** Where it stands in the request, for messages: `Operations[0]`. */
  readonly where: string
}
