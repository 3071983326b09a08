/**
 * Reading accounts and catalogue entries.
 * Decides how users become accounts and what a page holds; must not write.
 */
import type { Account } from '../../identity/account.ts'
import type { CatalogueEntry, EntryKind, Kind, Page, TargetRef } from '../contract.ts'
import { listCharges } from './acd/entries.ts'
import type { Agent } from './acd/schema.ts'
import { authenticatorOf } from './authenticators.ts'
import { catalogueEntry } from './catalogue.ts'
import type { Ask, Client } from './client.ts'
import { listWhole } from './list-whole.ts'
import { accountOf, saysRoleId } from './map.ts'
import type { Parts } from './parts.ts'
import { CxoneRefused } from './refusal.ts'
import type { User } from './schema.ts'
import { wholeAccount, type AcdView } from './whole.ts'

export interface Reader {
  read(kind: 'account', from?: string, how?: { readonly whole?: boolean }): Promise<Page<Account>>
  read(kind: EntryKind): Promise<Page<CatalogueEntry>>
  readOne(ask: Ask, ref: TargetRef, how?: { readonly whole?: boolean }): Promise<Account | 'absent'>
  toAccount(ask: Ask, user: User): Promise<Account>
  /** With what the ACD knows; without `grants`, what is held there is not asked for. */
  toWhole(ask: Ask, user: User, how: { readonly grants: boolean }): Promise<Account>
}

/** A listing of thousands is worth a longer wait than one change. */
const LISTING_PATIENCE_MS = 120_000

export function openReader(parts: Parts, client: Client): Reader {
  const { directory, catalogue } = parts
  const toAccount: Reader['toAccount'] = async (ask, user) =>
    accountOf(user, saysRoleId(user) ? [] : await catalogue.recent(ask, 'role'))
  const toWhole: Reader['toWhole'] = async (ask, user, how) => {
    const plain = await toAccount(ask, user)
    const agent = await parts.agents.of(ask, user.id)
    const view = agent && (await viewOf(parts, ask, { agent, ...how }))
    parts.authenticators.saw(user.raw['loginAuthenticatorId'] ?? authenticatorOf(agent?.raw ?? {}))
    const { sight } = parts
    const seen = { plain, user, view, listed: false, hidden: sight.hidden(user.id) }
    const account = { ...wholeAccount(seen), ...sight.unsettable() }
    noteSeen(parts, account)
    return account
  }

  const readAccounts = async (whole: boolean): Promise<Page<Account>> => {
    const ask = client.begin({ patienceMs: LISTING_PATIENCE_MS })
    const { users, partial } = await directory.everyone(ask)
    const plain = await Promise.all(users.map((user) => toAccount(ask, user)))
    if (!whole) return paged(plain, partial)
    const { records, short } = await listWhole(parts, ask, { users, plain })
    for (const account of records) noteSeen(parts, account)
    return paged(records, partial ?? short)
  }
  const readEntries = async (kind: EntryKind): Promise<Page<CatalogueEntry>> => {
    const ask = client.begin({ patienceMs: LISTING_PATIENCE_MS })
    const entries = await catalogue.load(ask, kind)
    const charges = kind === 'team' ? await chargesOf(parts, ask) : new Map<string, readonly string[]>()
    return paged(entries.map((known) => catalogueEntry(kind, { ...known, ...charged(charges.get(known.id)) })))
  }
  // One page: the list has no pages of its own, and joining it with the search needs all of both.
  function read(kind: 'account', from?: string, how?: { readonly whole?: boolean }): Promise<Page<Account>>
  function read(kind: EntryKind): Promise<Page<CatalogueEntry>>
  async function read(
    kind: Kind,
    _from?: string,
    how?: { readonly whole?: boolean },
  ): Promise<Page<Account> | Page<CatalogueEntry>> {
    return kind === 'account' ? readAccounts(how?.whole === true) : readEntries(kind)
  }
  return {
    read,
    toAccount,
    toWhole,
    readOne: async (ask, ref, how) => {
      const user = await ('id' in ref ? directory.byId(ask, ref.id) : directory.byName(ask, ref.userName))
      if (user === undefined) return 'absent'
      return how?.whole === true ? toWhole(ask, user, { grants: true }) : toAccount(ask, user)
    },
  }
}

const paged = <T>(records: readonly T[], partial?: string): Page<T> =>
  partial === undefined ? { records, verdict: 'whole' } : { records, verdict: 'partial', why: partial }

const charged = (charges: readonly string[] | undefined) => (charges === undefined ? {} : { charges })

/** What teams cost is worth knowing; not to be allowed to know it is no reason to know no teams. */
async function chargesOf({ acd, io }: Parts, ask: Ask): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    return await listCharges(acd, ask)
  } catch (error) {
    if (!(error instanceof CxoneRefused) || error.refusal.code === 'throttled') throw error
    io.log.warn({ why: error.refusal.detail }, 'what teams are charged for cannot be read')
    return new Map()
  }
}

interface Viewing {
  readonly agent: Agent
  readonly grants: boolean
}

async function viewOf({ agents, skills, groups }: Parts, ask: Ask, { agent, grants }: Viewing): Promise<AcdView> {
  const { manager } = agent
  return {
    agent,
    manager: manager === undefined ? null : await agents.userOf(ask, manager),
    ...(grants ? { skills: await skills.heldBy(ask, agent.id), groups: await groups.heldBy(ask, agent.id) } : {}),
  }
}

/** What this tenant has shown of anybody it is expected to show of everybody. */
function noteSeen({ sight }: Parts, { attributes }: Account): void {
  for (const name of ['federatedId', 'hireDate', 'country', 'city', 'employeeNumber'] as const) {
    if (attributes[name] != null) sight.saw(name)
  }
}
