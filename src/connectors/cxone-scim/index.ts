/**
 * NICE CXone through its own SCIM, for tenants that have it.
 * Decides how the contract's reads and changes become attempts; must not know paths, filters or tokens.
 */
import type { Account } from '../../identity/account.ts'
import type { Change } from '../../reconcile/change.ts'
import {
  ConnectorError,
  notAble,
  type CallManners,
  type CatalogueEntry,
  type Connector,
  type ConnectorDefinition,
  type ConnectorIo,
  type Kind,
  type Page,
  type Refusal,
} from '../contract.ts'
import { openClient, type Ask } from '../scim-wire/client.ts'
import type { ScimRecord } from '../scim-wire/record.ts'
import { advice } from './advice.ts'
import { openChanger } from './change.ts'
import { config, type CxoneScimConfig } from './config.ts'
import { openDirectory } from './directory.ts'
import { openDoor } from './door.ts'
import { KIND_OF, openEntries } from './entries.ts'
import { accountOf, ATTRIBUTES, canonical, REFERENCES, REQUIRED } from './map.ts'
import { openWriter, updatable, type Writer } from './write.ts'

export const cxoneScim: ConnectorDefinition<CxoneScimConfig> = { type: 'cxone-scim', config, advice, calls, open }

/** The header is CXone's own (facts, section 7). */
function calls({ rate }: CxoneScimConfig): CallManners {
  return { rate, correlationHeader: 'CorrelationId' }
}

const LISTS_NOBODY =
  'native SCIM of CXone searches by user name and lists nobody; accounts that Rollcall does not know are not seen'

function open(entry: CxoneScimConfig, io: ConnectorIo): Connector {
  const { settings, concurrency } = entry
  const door = openDoor(entry, io)
  const client = openClient({ who: 'CXone', door, io })
  const entries = openEntries(entry)
  const directory = openDirectory(settings, entries)
  const means = { directory, entries, settings, warn: (message: string) => io.log.warn({}, message) }
  const changer = openChanger(means)
  const writer = openWriter(means, changer)
  const begin = (correlation?: string): Ask =>
    client.begin({ patienceMs: settings.patienceSeconds * 1000, ...(correlation === undefined ? {} : { correlation }) })
  const shown = (user: ScimRecord): Account => accountOf(user, changer.hidden())

  function read(kind: 'account'): Promise<Page<Account>>
  function read(kind: Exclude<Kind, 'account'>): Promise<Page<CatalogueEntry>>
  async function read(kind: Kind): Promise<Page<Account | CatalogueEntry>> {
    if (kind === 'account') {
      // Whether CXone is there at all is still an honest question.
      await begin()({ method: 'GET', path: '/Schemas' })
      return { records: [], verdict: 'partial', why: LISTS_NOBODY }
    }
    const reference = REFERENCES.find((name) => KIND_OF[name] === kind)
    if (reference === undefined) throw notAble(`catalogue of the kind ${kind}`)
    return { records: entries.all(reference), verdict: 'whole' }
  }

  return {
    capabilities: {
      creates: ATTRIBUTES,
      updates: updatable(settings),
      reads: ATTRIBUTES,
      requires: REQUIRED,
      updatesInactive: settings.updatesInactive,
      entries: REFERENCES.map((name) => KIND_OF[name]),
      grants: [],
      invites: false,
      concurrency,
    },
    read,
    readOne: async (_kind, ref) => {
      const ask = begin()
      const user = 'id' in ref ? await directory.byId(ask, ref.id) : await directory.byName(ask, ref.userName)
      return user === undefined ? 'absent' : shown(user)
    },
    self: async () => {
      const subject = await door.subject()
      return subject !== undefined && (await directory.byId(begin(), subject)) !== undefined ? subject : undefined
    },
    resolve: (want, grants = {}) =>
      settled(async () => {
        if (want.reportsTo != null) throw notAble('field for whom somebody reports to')
        if (want.licence != null) throw notAble('licence attributes')
        const asked = Object.entries(grants).find(([, { want: some }]) => some.length > 0)
        if (asked !== undefined) throw notAble(`${asked[0]}s`)
        return { ok: true as const, want: entries.resolve(want), grants: {} }
      }),
    canonical,
    apply: (change, key) =>
      settled(async () => ({ ok: true as const, seen: shown(await make(writer, begin(key), { change, key })) })),
    close: async () => {},
  }
}

interface Making {
  readonly change: Change
  readonly key: string
}

async function make(writer: Writer, ask: Ask, { change, key }: Making): Promise<ScimRecord> {
  switch (change.kind) {
    case 'create':
      return writer.create(ask, change.want, key)
    case 'update':
      return writer.update(ask, change.account, change.set)
    case 'rename':
      return writer.update(ask, change.account, { userName: change.userName })
    case 'deactivate':
      return writer.setActive(ask, change.account, false)
    case 'reactivate':
      return writer.setActive(ask, change.account, true)
    case 'grant':
    case 'revoke':
      throw notAble(`${change.of}s`)
    case 'invite':
      throw notAble('invitations')
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
