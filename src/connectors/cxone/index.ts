/**
 * NICE CXone through its user-management API.
 * Decides how the contract's reads and changes become attempts; must not know envelopes, paths or tokens.
 */
import { createHash } from 'node:crypto'
import type { AccountAttributes } from '../../identity/account.ts'
import {
  ConnectorError,
  type CallManners,
  type Connector,
  type ConnectorDefinition,
  type ConnectorIo,
  type Refusal,
} from '../contract.ts'
import { advice } from './advice.ts'
import { openCatalogue, type UserHubKind } from './catalogue.ts'
import { openClient } from './client.ts'
import { config, type CxoneConfig } from './config.ts'
import { openDirectory } from './directory.ts'
import { openMaker } from './make.ts'
import { canonical, HELD, REQUIRED } from './map.ts'
import type { Parts } from './put.ts'
import { openReader } from './read.ts'
import { openSelf } from './self.ts'
import { openSessions } from './session.ts'
import { openWording } from './wording.ts'
import { updatable } from './write.ts'

export const cxone: ConnectorDefinition<CxoneConfig> = { type: 'cxone', config, advice, calls, open }

/** The header is CXone's own (facts, section 7). Who has the same key calls for the same business unit. */
function calls({ rate, area, issuer, auth }: CxoneConfig): CallManners {
  const where = `${issuer ?? area} ${auth.accessKeyId}`
  const account = `cxone ${createHash('sha256').update(where).digest('hex').slice(0, 16)}`
  return { rate, account, correlationHeader: 'CorrelationId' }
}

function open(entry: CxoneConfig, io: ConnectorIo): Connector {
  const { settings, concurrency } = entry
  const sessions = openSessions(entry, io)
  const client = openClient(sessions, io)
  const catalogue = openCatalogue(io, settings.pageSize)
  const directory = openDirectory(settings, io)
  const parts: Parts = { directory, catalogue, settings, wording: openWording() }
  const reader = openReader(parts, client)
  const make = openMaker(parts)
  const self = openSelf(sessions, directory, entry.auth)
  const patienceMs = settings.patienceSeconds * 1000

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
    read: reader.read,
    readOne: (_kind, ref) => reader.readOne(client.begin({ patienceMs }), ref),
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
        return { ok: true as const, seen: await reader.toAccount(ask, user) }
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
