/**
 * Any service with a SCIM 2.0 address of its own.
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
  type TargetRef,
} from '../contract.ts'
import { openClient, type Ask } from '../scim-wire/client.ts'
import { advice } from './advice.ts'
import { config, type ScimConfig } from './config.ts'
import { openDoor } from './door.ts'
import { accountOf, ATTRIBUTES, canonical } from './map.ts'
import { openParts, type Parts } from './parts.ts'

export const scim: ConnectorDefinition<ScimConfig> = { type: 'scim', config, advice, calls, open }

function calls({ rate }: ScimConfig): CallManners {
  return { rate }
}

function open(entry: ScimConfig, io: ConnectorIo): Connector {
  const { settings, concurrency } = entry
  const client = openClient({ who: new URL(entry.url).host, door: openDoor(entry, io), io })
  const begin = (correlation?: string): Ask =>
    client.begin({
      patienceMs: settings.patienceSeconds * 1000,
      ...(correlation === undefined ? {} : { correlation }),
    })
  const parts = openParts({ settings, io, begin })

  function read(kind: 'account', from?: string, how?: { readonly whole?: boolean }): Promise<Page<Account>>
  function read(kind: Exclude<Kind, 'account'>): Promise<Page<CatalogueEntry>>
  async function read(
    kind: Kind,
    _from?: string,
    { whole = false }: { readonly whole?: boolean } = {},
  ): Promise<Page<Account | CatalogueEntry>> {
    if (kind === 'account') return listAccounts(parts, begin(), whole)
    // Who has a privileged role is asked of every app; here nobody has any.
    if (kind === 'role') return { records: [], verdict: 'whole' }
    if (kind !== 'group') throw notAble(`catalogue of the kind ${kind}`)
    const { entries, why } = await parts.groups.entries(begin())
    return page(entries, why)
  }

  return {
    // What the server says of itself is known once it was asked for anything; until then it is taken for able.
    get capabilities() {
      const { creates, updates, requires, groups } = parts.known()
      return {
        creates,
        updates,
        reads: ATTRIBUTES,
        requires,
        updatesInactive: true,
        entries: groups ? (['group'] as const) : [],
        grants: groups ? (['group'] as const) : [],
        invites: false,
        concurrency,
      }
    },
    read,
    readOne: (_kind, ref, { whole = false } = {}) => readOne(parts, begin(), { ref, whole }),
    // SCIM has no word for it: the credentials may be nobody's.
    self: async () => undefined,
    resolve: (want, grants = {}) => settled(() => parts.resolve(begin(), want, grants)),
    canonical,
    apply: (change, key) =>
      settled(async () => ({ ok: true as const, seen: await make(parts, begin(key), { change, key }) })),
    close: async () => {},
  }
}

const page = <T>(records: readonly T[], why: string | undefined): Page<T> =>
  why === undefined ? { records, verdict: 'whole' } : { records, verdict: 'partial', why }

async function listAccounts({ list, service, memberships, sight }: Parts, ask: Ask, whole: boolean) {
  const { rows, why } = await list(ask, { path: (await service()).usersPath })
  const hidden = sight.hidden()
  const groupsOf = whole ? await memberships.ofMany(ask, rows) : () => undefined
  const accounts = rows.map((user) => accountOf(user, { hidden, groups: grantsOf(groupsOf(user)) }))
  return page(accounts, why)
}

const grantsOf = (ids: readonly string[] | undefined) => ids?.map((id) => ({ id }))

async function readOne(
  { directory, memberships, sight, service }: Parts,
  ask: Ask,
  { ref, whole }: { readonly ref: TargetRef; readonly whole: boolean },
): Promise<Account | 'absent'> {
  await service()
  const user = 'id' in ref ? (await directory.byId(ask, ref.id))?.user : await directory.byName(ask, ref.userName)
  if (user === undefined) return 'absent'
  sight.note(user)
  const groups = whole ? grantsOf(await memberships.of(ask, user)) : undefined
  return accountOf(user, { hidden: sight.hidden(), groups })
}

interface Making {
  readonly change: Change
  readonly key: string
}

async function make({ writer, makeGrant, sight }: Parts, ask: Ask, { change, key }: Making): Promise<Account> {
  const shown = async (writing: Promise<{ readonly user: Parameters<typeof accountOf>[0] }>) =>
    accountOf((await writing).user, { hidden: sight.hidden() })
  switch (change.kind) {
    case 'create':
      return shown(writer.create(ask, change.want, key))
    case 'update':
      return shown(writer.update(ask, change.account, change.set))
    case 'rename':
      return shown(writer.update(ask, change.account, { userName: change.userName }))
    case 'deactivate':
      return shown(writer.setActive(ask, change.account, false))
    case 'reactivate':
      return shown(writer.setActive(ask, change.account, true))
    case 'grant':
    case 'revoke': {
      if (change.of !== 'group') throw notAble(`${change.of}s`)
      const { found, groups } = await makeGrant(ask, change)
      return accountOf(found.user, { hidden: sight.hidden(), groups: grantsOf(groups) })
    }
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
