/**
 * From a policy as somebody wrote it to one that can be decided by, or everything that is wrong with it.
 * Decides whether a policy can be used; must not know a person.
 */
import type { ResourceType } from '../scim/schema/resource-type.ts'
import type { Policy } from './policy.ts'
import type { PolicyProblem } from './problem.ts'

export interface CompileOptions {
  /** The User as this server has it, with the extensions that were declared. Without it, the User of RFC 7643. */
  readonly user?: ResourceType
}

export type Compiled =
  | { readonly policy: Policy; readonly problems?: undefined }
  | { readonly problems: readonly [PolicyProblem, ...PolicyProblem[]]; readonly policy?: undefined }

/** Reads a document: what YAML or JSON made of it; `undefined`, `null` and `{}` are the policy that says nothing. Never throws. */
export type CompilePolicy = (document: unknown, options?: CompileOptions) => Compiled
