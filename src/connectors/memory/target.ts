/**
 * The far side of the memory connector: a directory that lives in this process.
 * Decides what such a directory refuses, and holds the faults that tests inject; must not know Rollcall's changes or plans.
 */
import { randomUUID } from 'node:crypto'
import type { AccountAttributes, AccountState } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import { ConnectorError, type CatalogueEntry, type Refusal } from '../contract.ts'

/** All that the directory stores of one account. `notes` is a field Rollcall has no word for, and must leave alone. */
export interface MemoryRecord {
  readonly id: string
  readonly state: AccountState
  readonly attributes: AccountAttributes
  readonly notes: string
  readonly createdAt: string
}

export type MemoryFault =
  | { readonly kind: 'outage' }
  | { readonly kind: 'throttle'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'rights' }

export interface MemorySeed {
  readonly roles: readonly CatalogueEntry[]
  readonly teams: readonly CatalogueEntry[]
}

/** Thrown to a caller whose session has ended: sign in again. */
export class SessionOver extends Error {}

/** One directory. Every method but the fault controls can be refused by an injected fault. */
export interface MemoryTarget {
  signIn(): number
  accounts(session: number): readonly MemoryRecord[]
  roles(session: number): readonly CatalogueEntry[]
  teams(session: number): readonly CatalogueEntry[]
  insert(session: number, attributes: AccountAttributes): MemoryRecord
  /** Lays the patch over what is stored. Throws `account-gone` for an id it does not have. */
  patch(session: number, id: string, patch: Partial<Pick<MemoryRecord, 'state' | 'attributes'>>): MemoryRecord
  /** Behind everybody's back, as an administrator of the directory would. */
  put(record: MemoryRecord): void
  raw(id: string): MemoryRecord | undefined
  ids(): readonly string[]
  fault(fault: MemoryFault | undefined): void
  endSessions(): void
}

/** Opens an empty directory. `now` is its clock. */
export function openTarget(seed: MemorySeed, now: () => Date): MemoryTarget {
  const records = new Map<string, MemoryRecord>()
  let session = 1
  let fault: MemoryFault | undefined

  const enter = (caller: number): void => {
    if (fault !== undefined) throw new ConnectorError(refusalOf(fault, now()))
    if (caller !== session) throw new SessionOver()
  }
  const refuseTakenName = (userName: string | undefined, self?: string): void => {
    if (userName === undefined) return
    const key = userNameKey(userName)
    const holder = [...records.values()].find((record) => userNameKey(record.attributes.userName ?? '') === key)
    if (holder === undefined || holder.id === self) return
    const detail = `The name ${userName} is taken by the account ${holder.id}, which is ${holder.state}; choose another name.`
    throw new ConnectorError({ code: 'name-taken', retry: 'never', detail })
  }

  return {
    signIn: () => session,
    accounts(caller) {
      enter(caller)
      return [...records.values()]
    },
    roles(caller) {
      enter(caller)
      return seed.roles
    },
    teams(caller) {
      enter(caller)
      return seed.teams
    },
    insert(caller, attributes) {
      enter(caller)
      refuseTakenName(attributes.userName)
      const record: MemoryRecord = {
        id: randomUUID(),
        state: 'active',
        attributes,
        notes: '',
        createdAt: now().toISOString(),
      }
      records.set(record.id, record)
      return record
    },
    patch(caller, id, patch) {
      enter(caller)
      const before = records.get(id)
      if (before === undefined) throw new ConnectorError(gone(id))
      refuseTakenName(patch.attributes?.userName, id)
      const after = { ...before, ...patch, attributes: { ...before.attributes, ...patch.attributes } }
      records.set(id, after)
      return after
    },
    put: (record) => void records.set(record.id, record),
    raw: (id) => records.get(id),
    ids: () => [...records.keys()],
    fault(next) {
      fault = next
    },
    endSessions() {
      session += 1
    },
  }
}

export const gone = (id: string): Omit<Refusal, 'ok'> => ({
  code: 'account-gone',
  retry: 'never',
  detail: `There is no account ${id} in the directory.`,
})

function refusalOf(fault: MemoryFault, now: Date): Omit<Refusal, 'ok'> {
  switch (fault.kind) {
    case 'outage':
      return { code: 'unreachable', retry: 'soon', detail: 'The directory does not answer.' }
    case 'rights':
      return { code: 'right-missing', retry: 'later', detail: 'The directory does not let this connection do that.' }
    case 'throttle': {
      const after = fault.retryAfterSeconds
      return {
        code: 'throttled',
        retry: 'soon',
        detail: 'The directory has had too many calls.',
        ...(after === undefined ? {} : { after: new Date(now.getTime() + after * 1000) }),
      }
    }
  }
}
