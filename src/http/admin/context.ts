/**
 * What the admin API is given by the composition root.
 * Decides the shape only.
 */
import type { PolicyTestAnswer } from '../../contract/policy.ts'
import type { PolicyReader, WrittenPolicy } from '../../operations/save-policy.ts'
import type { Db } from '../../store/db.ts'
import type { MentionsOf } from '../../store/views/entitlements.ts'
import type { SignOnChecks } from './sso-checks.ts'

/** Stores a run and wakes a worker for it; resolves with its id once it is committed. */
export type StartRun = (run: {
  readonly tenant: string
  readonly workflow: string
  readonly input: Readonly<Record<string, unknown>>
  readonly actor: string
}) => Promise<string>

/** The entries under `alerts:`, as far as the admin API needs them. */
export interface Alerts {
  /** Their ids, of one tenant. */
  ids(tenant: string): readonly string[]
  /** Sends a test message, once, bounded in time; undefined if there is no such entry. */
  test(entry: { tenant: string; id: string }): Promise<{ readonly ok: boolean; readonly detail: string } | undefined>
}

/** What the admin API needs of policies beside the store. */
export interface Policies {
  /** Checks one. */
  readonly read: PolicyReader
  /** Says what a policy comes to for somebody, and looks at the account; writes nothing. */
  test(asked: {
    readonly tenant: string
    readonly app: string
    readonly userName: string
    readonly connection?: string | undefined
    /** Instead of the one in force. */
    readonly written?: WrittenPolicy | undefined
  }): Promise<PolicyTested>
}

export type PolicyTested =
  | { readonly ok: true; readonly tested: PolicyTestAnswer }
  | {
      readonly ok: false
      readonly refusal:
        | { readonly kind: 'no-such-app' }
        | { readonly kind: 'nobody' }
        /** The name is there in these connections. */
        | { readonly kind: 'several'; readonly connections: readonly string[] }
        | {
            readonly kind: 'problems'
            readonly problems: Extract<ReturnType<PolicyReader>, { policy?: undefined }>['problems']
          }
    }

export interface AdminContext {
  readonly db: Db
  readonly startRun: StartRun
  /** Tells workers that there may be something to do under a key. */
  readonly wake: { wake(key: string): void }
  readonly alerts: Alerts
  /** What the defaults and the policy of an app name. */
  readonly mentionsOf: MentionsOf
  readonly policies: Policies
  readonly signOn: SignOnChecks
  /** ROLLCALL_PUBLIC_URL, without a slash at the end; absent where it is not set. */
  readonly publicUrl?: string | undefined
  /** Shown in the OpenAPI document. */
  readonly version: string
  /** Elsewhere an answer with a status that its route does not declare is a loud fault; in production it is logged and sent. */
  readonly production: boolean
}
