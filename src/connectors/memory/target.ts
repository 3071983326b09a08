/**
 * The far side of the memory connector: a directory that lives in this process.
 * Decides which calls it takes and what each does; must not know Rollcall's changes or plans.
 */
import { randomUUID } from 'node:crypto'
import type { AccountAttributes, Grant } from '../../identity/account.ts'
import type { CatalogueEntry, EntryKind } from '../contract.ts'
import {
  enter,
  find,
  findMirrored,
  inProfile,
  openBooks,
  refuseBeyondLimit,
  refuseTakenName,
  setFault,
  shown,
  writeDown,
  type Books,
  type MemoryRecord,
  type MemorySeed,
} from './books.ts'
import { entriesOf } from './entries.ts'
import type { MemoryFault } from './faults.ts'
import { give, take, type Holder, type MemoryRow } from './holdings.ts'

export { SessionOver, type MemoryRecord, type MemorySeed } from './books.ts'
export type { MemoryFault } from './faults.ts'

/** What can be called. Every call can be refused by an injected fault, and names the session it is made in. */
export interface MemoryCalls {
  accounts(session: number): readonly MemoryRecord[]
  entries(session: number, kind: EntryKind): readonly CatalogueEntry[]
  /** Active from the start, unless its person is to sign in with a password of the directory: then they have to be asked in. */
  insert(session: number, attributes: AccountAttributes): MemoryRecord
  /** Lays them over what is stored. This and the calls below throw `account-gone` for an id that the directory does not have. */
  patch(session: number, id: string, attributes: AccountAttributes): void
  disable(session: number, id: string): void
  /** It is again what it was. Nothing happens to one that is not inactive. */
  enable(session: number, id: string): void
  give(session: number, batch: Holder & { readonly grants: readonly Grant[] }): readonly MemoryRow[]
  take(session: number, batch: Holder & { readonly ids: readonly string[] }): readonly MemoryRow[]
  /** Sends an e-mail, whoever they are. */
  invite(session: number, id: string): void
  /** Nothing happens to somebody who does not work with it. */
  logOut(session: number, id: string): void
}

/** One directory, with the ways behind everybody's back that its administrator has, and its tests. */
export interface MemoryTarget extends MemoryCalls {
  signIn(): number
  put(record: MemoryRecord): void
  raw(id: string): MemoryRecord | undefined
  ids(): readonly string[]
  /** Ids of those who were sent an e-mail, one for each, in order. */
  mails(): readonly string[]
  /** Its person begins to work with the account. */
  begin(id: string): void
  works(id: string): boolean
  fault(fault: MemoryFault | undefined): void
  endSessions(): void
}

/** Opens an empty directory. `now` is its clock. */
export function openTarget(seed: MemorySeed, now: () => Date): MemoryTarget {
  const books = openBooks(seed, now)
  const { records, mails, working } = books
  return {
    ...callsOf(books),
    signIn: () => books.session,
    put: (record) => writeDown(books, record),
    raw: (id) => records.get(id),
    ids: () => [...records.keys()],
    mails: () => mails,
    begin: (id) => void working.add(id),
    works: (id) => working.has(id),
    fault: (fault) => setFault(books, fault),
    endSessions() {
      books.session += 1
    },
  }
}

function callsOf(books: Books): MemoryCalls {
  const { records, unmirrored, working, mails, now } = books
  return {
    accounts(caller) {
      enter(books, caller)
      return [...records.values()].map((record) => shown(books, record))
    },
    entries(caller, kind) {
      enter(books, caller)
      return entriesOf(books.seed, kind)
    },
    insert(caller, attributes) {
      enter(books, caller)
      refuseTakenName(books, attributes.userName)
      refuseBeyondLimit(books)
      const state = asksIn(books, attributes) ? 'unregistered' : 'active'
      const record: MemoryRecord = { id: randomUUID(), state, attributes, notes: '', createdAt: now().toISOString() }
      if (books.fault?.kind === 'mirror') unmirrored.add(record.id)
      writeDown(books, record)
      return record
    },
    patch(caller, id, attributes) {
      const record = inProfile(attributes) ? findMirrored(books, caller, id) : find(books, caller, id)
      refuseTakenName(books, attributes.userName, id)
      records.set(id, { ...record, attributes: { ...record.attributes, ...attributes } })
    },
    disable(caller, id) {
      const record = find(books, caller, id)
      if (record.state !== 'inactive') records.set(id, { ...record, state: 'inactive', before: record.state })
    },
    enable(caller, id) {
      const { before = 'active', ...record } = find(books, caller, id)
      if (record.state !== 'inactive') return
      refuseBeyondLimit(books)
      records.set(id, { ...record, state: before })
    },
    give: (caller, batch) => give(books, caller, batch),
    take: (caller, batch) => take(books, caller, batch),
    invite(caller, id) {
      const record = find(books, caller, id)
      mails.push(id)
      if (record.state === 'unregistered') records.set(id, { ...record, state: 'pending' })
    },
    logOut: (caller, id) => void working.delete(findMirrored(books, caller, id).id),
  }
}

const asksIn = ({ seed }: Books, { loginAuthenticator }: AccountAttributes): boolean =>
  seed.authenticators?.some(({ id, system }) => id === loginAuthenticator && system === true) ?? false
