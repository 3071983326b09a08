/**
 * Brings another policy into force for an app, or finds out why not.
 * Decides who may, and that nothing is written to the app by it: people are decided anew as they change. What waited for
 * another policy is due at once.
 */
import { createHash } from 'node:crypto'
import type { Policy } from '../policy/policy.ts'
import type { PolicyProblem } from '../policy/problem.ts'
import type { PolicyDocument } from '../policy/schema.ts'
import type { Db, Queryable } from '../store/db.ts'
import type { AppKey } from '../store/deliveries.ts'
import { askForReading } from '../store/entitlement-readings.ts'
import {
  lockPolicy,
  logPolicySaved,
  retryForPolicy,
  savePolicy as putIntoForce,
  type NewPolicy,
  type PolicyPlace,
} from '../store/policies.ts'
import { wakeApps, type OperationContext } from './context.ts'
import { policyChanges } from './policy-changes.ts'
import { policyWarnings, sentencesOf } from './policy-warnings.ts'

/** A policy as it was handed in: text in YAML or JSON, or what that comes to. */
export type WrittenPolicy =
  | { readonly text: string; readonly document?: undefined }
  | { readonly document: unknown; readonly text?: undefined }

/** With its line and column, counted from 1, where there is a text. */
export interface PlacedProblem extends PolicyProblem {
  readonly line?: number
  readonly column?: number
}

export type ReadPolicy =
  | { readonly policy: Policy; readonly problems?: undefined }
  | { readonly problems: readonly PlacedProblem[]; readonly policy?: undefined }

/** Reads and checks a policy for a tenant, whose extensions it may read. Never throws. */
export type PolicyReader = (tenant: string, written: WrittenPolicy) => ReadPolicy

export interface SavePolicy extends AppKey {
  readonly written: WrittenPolicy
  /** Saved only if this version is in force; 0 for none. */
  readonly expected?: number | undefined
  readonly actor: string
}

export interface Saved {
  readonly version: number
  readonly hash: string
  /** False where it was in force already. */
  readonly changed: boolean
  readonly changes: readonly string[]
  /** What of it costs money, sends e-mail or changes accounts that were there before. */
  readonly warnings: readonly string[]
  /** Deliveries that waited for another policy and are due now. */
  readonly due: number
}

export type SaveRefusal =
  | { readonly kind: 'no-such-app' }
  | { readonly kind: 'detached' }
  /** rollcall.yaml says what it is. */
  | { readonly kind: 'declared' }
  | { readonly kind: 'other-version'; readonly version: number }
  | { readonly kind: 'problems'; readonly problems: readonly PlacedProblem[] }

export type SaveResult =
  | { readonly ok: true; readonly saved: Saved }
  | { readonly ok: false; readonly refusal: SaveRefusal }

interface SaveContext extends Pick<OperationContext, 'db' | 'wake'> {
  readonly db: Db
  readonly readPolicy: PolicyReader
}

/** One transaction, with its event. */
export async function savePolicy(context: SaveContext, asked: SavePolicy): Promise<SaveResult> {
  const { policy, problems } = context.readPolicy(asked.tenant, asked.written)
  const result = await context.db.transaction(async (tx): Promise<SaveResult> => {
    const place = await lockPolicy(tx, asked)
    const refusal = place === undefined ? ({ kind: 'no-such-app' } as const) : objection(place, asked)
    if (place === undefined || refusal !== undefined) return { ok: false, refusal: refusal ?? { kind: 'no-such-app' } }
    if (policy === undefined) return { ok: false, refusal: { kind: 'problems', problems } }
    const { text } = asked.written
    const given = { policy, text, origin: 'saved', by: asked.actor } as const
    return { ok: true, saved: await change(tx, asked, { place, given }) }
  })
  if (!result.ok || !result.saved.changed) return result
  // Whoever was decided about meanwhile, by the policy before, may have begun to wait only now.
  const late = await retryForPolicy(context.db, asked)
  wakeApps(context, asked.tenant, [asked.app])
  return { ...result, saved: { ...result.saved, due: result.saved.due + late } }
}

/** Why it may not be saved. Pure. */
function objection({ detached, declared, current }: PolicyPlace, { expected }: SavePolicy): SaveRefusal | undefined {
  if (detached) return { kind: 'detached' }
  if (declared) return { kind: 'declared' }
  const version = current?.version ?? 0
  return expected === undefined || expected === version ? undefined : { kind: 'other-version', version }
}

/** A policy of rollcall.yaml. */
export interface DeclaredPolicy {
  readonly policy: Policy
  /** Of the file of its own that it stands in. */
  readonly text?: string
}

/**
 * Part of a transaction that declares the app too. Whoever is decided about meanwhile, by another process and the policy
 * before, may begin to wait only then: where it `changed`, {@link retryForPolicy} is for after the transaction, too.
 */
export async function declarePolicy(tx: Queryable, key: AppKey, { policy, text }: DeclaredPolicy): Promise<Saved> {
  const place = await lockPolicy(tx, key)
  if (place === undefined) throw new Error(`the app ${key.app} has a policy and is not there`)
  return change(tx, key, { place, given: { policy, text, origin: 'declared', by: 'configuration' } })
}

interface Given extends Pick<NewPolicy, 'text' | 'origin' | 'by'> {
  readonly policy: Policy
}

async function change(
  tx: Queryable,
  { tenant, app }: AppKey,
  { place: { current }, given }: { readonly place: PolicyPlace; readonly given: Given },
): Promise<Saved> {
  const { policy, text, origin, by } = given
  const { document, canonical, readsGroups } = policy
  const key = { tenant, app }
  const hash = createHash('sha256').update(canonical).digest('hex')
  const row = { hash, document, text, origin, readsGroups, by }
  const { version, changed } = await putIntoForce(tx, key, current === undefined ? row : { ...row, current })
  if (!changed) return { version, hash, changed, changes: [], warnings: [], due: 0 }
  const changes = policyChanges(current?.document, document)
  const warnings = (await policyWarnings(tx, key, { before: documentOf(current), policy })).map(sentencesOf)
  await logPolicySaved(tx, { ...key, version, hash, changed, changes, origin, by })
  // What it names is looked up in the app.
  await askForReading(tx, [key])
  return { version, hash, changed, changes, warnings, due: await retryForPolicy(tx, key) }
}

/** As an earlier version of Rollcall may have kept it: any part of it may be missing. */
const documentOf = (row: { readonly document: unknown } | undefined): Partial<PolicyDocument> | undefined =>
  typeof row?.document === 'object' && row.document !== null ? row.document : undefined
