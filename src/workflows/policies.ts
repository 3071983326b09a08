/**
 * The policies that decisions are made by: for every app the one in force, ready to be decided by.
 * Decides that each version is compiled once in a process and never outlives its successor; must not decide by one.
 */
import type { Refusal } from '../connectors/contract.ts'
import type { Compiled } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import { renderPolicyProblem, type PolicyProblem } from '../policy/problem.ts'
import type { Queryable } from '../store/db.ts'
import { textOfAppKey, type AppKey } from '../store/deliveries.ts'
import { readCurrentVersion, readPolicyVersion } from '../store/policies.ts'

/** What an app's people are decided by. */
export type CurrentPolicy =
  | { readonly version: number; readonly policy: Policy; readonly invalid?: undefined }
  /**
   * The version cannot be used any more, for example because an extension that it reads is no longer declared. Nobody is
   * decided about on a guess: this refusal is given instead, of kind `policy-invalid`, the same for everybody of the app.
   * It says nothing about who is leaving: they are disabled without a policy.
   */
  | { readonly version: number; readonly invalid: Refusal; readonly policy?: undefined }

export interface Policies {
  /**
   * The policy in force now; `undefined` where the app has none. Asks the database for its number each time (one row by its
   * key), and for the rest once a version. Throws for the database's sake only.
   */
  current(key: AppKey): Promise<CurrentPolicy | undefined>
}

export interface PoliciesOptions {
  readonly db: Queryable
  /** `compilePolicy`, with the User of the tenant. */
  readonly compile: (tenant: string, document: unknown) => Compiled
}

/** Shared by all deliveries of a process. */
export function openPolicies(options: PoliciesOptions): Policies {
  const { db } = options
  const known = new Map<string, { readonly version: number; readonly policy: Promise<CurrentPolicy> }>()
  return {
    current: async (key) => {
      const version = await readCurrentVersion(db, key)
      const text = textOfAppKey(key)
      if (version === undefined) {
        known.delete(text)
        return undefined
      }
      const found = known.get(text)
      if (found?.version === version) return found.policy
      const policy = compileVersion(options, { ...key, version })
      const entry = { version, policy }
      known.set(text, entry)
      // Who asks next tries again.
      policy.catch(() => known.get(text) === entry && known.delete(text))
      return policy
    },
  }
}

async function compileVersion(
  { db, compile }: PoliciesOptions,
  asked: AppKey & { readonly version: number },
): Promise<CurrentPolicy> {
  const { tenant, app, version } = asked
  const row = await readPolicyVersion(db, asked)
  if (row === undefined) throw new Error(`version ${version} of the policy of ${tenant}/${app} is gone`)
  const { policy, problems } = compile(tenant, row.document)
  return policy === undefined ? { version, invalid: refusalOf(asked, problems) } : { version, policy }
}

function refusalOf(
  { app, version }: AppKey & { readonly version: number },
  problems: readonly [PolicyProblem, ...PolicyProblem[]],
): Refusal {
  const [first, ...others] = problems
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return {
    ok: false,
    code: 'policy-invalid',
    retry: 'later',
    detail: `Version ${version} of the policy cannot be used any more: ${renderPolicyProblem(first)}${more} Nobody is decided about until a policy is saved that can be: rollcall policy save --app ${app}`,
  }
}
