/**
 * What the memory directory has written down, and what every access to it passes.
 * Decides who gets in and what is refused as a whole; must not know which call it is.
 */
import type { AccountAttributes, AccountState, Grants } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import { ConnectorError } from '../contract.ts'
import type { Catalogues } from './entries.ts'
import { full, gone, notMirrored, refusalOfAll, type MemoryFault } from './faults.ts'

/** All that the directory stores of one account. `notes` is a field Rollcall has no word for, and must leave alone. */
export interface MemoryRecord {
  readonly id: string
  readonly state: AccountState
  /** Of one that the directory has disabled: what it was before. */
  readonly before?: AccountState
  readonly attributes: AccountAttributes
  /** What it holds beside role and team; of kinds that are absent: nothing. */
  readonly grants?: Grants
  readonly notes: string
  readonly createdAt: string
}

export interface MemorySeed extends Catalogues {
  /** Most accounts that are not inactive. */
  readonly limit?: number
}

/** Thrown to a caller whose session has ended: sign in again. */
export class SessionOver extends Error {}

export interface Books {
  readonly seed: MemorySeed
  readonly now: () => Date
  readonly records: Map<string, MemoryRecord>
  /** Accounts that the profiles do not know yet. */
  readonly unmirrored: Set<string>
  /** Accounts that somebody works with just now. */
  readonly working: Set<string>
  /** Who was sent an e-mail. */
  readonly mails: string[]
  session: number
  fault: MemoryFault | undefined
  limit: number | undefined
}

export const openBooks = (seed: MemorySeed, now: () => Date): Books => ({
  seed,
  now,
  records: new Map(),
  unmirrored: new Set(),
  working: new Set(),
  mails: [],
  session: 1,
  fault: undefined,
  limit: seed.limit,
})

export function enter({ fault, session, now }: Books, caller: number): void {
  const refusal = fault && refusalOfAll(fault, now())
  if (refusal !== undefined) throw new ConnectorError(refusal)
  if (caller !== session) throw new SessionOver()
}

/** Throws `account-gone`. */
export function find(books: Books, caller: number, id: string): MemoryRecord {
  enter(books, caller)
  const record = books.records.get(id)
  if (record === undefined) throw new ConnectorError(gone(id))
  return record
}

/** For what the profiles keep. Throws `not-mirrored` too. */
export function findMirrored(books: Books, caller: number, id: string): MemoryRecord {
  const record = find(books, caller, id)
  if (books.unmirrored.has(id)) throw new ConnectorError(notMirrored(id))
  return record
}

export const inUse = ({ records }: Books): number =>
  [...records.values()].filter(({ state }) => state !== 'inactive').length

export function refuseBeyondLimit(books: Books): void {
  const { limit } = books
  if (limit !== undefined && inUse(books) >= limit) throw new ConnectorError(full(limit))
}

export function refuseTakenName({ records }: Books, userName: string | undefined, self?: string): void {
  if (userName === undefined) return
  const key = userNameKey(userName)
  const holder = [...records.values()].find((record) => userNameKey(record.attributes.userName ?? '') === key)
  if (holder === undefined || holder.id === self) return
  const detail = `The name ${userName} is taken by the account ${holder.id}, which is ${holder.state}; choose another name.`
  throw new ConnectorError({ code: 'name-taken', retry: 'never', detail })
}

export function setFault(books: Books, fault: MemoryFault | undefined): void {
  books.fault = fault
  books.limit = fault?.kind === 'ceiling' ? inUse(books) + fault.room : books.seed.limit
  if (fault?.kind !== 'mirror') books.unmirrored.clear()
}

/** Whoever holds nothing is known to hold nothing. */
export const writeDown = ({ records }: Books, record: MemoryRecord): void =>
  void records.set(record.id, { ...record, grants: { role: [], skill: [], group: [], ...record.grants } })

/** What the profiles keep. They get to know of an account after it was made. */
const PROFILE = ['reportsTo', 'country', 'city', 'hireDate'] as const satisfies (keyof AccountAttributes)[]

export const inProfile = (attributes: AccountAttributes): boolean =>
  PROFILE.some((name) => attributes[name] !== undefined)

/** As it shows: of an account that the profiles do not know, without what they keep. */
export function shown({ unmirrored }: Books, record: MemoryRecord): MemoryRecord {
  if (!unmirrored.has(record.id)) return record
  const { grants: _kept, attributes, ...rest } = record
  const others = Object.entries(attributes).filter(([name]) => !PROFILE.some((kept) => kept === name))
  return { ...rest, attributes: Object.fromEntries(others) }
}
