/**
 * What every connector must be able to do, and what it must say of itself.
 * Decides the border between Rollcall and a target; must not know any target.
 */
import type { z } from 'zod'
import type { AccessKey } from '../identity/access-key.ts'
import type { Account, AccountAttributes, AttributeName, GrantKind, GrantWishes } from '../identity/account.ts'
import type { Change } from '../reconcile/change.ts'
import type { Privilege } from '../reconcile/protection.ts'
import type { Examination, Tell } from './doctor.ts'

/** What a catalogue can hold: that which an account can have or be in. */
export const ENTRY_KINDS = ['role', 'team', 'skill', 'group', 'authenticator', 'security-profile'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/** Kinds of records a connector can read. All but accounts are catalogue entries: a name and an id. */
export type Kind = 'account' | EntryKind

/** A catalogue entry. Inactive entries are listed, since accounts may still hold them, but cannot be wanted. */
export interface CatalogueEntry {
  readonly id: string
  readonly name: string
  readonly active: boolean
  /** Of a skill: the levels that can be held. */
  readonly levels?: { readonly min: number; readonly max: number }
  /** What each account in it is charged for, in the app's words: features of a team. */
  readonly charges?: readonly string[]
  /** Of an authenticator: the app's own passwords, so its people have to be asked in. Absent where the app does not say. */
  readonly system?: boolean
  /** Of a security profile: the role that it belongs to. */
  readonly role?: string
  /** Of a role: how much it may do there, as far as the connector can tell; absent for an ordinary one. Its holders are not adopted. */
  readonly privilege?: Privilege
}

/** How one record is addressed. By `userName` the connector compares without regard to case on what the target returned, and looks at inactive accounts too. */
export type TargetRef = { readonly id: string } | { readonly userName: string }

export type Cursor = string

/**
 * A page of a listing. `whole` on the last page means every record was seen; `partial` that the listing ended
 * early or skipped something (`why`); an unreachable target throws a {@link ConnectorError} instead of a page.
 */
export interface Page<T> {
  readonly records: readonly T[]
  readonly next?: Cursor
  readonly verdict: 'whole' | 'partial'
  readonly why?: string
}

/**
 * When a refused or failed call is worth trying again.
 * `soon`: a passing fault, ordinary back-off. `later`: only after somebody changed something in the app (a missing
 * right, an unknown role): long back-off. `never`: this wish cannot be had as it stands (name taken, value invalid).
 */
export type Retry = 'soon' | 'later' | 'never'

/** Whose fault: `person`'s data, or the `app` as a whole (then everybody waits for the same thing). */
export const CONNECTOR_CODES = {
  'name-taken': { blames: 'person' },
  'value-invalid': { blames: 'person' },
  'account-gone': { blames: 'person' },
  'not-verified': { blames: 'person' },
  'unknown-role': { blames: 'app' },
  'unknown-team': { blames: 'app' },
  'unknown-skill': { blames: 'app' },
  'unknown-group': { blames: 'app' },
  'unknown-authenticator': { blames: 'app' },
  'unknown-licence': { blames: 'app' },
  /** Whom somebody reports to has no account there (yet). */
  'unknown-manager': { blames: 'person' },
  /** The account is there, and a part of the app that follows does not know it yet. */
  'not-mirrored': { blames: 'person' },
  /** What the policy asks for cannot be had by anybody, such as a level that no skill has. */
  'policy-invalid': { blames: 'app' },
  /** The app has as many accounts as its contract allows. */
  'ceiling-reached': { blames: 'app' },
  'right-missing': { blames: 'app' },
  'credentials-refused': { blames: 'app' },
  throttled: { blames: 'app' },
  unreachable: { blames: 'app' },
  'answer-unexpected': { blames: 'app' },
} as const satisfies Record<string, { blames: 'person' | 'app' }>

export type ConnectorCode = keyof typeof CONNECTOR_CODES

export interface Refusal {
  readonly ok: false
  readonly retry: Retry
  /** Not before this instant, where the target said so (Retry-After). */
  readonly after?: Date
  readonly code: ConnectorCode
  /** Which one, where the code is about one of several: the role or team as it was wanted. */
  readonly about?: string
  /** One plain sentence for an administrator: what the target said, and what would be right. Never holds a secret. */
  readonly detail: string
}

/** `seen` is the account as read back after the write; `ok` is never said without having read it. */
export type Outcome = { readonly ok: true; readonly seen: Account } | Refusal

/** Thrown by reads; `apply` and `resolve` return the refusal instead. */
export class ConnectorError extends Error {
  readonly refusal: Refusal
  constructor(refusal: Omit<Refusal, 'ok'>, options?: ErrorOptions) {
    super(refusal.detail, options)
    this.name = 'ConnectorError'
    this.refusal = { ok: false, ...refusal }
  }
}

/** An attempt, or a read, of what a connector's capabilities do not name. */
export const notAble = (what: string): ConnectorError =>
  new ConnectorError({
    code: 'policy-invalid',
    retry: 'later',
    detail: `This kind of app has no ${what}; take it out of what is wanted there.`,
  })

/** Same key, same change: a connector may use it as the target's correlation id. Applying a change twice has the effect of once. */
export type IdempotencyKey = string

/** One open target. Safe for concurrent calls. */
export interface Connector {
  readonly capabilities: Capabilities
  /**
   * Lists a kind page by page, inactive records included, in an order that is stable while nothing changes. `whole`: accounts
   * as {@link Connector.readOne} gives them, where the target can list that; what it cannot is absent.
   */
  read(kind: 'account', from?: Cursor, how?: { readonly whole?: boolean }): Promise<Page<Account>>
  read(kind: EntryKind, from?: Cursor): Promise<Page<CatalogueEntry>>
  /**
   * Reads one account afresh. `absent` is said only when the target was fully and successfully asked. `whole`: with what it
   * holds (`grants`) and the attributes that another part of the target keeps; where that part does not know the account
   * yet, they are absent. Throws {@link ConnectorError}.
   */
  readOne(kind: 'account', ref: TargetRef, how?: { readonly whole?: boolean }): Promise<Account | 'absent'>
  /**
   * The id of the account that the connector itself signs in with; undefined where the target does not say, or there is
   * none. Throws {@link ConnectorError} where it could not be asked.
   */
  self(): Promise<string | undefined>
  /**
   * Every key with which programs sign in as an account, disabled ones included. Not there where the target has none, or
   * does not list them. Throws {@link ConnectorError}: `right-missing` where they may not be seen.
   */
  readKeys?(): Promise<Page<AccessKey>>
  /**
   * Turns names of catalogue entries, and of other accounts, into ids; ids pass through if known. Of what is to be taken
   * away, names that nobody knows are left out: nobody holds them.
   */
  resolve(want: AccountAttributes, grants?: GrantWishes): Promise<Resolved | Refusal>
  /** Pure: the form in which resolved attributes will be read back, without those the target cannot hold. A plan made after an apply is empty. */
  canonical(want: AccountAttributes): AccountAttributes
  /** Makes one change and reads it back. Touches nothing but what the change names. Sends no e-mail. */
  apply(change: Change, key: IdempotencyKey): Promise<Outcome>
  /**
   * Looks at the whole set-up, from the address to the last right that is needed, writes nothing and makes at most 20 calls.
   * What is wrong is a finding, never an error; what lies behind it is `unknown`. Absent where there is no doctor for it.
   */
  examine?(tell: Tell): Promise<Examination>
  /**
   * Where people sign in to the target and what it is called there. Absent where a provider's single sign-on is not set up with
   * such words. Throws {@link ConnectorError}.
   */
  signOnPlace?(): Promise<SignOnPlace>
  /** Releases sockets and timers. */
  close(): Promise<void>
}

/** A tenant of the target, as its sign-in describes it; what it does not say is absent. */
export interface SignOnPlace {
  /** An address, without a slash at the end. */
  readonly issuer: string
  readonly tenantId?: string
  readonly tenantName?: string
  readonly businessUnit?: string
  readonly cluster?: string
  readonly area?: string
}

export interface Resolved {
  readonly ok: true
  readonly want: AccountAttributes
  /** As it was given where nothing was asked. */
  readonly grants: GrantWishes
  /** The authenticator that is wanted is the target's own, so its people have to be asked in; absent where it does not say. */
  readonly invites?: boolean
}

/** What a connector can do, as data: the planner and the console read this, never the connector's code. */
export interface Capabilities {
  /** Attributes it can set when it creates an account. */
  readonly creates: readonly AttributeName[]
  /** Attributes it can change later. `userName` here means it can rename. */
  readonly updates: readonly AttributeName[]
  /** Attributes it can read back, hence verify. */
  readonly reads: readonly AttributeName[]
  /** Attributes without which it cannot create an account. */
  readonly requires: readonly AttributeName[]
  /**
   * False where an inactive account must be reactivated before its attributes can be written, or more can be given to it. To
   * take away what it holds is tried all the same, and may be refused.
   */
  readonly updatesInactive: boolean
  /** The catalogues there are. */
  readonly entries: readonly EntryKind[]
  /** What accounts can hold several of, and can be given and taken. */
  readonly grants: readonly GrantKind[]
  /** People can be asked in. */
  readonly invites: boolean
  /** Most deliveries at once. */
  readonly concurrency: number
}

/** The world, given to a connector by the composition root. */
export interface ConnectorIo {
  readonly fetch: HttpClient
  readonly now: () => Date
  readonly log: { debug(fields: object, message: string): void; warn(fields: object, message: string): void }
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as given; set content-type yourself. */
  readonly body?: string
  /** Largest answer accepted, in bytes, where the client's own bound does not fit: a listing that has no pages. */
  readonly maxBytes?: number
  /** Longest wait for the whole answer, in milliseconds, likewise. */
  readonly totalMs?: number
  /** What the call belongs to, such as the {@link IdempotencyKey} of a change: the first part of the call's own id. */
  readonly correlation?: string
  /** Others wait for this call too, such as a sign-in: it goes before calls for one of them. */
  readonly forAll?: boolean
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/**
 * Bounded in time and size; follows no redirect. Rejects with an `unreachable` {@link ConnectorError} when no answer
 * came, with `answer-unexpected` when it was too large; any status resolves.
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>

/** How often a target may be called. */
export interface CallRate {
  /** Calls a second to begin with, where the target does not say what it bears; more as long as it does not complain. */
  readonly startPerSecond: number
  /** Never more than this. */
  readonly perSecond: number
  /** Calls at once after a rest. */
  readonly burst: number
}

/** How calls to a target are made; without a rate they have no bound. */
export interface CallManners {
  readonly rate?: CallRate
  /** Names the target's account that calls are counted for; apps of a tenant that share one share its rate. Default: the app. */
  readonly account?: string
  /** The header that carries the id of a call. Default `x-correlation-id`. */
  readonly correlationHeader?: string
}

/** A kind of target, as the registry lists it. `C` is the shape of its entry under `apps:` in rollcall.yaml, without id, type and mode. */
export interface ConnectorDefinition<C> {
  readonly type: string
  readonly config: z.ZodType<C>
  /** What mends a refusal in this kind of target, in whole sentences for an administrator: where to go and what to do there. */
  readonly advice?: Readonly<Partial<Record<ConnectorCode, string>>>
  /** How its calls are made. Without it they are as many as the deliveries at once make. */
  calls?(config: C): CallManners
  open(config: C, io: ConnectorIo): Connector
}
