/**
 * Makes the database say what the configuration says.
 * Decides that applying twice changes nothing and is logged once; must not write to any app.
 */
import { randomBytes } from 'node:crypto'
import type { Db, Queryable } from '../store/db.ts'
import {
  beginDeclaring,
  completeDeliveries,
  declareApp,
  declareConnection,
  declareCredential,
  declaredNames,
  declareTenant,
  enforceObserved,
  forgetOldPasswords,
  lockConfiguration,
  logDeclared,
  passwordsOf,
  type DeclaredApp,
  type DeclaredConnection,
} from '../store/configuration.ts'
import { declareReadings } from '../store/account-readings.ts'
import type { AppKey } from '../store/deliveries.ts'
import { retryForPolicy } from '../store/policies.ts'
import type { SecretBox } from '../store/secrets.ts'
import { hideUndeclared } from '../store/shown-accounts.ts'
import { declarePolicy, type DeclaredPolicy } from './save-policy.ts'
import { isPasswordOf, slowHash } from './slow-hash.ts'

/** A checked configuration, as far as it becomes rows. */
export interface DeclaredTenant {
  readonly id: string
  readonly apiKeys: readonly { readonly id: string; readonly role: string; readonly sha256: Buffer }[]
  readonly connections: readonly (DeclaredConnection & DeclaredSignIn)[]
  readonly apps: readonly DeclaredTarget[]
}

interface DeclaredTarget extends Omit<DeclaredApp, 'sealed'> {
  readonly secrets: Readonly<Record<string, string>>
  readonly policy?: DeclaredPolicy
}

interface DeclaredToken {
  readonly sha256: Buffer
  readonly name?: string
  readonly expires?: Date
}

/** How a provider signs in at a connection. */
export interface DeclaredSignIn {
  readonly tokens: readonly DeclaredToken[]
  readonly oauth?: NonNullable<DeclaredConnection['oauth']> & { readonly secrets: readonly DeclaredToken[] }
  /** The passwords as they are typed; only slow hashes become rows. */
  readonly basic?: { readonly username: string; readonly passwords: readonly string[] }
}

export interface Applied {
  readonly changed: boolean
  /** Delivery rows that are due by it: people who were there before their app was, and what was only observed so far. */
  readonly deliveries: number
}

/** One transaction: a start that fails half-way leaves the old configuration in force. */
export async function applyConfiguration(
  context: { readonly db: Db; readonly secrets: SecretBox },
  tenants: readonly DeclaredTenant[],
): Promise<Applied> {
  const decidedAnew: AppKey[] = []
  const applied = await context.db.transaction(async (tx) => {
    await lockConfiguration(tx)
    const before = new Map((await declaredNames(tx)).map((row) => [row.tenant, row.names]))
    await beginDeclaring(tx)
    for (const tenant of tenants) {
      await declareTenant(tx, tenant.id)
      for (const app of tenant.apps) {
        await declareApp(tx, tenant.id, sealed(context.secrets, tenant.id, app))
        const key = { tenant: tenant.id, app: app.id }
        if (app.policy !== undefined && (await declarePolicy(tx, key, app.policy)).changed) decidedAnew.push(key)
      }
      for (const connection of tenant.connections) {
        await declareConnection(tx, tenant.id, connection)
        await declareSignIn(tx, tenant.id, connection)
      }
      for (const { id, role, sha256 } of tenant.apiKeys)
        await declareCredential(tx, tenant.id, { sha256, kind: 'api', key: id, role })
    }
    await forgetOldPasswords(tx)
    await hideUndeclared(tx)
    await declareReadings(tx)
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
  for (const key of decidedAnew) await retryForPolicy(context.db, key)
  return applied
}

function sealed(secrets: SecretBox, tenant: string, app: DeclaredTarget): DeclaredApp {
  const place = { table: 'app', row: `${tenant}/${app.id}`, column: 'sealed' }
  const any = Object.keys(app.secrets).length > 0
  return { ...app, sealed: any ? secrets.encrypt(JSON.stringify(app.secrets), place) : null }
}

async function declareSignIn(
  tx: Queryable,
  tenant: string,
  { id: connection, tokens, oauth, basic }: DeclaredConnection & DeclaredSignIn,
): Promise<void> {
  for (const token of tokens) await declareCredential(tx, tenant, { ...token, kind: 'scim', connection })
  for (const secret of oauth?.secrets ?? [])
    await declareCredential(tx, tenant, { ...secret, kind: 'secret', connection })
  if (basic === undefined) return
  const userName = basic.username
  const known = await passwordsOf(tx, { tenant, connection, userName })
  for (const password of basic.passwords) {
    const row = (await rowOf(known, password)) ?? { sha256: randomBytes(32), slowHash: await slowHash(password) }
    await declareCredential(tx, tenant, {
      sha256: row.sha256,
      kind: 'password',
      connection,
      password: { userName, slowHash: row.slowHash },
    })
  }
}

/** A password that was declared before keeps its row, so that declaring it again changes nothing and does not undo its revocation. */
async function rowOf(
  known: Awaited<ReturnType<typeof passwordsOf>>,
  password: string,
): Promise<(typeof known)[number] | undefined> {
  for (const row of known) if (await isPasswordOf(row.slowHash, password)) return row
  return undefined
}
