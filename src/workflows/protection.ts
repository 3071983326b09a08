/**
 * What is known of an app for the sake of protecting accounts in it: its roles, and who the connector is there.
 * Decides how long that is believed; must not decide what is protected (reconcile/protection.ts).
 */
import { ConnectorError, type Connector } from '../connectors/contract.ts'
import type { Account } from '../identity/account.ts'
import { isAdministrator, rolesOf, type Protect, type RoleEntry } from '../reconcile/protection.ts'

/** One app's settings about ownership, with what its catalogue says. */
export interface Protection {
  readonly adopt: 'matching' | 'never'
  readonly protect: Protect
  /** The connector's own account; asked once it is known, now and then while it is not. */
  self(): Promise<string | undefined>
  /** The roles of the app, with all that these accounts hold if the app knows them. */
  rolesFor(accounts: readonly Account[]): Promise<readonly RoleEntry[]>
  /** As they were when they were last read, however long ago; none where they never were. */
  lastRoles(): readonly RoleEntry[]
  /**
   * All accounts, read just now; undefined where the listing is not whole. Where the app cannot list them, the administrators
   * of the last whole listing of the last day, if there was one; else throws ConnectorError.
   */
  everybody(): Promise<readonly Account[] | undefined>
}

const KEPT_MS = 5 * 60_000
/** For so long is believed who administered the app besides, while it cannot be asked. */
const ADMINISTRATORS_KEPT_MS = 24 * 3_600_000

export interface ProtectionOptions {
  readonly connector: Pick<Connector, 'read' | 'self'>
  readonly adopt: 'matching' | 'never'
  readonly protect: Protect
  readonly now: () => Date
}

export function openProtection({ connector, adopt, protect, now }: ProtectionOptions): Protection {
  let roles: { readonly entries: readonly RoleEntry[]; readonly until: number } | undefined
  let self: { readonly id: string | undefined; readonly until: number } | undefined

  let administrators: { readonly all: readonly Account[]; readonly at: number } | undefined

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
    lastRoles: () => roles?.entries ?? [],
    everybody: async () => {
      try {
        const all = await readEverybody(connector)
        const entries = roles?.entries ?? []
        if (all !== undefined)
          administrators = { all: all.filter((one) => isAdministrator(one, entries)), at: now().getTime() }
        return all
      } catch (error) {
        const kept = administrators !== undefined && now().getTime() - administrators.at < ADMINISTRATORS_KEPT_MS
        if (error instanceof ConnectorError && kept) return administrators?.all
        throw error
      }
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
