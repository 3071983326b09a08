/**
 * Makes the database say what the configuration says.
 * Decides that applying twice changes nothing and is logged once; must not write to any app.
 */
import type { Db } from '../store/db.ts'
import {
  beginDeclaring,
  completeDeliveries,
  declareApp,
  declareConnection,
  declareCredential,
  declaredNames,
  declareTenant,
  enforceObserved,
  lockConfiguration,
  logDeclared,
  type DeclaredApp,
  type DeclaredConnection,
} from '../store/configuration.ts'
import type { SecretBox } from '../store/secrets.ts'

/** A checked configuration, as far as it becomes rows. */
export interface DeclaredTenant {
  readonly id: string
  readonly apiKeys: readonly { readonly id: string; readonly role: string; readonly sha256: Buffer }[]
  readonly connections: readonly (DeclaredConnection & { readonly tokens: readonly { readonly sha256: Buffer }[] })[]
  readonly apps: readonly (Omit<DeclaredApp, 'sealed'> & { readonly secrets: Readonly<Record<string, string>> })[]
}

export interface Applied {
  readonly changed: boolean
  /** Delivery rows that are due by it: people who were there before their app was, and what was only observed so far. */
  readonly deliveries: number
}

/** One transaction: a start that fails half-way leaves the old configuration in force. */
export function applyConfiguration(
  context: { readonly db: Db; readonly secrets: SecretBox },
  tenants: readonly DeclaredTenant[],
): Promise<Applied> {
  return context.db.transaction(async (tx) => {
    await lockConfiguration(tx)
    const before = new Map((await declaredNames(tx)).map((row) => [row.tenant, row.names]))
    await beginDeclaring(tx)
    for (const tenant of tenants) {
      await declareTenant(tx, tenant.id)
      for (const app of tenant.apps) await declareApp(tx, tenant.id, sealed(context.secrets, tenant.id, app))
      for (const connection of tenant.connections) {
        await declareConnection(tx, tenant.id, connection)
        for (const { sha256 } of connection.tokens)
          await declareCredential(tx, tenant.id, { sha256, kind: 'scim', connection: connection.id })
      }
      for (const { id, role, sha256 } of tenant.apiKeys)
        await declareCredential(tx, tenant.id, { sha256, kind: 'api', key: id, role })
    }
    const after = new Map((await declaredNames(tx)).map((row) => [row.tenant, row.names]))
    let changed = false
    for (const tenant of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(tenant) ?? [], after.get(tenant) ?? []]
      const [added, removed] = [now.filter((name) => !old.includes(name)), old.filter((name) => !now.includes(name))]
      if (added.length + removed.length === 0) continue
      changed = true
      await logDeclared(tx, { tenant, added, removed })
    }
    return { changed, deliveries: (await completeDeliveries(tx)) + (await enforceObserved(tx)) }
  })
}

function sealed(secrets: SecretBox, tenant: string, app: DeclaredTenant['apps'][number]): DeclaredApp {
  const place = { table: 'app', row: `${tenant}/${app.id}`, column: 'sealed' }
  const any = Object.keys(app.secrets).length > 0
  return { ...app, sealed: any ? secrets.encrypt(JSON.stringify(app.secrets), place) : null }
}
