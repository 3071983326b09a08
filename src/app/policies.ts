/**
 * Policies at the start: who checks them, and what deliveries and the admin API are given of them.
 * Decides which User a policy of a tenant may speak of; must not know what a policy says.
 */
import { readPolicyText, type CompilePolicy } from '../config.ts'
import type { PolicyReader } from '../operations/save-policy.ts'
import { compilePolicy, type Compiled } from '../policy/compile.ts'
import { withDeclared, type DeclaredSchema } from '../scim/schema/declared.ts'
import { USER, type ResourceType } from '../scim/schema/resource-type.ts'
import type { typesOfTenants } from './configuration.ts'

/** Checks a policy of a tenant. */
export type Compile = (tenant: string, document: unknown) => Compiled

/** For policies that rollcall.yaml declares, beside what it declares of the User. */
export const compileDeclared: CompilePolicy = (document, extensions) =>
  compilePolicy(document, { user: userOf(typesOf(extensions)) })

export const compilerOf =
  (types: ReturnType<typeof typesOfTenants>): Compile =>
  (tenant, document) =>
    compilePolicy(document, { user: userOf(types.get(tenant) ?? []) })

/** For policies that are handed in. */
export const readerOf =
  (compile: Compile): PolicyReader =>
  (tenant, { text, document }) =>
    text === undefined ? compile(tenant, document) : readPolicyText(text, (read) => compile(tenant, read))

const userOf = (types: readonly ResourceType[]): ResourceType => types.find(({ name }) => name === 'User') ?? USER

/** Extensions that do not go together are told of elsewhere; until then there are none. */
function typesOf(extensions: readonly DeclaredSchema[]): readonly ResourceType[] {
  try {
    return withDeclared(extensions)
  } catch (error) {
    if (error instanceof TypeError) return []
    throw error
  }
}
