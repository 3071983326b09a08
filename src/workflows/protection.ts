/**
 * What is known of an app for the sake of protecting accounts in it: its roles, and who the connector is there.
 * Decides how long that is believed; must not decide what is protected (reconcile/protection.ts).
 */
import type { Connector } from '../connectors/contract.ts'
import type { Account } from '../identity/account.ts'
import { rolesOf, type Protect, type RoleEntry } from '../reconcile/protection.ts'

/** One app's settings about ownership, with what its catalogue says. */
export interface Protection {
  readonly adopt: 'matching' | 'never'
  readonly protect: Protect
  /** The connector's own account; asked once it is known, now and then while it is not. */
  self(): Promise<string | undefined>
  /** The roles of the app, with all that these accounts hold if the app knows them. */
  rolesFor(accounts: readonly Account[]): Promise<readonly RoleEntry[]>
}

const KEPT_MS = 5 * 60_000

export interface ProtectionOptions {
  readonly connector: Pick<Connector, 'read' | 'self'>
  readonly adopt: 'matching' | 'never'
  readonly protect: Protect
  readonly now: () => Date
}

export function openProtection({ connector, adopt, protect, now }: ProtectionOptions): Protection {
  let roles: { readonly entries: readonly RoleEntry[]; readonly until: number } | undefined
  let self: { readonly id: string | undefined; readonly until: number } | undefined

  /** Under way: whoever asks meanwhile waits for the same. */
  let loading: Promise<readonly RoleEntry[]> | undefined
  const load = (): Promise<readonly RoleEntry[]> =>
    (loading ??= readRoles(connector)
      .then((entries) => {
        roles = { entries, until: now().getTime() + KEPT_MS }
        return entries
      })
      .finally(() => {
        loading = undefined
      }))
  return {
    adopt,
    protect,
    self: async () => {
      if (self === undefined || (self.id === undefined && now().getTime() >= self.until))
        self = { id: await connector.self(), until: now().getTime() + KEPT_MS }
      return self.id
    },
    rolesFor: async (accounts) => {
      if (roles === undefined || now().getTime() >= roles.until) return load()
      const { entries } = roles
      const known = accounts.flatMap(rolesOf).every((id) => entries.some((entry) => entry.id === id))
      return known ? entries : load()
    },
  }
}

async function readRoles(connector: Pick<Connector, 'read'>): Promise<readonly RoleEntry[]> {
  const entries: RoleEntry[] = []
  let cursor: string | undefined
  do {
    const page = await connector.read('role', cursor)
    entries.push(...page.records)
    cursor = page.next
  } while (cursor !== undefined)
  return entries
}

/** All accounts of the app; undefined where the listing is not whole. */
export async function readEverybody(connector: Pick<Connector, 'read'>): Promise<readonly Account[] | undefined> {
  const accounts: Account[] = []
  let cursor: string | undefined
  do {
    const page = await connector.read('account', cursor)
    if (page.verdict !== 'whole') return undefined
    accounts.push(...page.records)
    cursor = page.next
  } while (cursor !== undefined)
  return accounts
}
