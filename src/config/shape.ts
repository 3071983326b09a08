/**
 * What a checked configuration looks like to the rest of the product.
 * Decides the shape only; must not know how it is read.
 */
import type { z, ZodType } from 'zod'
import type { Compiled } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import type { PolicyPath } from '../policy/problem.ts'
import type { extensionSchema } from './extension-schema.ts'
import type { Problem } from './problem.ts'
import type { Json } from './source.ts'

export interface Config {
  readonly tenants: readonly TenantConfig[]
  /** Whole lines to be shown to the operator; nothing in them is a secret. */
  readonly warnings: readonly string[]
}

export interface TenantConfig {
  readonly id: string
  readonly apiKeys: readonly ApiKeyConfig[]
  readonly extensions: readonly ExtensionConfig[]
  readonly connections: readonly ConnectionConfig[]
  readonly apps: readonly AppConfig[]
  readonly alerts: readonly AlertConfig[]
}

/** A schema extension, or attributes added to a schema there is. */
export type ExtensionConfig = z.output<typeof extensionSchema>

export interface ApiKeyConfig {
  readonly id: string
  readonly role: 'owner' | 'operator' | 'auditor'
  readonly sha256: Buffer
}

export interface ConnectionConfig {
  readonly id: string
  readonly profile: 'okta' | 'entra' | 'onelogin' | 'generic'
  readonly delivery: 'queue' | 'confirm'
  readonly confirmSeconds: number
  readonly tokens: readonly TokenConfig[]
  readonly oauth?: OauthConfig
  readonly basic?: BasicConfig
  readonly requestsPerSecond: number
  /** Ids of apps of the same tenant, all of which exist. */
  readonly apps: readonly string[]
  /** Those of `apps` whose accounts its provider is shown. */
  readonly showAccountsOf: readonly string[]
}

export interface TokenConfig {
  readonly sha256: Buffer
  readonly name?: string
  readonly expires?: Date
}

export interface OauthConfig {
  readonly clientId: string
  readonly secrets: readonly TokenConfig[]
  readonly scopes: readonly string[]
  readonly tokenSeconds: number
}

export interface BasicConfig {
  readonly username: string
  /** As they are typed: kept in memory until they have been hashed. */
  readonly passwords: readonly string[]
}

export interface AppConfig {
  readonly id: string
  readonly type: string
  /** Absent: decided while it runs, `observe` until somebody says otherwise. */
  readonly mode: 'enforce' | 'observe' | undefined
  readonly adopt: 'matching' | 'never'
  readonly protect: { readonly userNames: readonly string[]; readonly roles?: readonly string[] | undefined }
  readonly readEveryMinutes: number
  /** Absent where the file says nothing about it. */
  readonly policy?: PolicyConfig
  /** The entry as the definition's schema returned it, secrets in place: what `definition.open` takes. */
  readonly entry: unknown
  /** The entry as written, without the keys that every app has and without secrets: may be stored and shown. */
  readonly settings: Json
  /** The secrets by their place in `settings` (a JSON list of keys). `withSecrets(settings, secrets)` is what the schema reads. */
  readonly secrets: Readonly<Record<string, string>>
}

/** A policy that has been checked. */
export interface PolicyConfig {
  readonly policy: Policy
  /** Of the file of its own that it stands in. */
  readonly text?: string
  /** Where something of it stands; `file` where that is another than rollcall.yaml. */
  readonly place: (path: PolicyPath) => Pick<Problem, 'line' | 'column' | 'path' | 'file'>
}

/** Checks a policy of a tenant that declares these extensions. */
export type CompilePolicy = (document: Json, extensions: readonly ExtensionConfig[]) => Compiled

/** Who is told of open items, secrets in place: kept in memory only. */
export type AlertConfig = { readonly id: string } & (
  | {
      readonly type: 'webhook'
      readonly url: string
      readonly secret: string
      readonly oldSecret?: string | undefined
    }
  | {
      readonly type: 'smtp'
      readonly host: string
      readonly port: number
      readonly tls: 'starttls' | 'implicit' | 'none'
      readonly from: string
      readonly to: readonly string[]
      readonly auth?: { readonly user: string; readonly password: string } | undefined
    }
)

/** The kinds of app there are, by type. */
export type Definitions = ReadonlyMap<string, { readonly config: ZodType }>
