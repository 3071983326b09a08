/**
 * A tenant with connections and apps in a test database, declared as the product declares them.
 * Must not write rows in a way the product does not.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { applyConfiguration, type DeclaredTenant } from '../../src/operations/apply-configuration.ts'
import type { Caller, OperationContext } from '../../src/operations/context.ts'
import { openWaiters } from '../../src/durable/waiters.ts'
import { answerTo } from '../../src/reconcile/answer.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import { secretBox } from '../../src/store/secrets.ts'
import { createTestDatabase } from '../support/database.ts'
import type { UserDocument } from '../../src/scim/resource.ts'

export interface TestWorld {
  readonly url: string
  readonly db: Db
  readonly operations: OperationContext
  /** Keys that were woken, `tenant/app`. */
  readonly woken: string[]
  readonly secrets: ReturnType<typeof secretBox>
  declare(tenants: readonly DeclaredTenant[]): Promise<{ changed: boolean; deliveries: number }>
  close(): Promise<void>
}

export const caller = (tenant = 'acme', connection = 'okta'): Caller => ({
  tenant,
  connection,
  actor: `connection:${connection}`,
})

/** What a user who was read is kept as. */
export const documentOf = ({ text }: { readonly text: string }): UserDocument => JSON.parse(text) as UserDocument

export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest()

/** A tenant with connection `okta` (and more), each with the token `<tenant>-<connection>-token`, and the apps named. */
export const tenant = (
  id: string,
  apps: readonly string[] = [],
  connections: readonly string[] = ['okta'],
): DeclaredTenant => ({
  id,
  apiKeys: [],
  apps: apps.map((app) => ({
    id: app,
    type: 'memory',
    mode: 'enforce',
    settings: {},
    secrets: { '["auth"]': 'secret of the app' },
  })),
  connections: connections.map((connection) => ({
    id: connection,
    profile: 'generic',
    delivery: 'queue',
    confirmSeconds: 8,
    requestsPerSecond: 10_000,
    apps: [...apps],
    tokens: [{ sha256: tokenHash(`${id}-${connection}-token`) }],
  })),
})

export async function openTestWorld(): Promise<TestWorld> {
  const database = await createTestDatabase()
  const db = openDb(database.url)
  const woken: string[] = []
  const secrets = secretBox(randomBytes(32))
  return {
    url: database.url,
    db,
    woken,
    secrets,
    operations: {
      db,
      wake: { wake: (key) => void woken.push(key) },
      answers: { ...openWaiters({ places: 100 }), foresee: () => 'no-outcome-yet', answerTo },
      now: () => new Date(),
      newId: randomUUID,
    },
    declare: (tenants) => applyConfiguration({ db, secrets }, tenants),
    close: async () => {
      await db.close()
      await database.drop()
    },
  }
}
