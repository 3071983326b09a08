/**
 * Reading accounts and catalogue entries.
 * Decides how users become accounts and what a page holds; must not write.
 */
import type { Account } from '../../identity/account.ts'
import { notAble, type CatalogueEntry, type EntryKind, type Kind, type Page, type TargetRef } from '../contract.ts'
import { catalogueEntry, type UserHubKind } from './catalogue.ts'
import type { Ask, Client } from './client.ts'
import { accountOf, saysRoleId } from './map.ts'
import type { Parts } from './put.ts'
import type { User } from './schema.ts'

export interface Reader {
  read(kind: 'account'): Promise<Page<Account>>
  read(kind: EntryKind): Promise<Page<CatalogueEntry>>
  readOne(ask: Ask, ref: TargetRef): Promise<Account | 'absent'>
  toAccount(ask: Ask, user: User): Promise<Account>
}

/** A listing of thousands is worth a longer wait than one change. */
const LISTING_PATIENCE_MS = 120_000

export function openReader({ directory, catalogue }: Parts, client: Client): Reader {
  const toAccount: Reader['toAccount'] = async (ask, user) =>
    accountOf(user, saysRoleId(user) ? [] : await catalogue.recent(ask, 'role'))

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
    read,
    toAccount,
    readOne: async (ask, ref) => {
      const user = await ('id' in ref ? directory.byId(ask, ref.id) : directory.byName(ask, ref.userName))
      return user === undefined ? 'absent' : toAccount(ask, user)
    },
  }
}
