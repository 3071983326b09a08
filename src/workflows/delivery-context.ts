/**
 * What a delivery is given, and how it can stop half-way.
 * Decides shapes only.
 */
import type { Connector, ConnectorDefinition, Refusal } from '../connectors/contract.ts'
import type { AccountAttributes } from '../identity/account.ts'
import type { Change } from '../reconcile/change.ts'
import type { Queryable } from '../store/db.ts'
import type { DeliveryResult } from '../store/deliveries.ts'
import type { CurrentPolicy } from './policies.ts'
import type { Protection } from './protection.ts'

/** An app with its connector, as it is opened at the start. */
export interface OpenTarget {
  readonly connector: Connector
  readonly defaults: AccountAttributes
  /** What mends a refusal there. */
  readonly advice?: ConnectorDefinition<unknown>['advice']
  readonly protection: Protection
  /** The policy in force; undefined where there is none. Throws for the database's sake only. */
  policy(): Promise<CurrentPolicy | undefined>
}

/** An app as a delivery sees it. */
export interface DeliveryTarget extends OpenTarget {
  /** As it was when the row was leased; a plan is stored under the same mode or not at all. */
  readonly mode: 'enforce' | 'observe'
}

/** The world of this workflow: clock, ids and hashing are given. */
export interface DeliverContext {
  readonly db: Queryable
  readonly target: DeliveryTarget
  readonly now: () => Date
  readonly newId: () => string
  readonly hash: (value: unknown) => string
  /** Somebody who waits under this key (store/confirmations.ts) may look: something was decided and is committed. */
  readonly wakeAnswer: (key: string) => void
  /** Told how the row was settled. */
  readonly onSettled?: (state: DeliveryResult['state']) => void
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

/** The lease ran out under our hands: somebody else has the row now, and nothing more may be written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

export interface RefusedWhere {
  /** The app was written to before it. */
  readonly written?: boolean
  /** What was refused. */
  readonly change?: Change | undefined
}

/** A refusal on the way, with the step it happened in. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: Refusal
  readonly step: string
  readonly written: boolean
  readonly change: Change | undefined
  constructor(refusal: Refusal, step: string, { written = false, change }: RefusedWhere = {}) {
    super(refusal.detail)
    this.refusal = refusal
    this.step = step
    this.written = written
    this.change = change
  }
}
