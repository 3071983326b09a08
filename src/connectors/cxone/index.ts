/**
 * NICE CXone through its user-management API.
 * Decides how the contract's reads and changes become attempts; must not know envelopes, paths or tokens.
 */
import { createHash } from 'node:crypto'
import type { Account, AccountAttributes } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import type { Change } from '../../reconcile/change.ts'
import {
  ConnectorError,
  notAble,
  type CallManners,
  type CatalogueEntry,
  type Connector,
  type ConnectorDefinition,
  type ConnectorIo,
  type EntryKind,
  type Kind,
  type Page,
  type Refusal,
} from '../contract.ts'
import { advice } from './advice.ts'
import { catalogueEntry, openCatalogue, type UserHubKind } from './catalogue.ts'
import { openClient, type Ask } from './client.ts'
import { config, type CxoneConfig } from './config.ts'
import { openDirectory } from './directory.ts'
import { accountOf, canonical, HELD, REQUIRED, saysRoleId } from './map.ts'
import type { Parts } from './put.ts'
import type { User } from './schema.ts'
import { openSelf } from './self.ts'
import { openSessions } from './session.ts'
import { deactivate, revive } from './status.ts'
import { openTurns } from './turns.ts'
import { openWording } from './wording.ts'
import { openWriter, updatable } from './write.ts'

export const cxone: ConnectorDefinition<CxoneConfig> = { type: 'cxone', config, advice, calls, open }

/** The header is CXone's own (facts, section 7). Who has the same key calls for the same business unit. */
function calls({ rate, area, issuer, auth }: CxoneConfig): CallManners {
  const where = `${issuer ?? area} ${auth.accessKeyId}`
  const account = `cxone ${createHash('sha256').update(where).digest('hex').slice(0, 16)}`
  return { rate, account, correlationHeader: 'CorrelationId' }
}

/** A listing of thousands is worth a longer wait than one change. */
const LISTING_PATIENCE_MS = 120_000

function open(entry: CxoneConfig, io: ConnectorIo): Connector {
  const { settings, concurrency } = entry
  const sessions = openSessions(entry, io)
  const client = openClient(sessions, io)
  const catalogue = openCatalogue(io, settings.pageSize)
  const directory = openDirectory(settings, io)
  const parts: Parts = { directory, catalogue, settings, wording: openWording() }
  const writer = openWriter(parts)
  const inTurn = openTurns()
  const self = openSelf(sessions, directory, entry.auth)
  const patienceMs = settings.patienceSeconds * 1000

  const toAccount = async (ask: Ask, user: User): Promise<Account> =>
    accountOf(user, saysRoleId(user) ? [] : await catalogue.recent(ask, 'role'))

  const make = (ask: Ask, change: Change, key: string): Promise<User> => {
    switch (change.kind) {
      case 'create':
        return inTurn(`name ${userNameKey(change.want.userName ?? '')}`, () => writer.create(ask, change.want, key))
      case 'update':
        return inTurn(change.account, () => writer.update(ask, change.account, change.set))
      case 'rename':
        return inTurn(change.account, () => writer.update(ask, change.account, { userName: change.userName }))
      case 'deactivate':
        return inTurn(change.account, () => deactivate(parts, ask, change.account))
      case 'reactivate':
        return inTurn(change.account, () => revive(parts, ask, change.account))
      case 'grant':
      case 'revoke':
      case 'invite':
        throw notAble(change.kind)
    }
  }

  const readAccounts = async (): Promise<Page<Account>> => {
    const ask = client.begin({ patienceMs: LISTING_PATIENCE_MS })
    const { users, partial } = await directory.everyone(ask)
    const records: Account[] = []
    for (const user of users) records.push(await toAccount(ask, user))
    return partial === undefined ? { records, verdict: 'whole' } : { records, verdict: 'partial', why: partial }
  }
  const readEntries = async (kind: UserHubKind): Promise<Page<CatalogueEntry>> => {
    const entries = await catalogue.load(client.begin({ patienceMs: LISTING_PATIENCE_MS }), kind)
    return { records: entries.map((known) => catalogueEntry(kind, known)), verdict: 'whole' }
  }
  // One page: the list has no pages of its own, and joining it with the search needs all of both.
  function read(kind: 'account'): Promise<Page<Account>>
  function read(kind: EntryKind): Promise<Page<CatalogueEntry>>
  async function read(kind: Kind): Promise<Page<Account> | Page<CatalogueEntry>> {
    if (kind === 'account') return readAccounts()
    if (kind === 'role' || kind === 'team') return readEntries(kind)
    throw notAble(kind)
  }

  return {
    capabilities: {
      creates: HELD,
      updates: updatable(settings),
      reads: HELD,
      requires: REQUIRED,
      updatesInactive: settings.updatesInactive,
      entries: ['role', 'team'],
      grants: [],
      invites: false,
      concurrency,
    },
    read,
    readOne: async (_kind, ref) => {
      const ask = client.begin({ patienceMs })
      const user = await ('id' in ref ? directory.byId(ask, ref.id) : directory.byName(ask, ref.userName))
      return user === undefined ? 'absent' : toAccount(ask, user)
    },
    resolve: (want, grants = {}) =>
      settled(async () => {
        const ask = client.begin({ patienceMs })
        const id = async (kind: UserHubKind): Promise<AccountAttributes> =>
          want[kind] == null ? {} : { [kind]: (await catalogue.resolve(ask, kind, want[kind])).id }
        return { ok: true as const, want: { ...want, ...(await id('role')), ...(await id('team')) }, grants }
      }),
    self: () => self(client.begin({ patienceMs })),
    canonical,
    apply: (change, key) =>
      settled(async () => {
        const ask = client.begin({ patienceMs, correlation: key })
        const user = await make(ask, change, key)
        directory.wrote(user)
        return { ok: true as const, seen: await toAccount(ask, user) }
      }),
    close: async () => {},
  }
}

/** The refusal that an attempt threw, as a value. */
async function settled<T>(attempt: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof ConnectorError) return error.refusal
    throw error
  }
}
