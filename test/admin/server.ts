/**
 * The admin API on a database of its own, as the composition root would mount it.
 * Must not be used by product code.
 */
import Fastify, { type FastifyInstance, type InjectOptions, type LightMyRequestResponse } from 'fastify'
import { createRun } from '../../src/durable/runs.ts'
import { compilerOf, policiesOf } from '../../src/app/policies.ts'
import type { Targets } from '../../src/app/targets.ts'
import { adminRoutes } from '../../src/http/admin/routes.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import type { Mention } from '../../src/store/views/entitlements.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { ACME, KEYS, seedTenants } from './rows.ts'

export interface AdminServer {
  readonly app: FastifyInstance
  readonly db: Db
  /** Asks with the operator's key unless another is given; null sends none. */
  ask(url: string, options?: Omit<InjectOptions, 'url'> & { key?: string | null }): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

export async function openAdminServer(
  options: {
    production?: boolean
    mount?: (app: FastifyInstance) => void
    mentions?: (tenant: string) => Mention[]
    targets?: Targets
  } = {},
): Promise<AdminServer> {
  const database: TestDatabase = await createTestDatabase()
  const db = openDb(database.url, { max: 4 })
  await seedTenants(db)
  const app = Fastify()
  options.mount?.(app)
  await app.register(adminRoutes, {
    db,
    wake: { wake: () => {} },
    startRun: (run) => createRun(db, run),
    alerts: {
      ids: (tenant) => (tenant === ACME ? ['works', 'fails'] : []),
      test: async ({ tenant, id }) =>
        tenant !== ACME || !['works', 'fails'].includes(id)
          ? undefined
          : { ok: id === 'works', detail: `hooks.example answered for ${id}.` },
    },
    policies: policiesOf({ db, targets: options.targets ?? new Map(), compile: compilerOf(new Map()) }),
    mentionsOf: async ({ tenant }) => options.mentions?.(tenant) ?? [],
    signOn: { guide: async () => undefined, check: async () => undefined, give: async () => undefined },
    version: '0.0.0-test',
    production: options.production ?? false,
  })
  return {
    app,
    db,
    ask: async (url, { key = KEYS.operator, headers = {}, ...rest } = {}) =>
      app.inject({
        method: 'GET',
        ...rest,
        url,
        headers: { ...headers, ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
      }),
    close: async () => {
      await app.close()
      await db.close()
      await database.drop()
    },
  }
}
