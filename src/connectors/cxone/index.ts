/**
 * NICE CXone through its user-management API.
 * Decides how the contract's reads and changes become attempts; must not know envelopes, paths or tokens.
 */
import { createHash } from 'node:crypto'
import { GRANT_KINDS } from '../../identity/account.ts'
import {
  ConnectorError,
  ENTRY_KINDS,
  type CallManners,
  type Connector,
  type ConnectorDefinition,
  type ConnectorIo,
  type Refusal,
} from '../contract.ts'
import { listKeys } from './access-keys.ts'
import { advice } from './advice.ts'
import { doubtAbout } from './areas.ts'
import { openClient } from './client.ts'
import { config, type CxoneConfig } from './config.ts'
import { examine } from './doctor/index.ts'
import { remembering } from './doctor/last-session.ts'
import { openMaker } from './make.ts'
import { ATTRIBUTES, canonical, CREATED, REQUIRED } from './map.ts'
import { openParts } from './parts.ts'
import { openReader } from './read.ts'
import { openResolver } from './resolve.ts'
import { openSelf } from './self.ts'
import { openSessions } from './session.ts'
import { signOnPlace } from './sign-on-place.ts'
import { updatable } from './write.ts'

export const cxone: ConnectorDefinition<CxoneConfig> = { type: 'cxone', config, advice, calls, open }

/**
 * The header is CXone's own (facts, section 7). Who has the same key calls for the same business unit, by whichever address
 * and whichever application.
 */
function calls({ rate, auth }: CxoneConfig): CallManners {
  const account = `cxone ${createHash('sha256').update(auth.accessKeyId).digest('hex').slice(0, 16)}`
  return { rate, account, correlationHeader: 'CorrelationId' }
}

function open(entry: CxoneConfig, io: ConnectorIo): Connector {
  const { settings, concurrency } = entry
  const doubt = doubtAbout(entry)
  if (doubt !== undefined) io.log.warn({}, doubt)
  const sessions = remembering(openSessions(entry, io))
  const client = openClient(sessions, io)
  const parts = openParts(entry, io)
  const reader = openReader(parts, client)
  const self = openSelf(sessions, parts.directory, entry.auth)
  const make = openMaker(parts, { reader, self })
  const resolve = openResolver(parts)
  const patienceMs = settings.patienceSeconds * 1000

  return {
    capabilities: {
      creates: CREATED,
      updates: updatable(settings),
      reads: ATTRIBUTES,
      requires: REQUIRED,
      updatesInactive: settings.updatesInactive,
      entries: ENTRY_KINDS,
      grants: GRANT_KINDS,
      invites: true,
      concurrency,
    },
    read: reader.read,
    readOne: (_kind, ref, how) => reader.readOne(client.begin({ patienceMs }), ref, how),
    readKeys: () => listKeys(client.begin({ patienceMs })),
    resolve: (want, grants = {}) => settled(() => resolve(client.begin({ patienceMs }), want, grants)),
    self: () => self(client.begin({ patienceMs })),
    canonical,
    apply: (change, key) =>
      settled(async () => {
        const ask = client.begin({ patienceMs, correlation: key })
        return { ok: true as const, seen: await make(ask, change, key) }
      }),
    // With a session of its own: that of the deliveries may still be good though nobody could sign in anew.
    examine: (tell) => examine(entry, io, { tell, last: sessions.last() }),
    signOnPlace: () => signOnPlace(entry, sessions),
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
