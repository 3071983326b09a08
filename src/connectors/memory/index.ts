/**
 * A complete target in this process, for trials and as the shortest honest example of a connector.
 * Decides how changes become calls to the directory; must not keep anything beyond the life of the process.
 */
import { GRANT_KINDS, type Account, type AccountAttributes } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import type { Change } from '../../reconcile/change.ts'
import {
  ConnectorError,
  ENTRY_KINDS,
  type CatalogueEntry,
  type Connector,
  type ConnectorDefinition,
  type EntryKind,
  type Kind,
  type Page,
  type Refusal,
  type TargetRef,
} from '../contract.ts'
import { config, seedOf, type MemoryConfig } from './config.ts'
import { examine } from './doctor.ts'
import { gone } from './faults.ts'
import type { MemoryRow } from './holdings.ts'
import { accountOf, canonical, HOLDS } from './map.ts'
import { resolve } from './resolve.ts'
import { openTarget, SessionOver, type MemoryRecord, type MemoryTarget } from './target.ts'

export const memory: ConnectorDefinition<MemoryConfig> = {
  type: 'memory',
  config,
  open: (entry, io) => {
    const target = openTarget(seedOf(entry), io.now)
    const entries = (kind: EntryKind) => target.entries(target.signIn(), kind)
    const { concurrency, defaults } = entry
    return { ...connect(target, concurrency), examine: (tell) => examine({ entries, defaults }, tell) }
  },
}

/** Connects to a directory that somebody else may hold as well: tests alter it behind the connector's back. */
export function connect(target: MemoryTarget, concurrency = 4): Connector {
  const call = signedIn(target)
  const find = (ref: TargetRef): MemoryRecord | undefined =>
    call((session) => target.accounts(session)).find((record) =>
      'id' in ref ? record.id === ref.id : userNameKey(record.attributes.userName ?? '') === userNameKey(ref.userName),
    )
  const directory = {
    entries: (kind: EntryKind) => call((session) => target.entries(session, kind)),
    account: (wanted: string) => find({ id: wanted }) ?? find({ userName: wanted }),
  }
  const write = writer(target, call)

  function read(kind: 'account', from?: string, how?: { readonly whole?: boolean }): Promise<Page<Account>>
  function read(kind: EntryKind): Promise<Page<CatalogueEntry>>
  async function read(
    kind: Kind,
    _from?: string,
    { whole = false }: { readonly whole?: boolean } = {},
  ): Promise<Page<Account | CatalogueEntry>> {
    if (kind !== 'account') return { records: directory.entries(kind), verdict: 'whole' }
    const records = call((session) => target.accounts(session))
    return { records: records.map((record) => accountOf(record, whole)), verdict: 'whole' }
  }

  return {
    capabilities: {
      creates: HOLDS,
      updates: HOLDS,
      reads: HOLDS,
      requires: ['userName'],
      updatesInactive: true,
      entries: ENTRY_KINDS,
      grants: GRANT_KINDS,
      invites: true,
      concurrency,
    },
    read,
    readOne: async (_kind, ref, { whole = false } = {}) => {
      const record = find(ref)
      return record === undefined ? 'absent' : accountOf(record, whole)
    },
    // The directory has no accounts that sign in to it.
    self: async () => undefined,
    resolve: async (want, grants = {}) => settle(() => resolve(directory, want, grants)),
    canonical,
    apply: async (change, key) =>
      settle(() => {
        const id = write(change, key)
        const record = find({ id })
        if (record === undefined) throw new ConnectorError(gone(id))
        return { ok: true as const, seen: accountOf(record, SHOWS_GRANTS.has(change.kind)) }
      }),
    close: async () => {},
  }
}

/** Changes that are seen only in a whole read. */
const SHOWS_GRANTS: ReadonlySet<Change['kind']> = new Set(['grant', 'revoke'])

type Call = <T>(ask: (session: number) => T) => T

/** Renews the session once when the directory has ended it; a second end is the caller's trouble. */
function signedIn(target: MemoryTarget): Call {
  let session = target.signIn()
  return (ask) => {
    try {
      return ask(session)
    } catch (error) {
      if (!(error instanceof SessionOver)) throw error
      session = target.signIn()
      return ask(session)
    }
  }
}

/** Makes a change and says the id of the account it was made to. */
function writer(target: MemoryTarget, call: Call): (change: Change, key: string) => string {
  const made = new Map<string, string>()
  const create = (want: AccountAttributes, key: string): string => {
    const id = made.get(key) ?? call((session) => target.insert(session, canonical(want))).id
    made.set(key, id)
    return id
  }
  const write = (change: Exclude<Change, { kind: 'create' }>) => {
    const { account } = change
    switch (change.kind) {
      case 'update':
        return call((session) => target.patch(session, account, canonical(change.set)))
      case 'rename':
        return call((session) => target.patch(session, account, { userName: change.userName }))
      case 'deactivate':
        if (change.endSession === true) settle(() => call((session) => target.logOut(session, account)))
        return call((session) => target.disable(session, account))
      case 'reactivate':
        return call((session) => target.enable(session, account))
      case 'grant':
        return assertDone(call((session) => target.give(session, change)))
      case 'revoke':
        return assertDone(call((session) => target.take(session, change)))
      case 'invite':
        return invite(account)
    }
  }
  /** The directory would write to anybody as often as it is asked. */
  const invite = (account: string) => {
    const { state } = call((session) => target.accounts(session)).find(({ id }) => id === account) ?? {}
    if (state === undefined) throw new ConnectorError(gone(account))
    if (state === 'unregistered') call((session) => target.invite(session, account))
  }

  return (change, key) => {
    if (change.kind === 'create') return create(change.want, key)
    write(change)
    return change.account
  }
}

/** A batch as a whole always succeeds; each row says for itself what came of it. */
function assertDone(rows: readonly MemoryRow[]): void {
  const failed = rows.find(({ error }) => error !== undefined)
  if (failed?.error !== undefined) throw new ConnectorError(failed.error)
}

/** The refusal that an attempt threw, as a value. */
function settle<T>(attempt: () => T): T | Refusal {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof ConnectorError) return error.refusal
    throw error
  }
}
