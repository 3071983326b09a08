/**
 * A complete target in this process, for trials and as the shortest honest example of a connector.
 * Decides how changes become writes to the directory; must not keep anything beyond the life of the process.
 */
import { z } from 'zod'
import type { Account, AccountAttributes } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import type { Change } from '../../reconcile/change.ts'
import { privilegeOfName } from '../../reconcile/protection.ts'
import {
  ConnectorError,
  notAble,
  type CatalogueEntry,
  type Connector,
  type ConnectorDefinition,
  type EntryKind,
  type Kind,
  type Page,
  type Refusal,
  type TargetRef,
} from '../contract.ts'
import { accountOf, canonical, HOLDS, idOf } from './map.ts'
import { gone, openTarget, SessionOver, type MemoryRecord, type MemoryTarget } from './target.ts'

const config = z.strictObject({
  roles: z.array(z.string().min(1)).default(['Agent', 'Manager']).describe('Names of the roles there are.'),
  teams: z.array(z.string().min(1)).default(['Default Team']).describe('Names of the teams there are.'),
  defaults: z
    .strictObject({ role: z.string().optional(), team: z.string().optional() })
    .default({})
    .describe('What an account gets when Rollcall creates it and nothing else decides.'),
  concurrency: z.int().min(1).max(64).default(4).describe('Most deliveries at once.'),
})

export type MemoryConfig = z.infer<typeof config>

export const memory: ConnectorDefinition<MemoryConfig> = {
  type: 'memory',
  config,
  open: ({ roles, teams, concurrency }, io) =>
    connect(openTarget({ roles: catalogue('role', roles), teams: catalogue('team', teams) }, io.now), concurrency),
}

const catalogue = (kind: string, names: readonly string[]): readonly CatalogueEntry[] =>
  names.map((name, index) => ({ id: `${kind}-${index + 1}`, name, active: true }))

/** Connects to a directory that somebody else may hold as well: tests alter it behind the connector's back. */
export function connect(target: MemoryTarget, concurrency = 4): Connector {
  const call = signedIn(target)
  const find = (ref: TargetRef): MemoryRecord | undefined =>
    call((session) => target.accounts(session)).find((record) =>
      'id' in ref ? record.id === ref.id : userNameKey(record.attributes.userName ?? '') === userNameKey(ref.userName),
    )
  const entries = (kind: 'role' | 'team'): readonly CatalogueEntry[] =>
    call((session) => (kind === 'role' ? target.roles(session).map(ranked) : target.teams(session)))
  const ids = (want: AccountAttributes): AccountAttributes => ({
    ...want,
    ...(want.role == null ? {} : { role: idOf('role', want.role, entries('role')) }),
    ...(want.team == null ? {} : { team: idOf('team', want.team, entries('team')) }),
  })
  const write = writer(target, call)

  function read(kind: 'account'): Promise<Page<Account>>
  function read(kind: EntryKind): Promise<Page<CatalogueEntry>>
  async function read(kind: Kind): Promise<Page<Account | CatalogueEntry>> {
    if (kind !== 'account' && kind !== 'role' && kind !== 'team') throw notAble(kind)
    const records = kind === 'account' ? call((session) => target.accounts(session)).map(accountOf) : entries(kind)
    return { records, verdict: 'whole' }
  }

  return {
    capabilities: {
      creates: HOLDS,
      updates: HOLDS,
      reads: HOLDS,
      requires: ['userName'],
      updatesInactive: true,
      entries: ['role', 'team'],
      grants: [],
      invites: false,
      concurrency,
    },
    read,
    readOne: async (_kind, ref) => {
      const record = find(ref)
      return record === undefined ? 'absent' : accountOf(record)
    },
    // The directory has no accounts that sign in to it.
    self: async () => undefined,
    resolve: async (want, grants = {}) => settle(() => ({ ok: true as const, want: ids(want), grants })),
    canonical,
    apply: async (change, key) =>
      settle(() => {
        const id = write(change, key)
        const record = find({ id })
        if (record === undefined) throw new ConnectorError(gone(id))
        return { ok: true as const, seen: accountOf(record) }
      }),
    close: async () => {},
  }
}

/** A directory that knows its roles by name only. */
function ranked(role: CatalogueEntry): CatalogueEntry {
  const privilege = privilegeOfName(role.name)
  return privilege === undefined ? role : { ...role, privilege }
}

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
  const patch = (id: string, fields: Partial<Pick<MemoryRecord, 'state' | 'attributes'>>): string =>
    call((session) => target.patch(session, id, fields)).id

  return (change, key) => {
    switch (change.kind) {
      case 'create':
        return create(change.want, key)
      case 'update':
        return patch(change.account, { attributes: canonical(change.set) })
      case 'rename':
        return patch(change.account, { attributes: { userName: change.userName } })
      case 'deactivate':
        return patch(change.account, { state: 'inactive' })
      case 'reactivate': {
        const inactive = call((session) => target.accounts(session)).some(
          ({ id, state }) => id === change.account && state === 'inactive',
        )
        return inactive ? patch(change.account, { state: 'active' }) : change.account
      }
      case 'grant':
      case 'revoke':
      case 'invite':
        throw notAble(change.kind)
    }
  }
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
