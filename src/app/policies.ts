/**
 * Policies at the start: who checks them, and what deliveries and the admin API are given of them.
 * Decides which User a policy of a tenant may speak of; must not know what a policy says.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { readPolicyText, type CompilePolicy } from '../config.ts'
import type { Policies } from '../http/admin/context.ts'
import type { PolicyReader } from '../operations/save-policy.ts'
import { compilePolicy, type Compiled } from '../policy/compile.ts'
import { withDeclared, type DeclaredSchema } from '../scim/schema/declared.ts'
import { USER, type ResourceType } from '../scim/schema/resource-type.ts'
import type { Db } from '../store/db.ts'
import { testPolicy } from '../workflows/policy-test.ts'
import { told } from '../workflows/policy-test-words.ts'
import type { typesOfTenants } from './types-of-tenants.ts'
import type { Targets } from './targets.ts'

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

interface Policing {
  readonly db: Db
  readonly targets: Targets
  readonly compile: Compile
}

/** The admin API's part of it. */
export function policiesOf({ db, targets, compile }: Policing): Policies {
  const read = readerOf(compile)
  const context = {
    db,
    targets,
    compile,
    now: () => new Date(),
    // Who waits for it is answered otherwise by then; it holds up no end of the process.
    sleep: (seconds: number) => sleep(seconds * 1000, undefined, { ref: false }),
  }
  return {
    read,
    test: async ({ written, ...asked }) => {
      const given = written === undefined ? undefined : read(asked.tenant, written)
      if (given?.problems !== undefined) return { ok: false, refusal: { kind: 'problems', problems: given.problems } }
      const result = await testPolicy(context, { ...asked, given: given?.policy })
      return result.ok ? { ok: true, tested: told(result.tested, { given: given !== undefined }) } : result
    },
  }
}

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
