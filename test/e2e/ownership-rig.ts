/**
 * Operations, rows and deliveries on a real database with the memory connector, one delivery at a time.
 * Must not decide what should come of it.
 */
import { randomUUID } from 'node:crypto'
import type { Connector } from '../../src/connectors/contract.ts'
import { connect } from '../../src/connectors/memory/index.ts'
import { openTarget, type MemoryRecord, type MemoryTarget } from '../../src/connectors/memory/target.ts'
import type { AccountAttributes, AccountState } from '../../src/identity/account.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { leaseDeliveries } from '../../src/store/leases.ts'
import { deliver } from '../../src/workflows/deliver.ts'
import type { CurrentPolicy } from '../../src/workflows/policies.ts'
import { openProtection, type Protection, type ProtectionOptions } from '../../src/workflows/protection.ts'
import { caller, openTestWorld, tenant, type TestWorld } from '../store/world.ts'

export const APP = { tenant: 'acme', app: 'cxone' }

export interface OwnershipRig {
  readonly world: TestWorld
  readonly target: MemoryTarget
  readonly connector: Connector
  /** How the connector and the app's settings differ from the plain ones, from now on. */
  use(more: {
    connector?: Partial<Connector>
    settings?: Partial<ProtectionOptions>
    /** One that is kept from delivery to delivery, in place of a new one for each. */
    protection?: Protection
    defaults?: AccountAttributes
    /** A policy as somebody would write it. */
    policy?: unknown
    /** What is held up here goes by this clock. */
    now?: () => Date
  }): void
  /** An account that an administrator of the directory made. Answers its id. */
  seed(attributes: AccountAttributes, state?: AccountState): string
  account(id: string): MemoryRecord | undefined
  named(userName: string): MemoryRecord | undefined
  push(userName: string, more?: object, connection?: string): Promise<string>
  patch(id: string, values: Readonly<Record<string, unknown>>, connection?: string): Promise<void>
  remove(id: string, connection?: string): Promise<void>
  /** Delivers all that is due, and what that made due. */
  drain(): Promise<void>
  row(identity: string): Promise<Record<string, unknown> | undefined>
  link(identity: string): Promise<Record<string, unknown> | undefined>
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** Back to an empty database and directory. */
  clear(): Promise<void>
  close(): Promise<void>
}

const ROLES = ['Agent', 'Supervisor', 'Administrator'].map((name) => ({ id: `role-${name}`, name, active: true }))
const TEAMS = ['Default Team', 'Night'].map((name) => ({ id: `team-${name}`, name, active: true }))
const SKILLS = ['Billing', 'Sales', 'Chat'].map((name) => ({
  id: `skill-${name}`,
  name,
  active: true,
  levels: { min: 1, max: 10 },
}))
const GROUPS = ['Floor 1', 'Floor 2'].map((name) => ({ id: `group-${name}`, name, active: true }))
const AUTHENTICATORS = [
  { id: 'own', name: 'Passwords', active: true, system: true },
  { id: 'saml', name: 'Okta SAML', active: true, system: false },
]

export async function openOwnershipRig(): Promise<OwnershipRig> {
  const world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'entra'])])
  const empty = () =>
    openTarget(
      { roles: ROLES, teams: TEAMS, skills: SKILLS, groups: GROUPS, authenticators: AUTHENTICATORS },
      () => new Date(),
    )
  let target = empty()
  let more: Parameters<OwnershipRig['use']>[0] = {}

  const connectorNow = (): Connector => ({ ...connect(target), ...more.connector })
  const deliverOne = (delivery: Parameters<typeof deliver>[1]) => {
    const connector = connectorNow()
    const plain: ProtectionOptions = {
      connector,
      adopt: 'matching',
      protect: { userNames: [] },
      now: () => new Date(),
    }
    return deliver(
      {
        db: world.db,
        target: {
          connector,
          mode: delivery.mode,
          defaults: more.defaults ?? { role: 'Agent', team: 'Default Team' },
          protection: more.protection ?? openProtection({ ...plain, ...more.settings }),
          policy: async () => current(),
        },
        now: more.now ?? (() => new Date()),
        newId: randomUUID,
        wakeAnswer: () => undefined,
        hash: (value) => JSON.stringify(value),
        log: { info: () => {}, warn: () => {} },
      },
      delivery,
    )
  }
  const current = (): CurrentPolicy | undefined => {
    if (more.policy === undefined) return undefined
    const { policy, problems } = compilePolicy(more.policy)
    if (policy === undefined) throw new Error(JSON.stringify(problems))
    return { version: 1, policy }
  }
  const query = async (text: string, values: unknown[] = []) =>
    (await world.db.query<Record<string, unknown>>(text, values)).rows
  const find = (that: (record: MemoryRecord) => boolean): MemoryRecord | undefined =>
    target
      .ids()
      .flatMap((id) => target.raw(id) ?? [])
      .find(that)

  return {
    world,
    get target() {
      return target
    },
    get connector() {
      return connectorNow()
    },
    use: (next) => {
      more = { ...more, ...next }
    },
    seed: (attributes, state = 'active') => {
      const id = randomUUID()
      const createdAt = '2025-01-01T00:00:00.000Z'
      target.put({
        id,
        state,
        attributes: { role: 'role-Agent', team: 'team-Night', ...attributes },
        notes: '',
        createdAt,
      })
      return id
    },
    account: (id) => target.raw(id),
    named: (userName) => find((record) => record.attributes.userName?.toLowerCase() === userName.toLowerCase()),
    push: async (userName, attributes = {}, connection = 'okta') => {
      const document = { userName, active: true, name: { givenName: 'Mia', familyName: 'Roth' }, ...attributes }
      const made = await createUser(world.operations, caller('acme', connection), document)
      if (!made.ok) throw new Error(made.refusal.kind)
      return made.value.id
    },
    patch: async (id, values, connection = 'okta') => {
      const Operations = Object.entries(values).map(([path, value]) => ({ op: 'replace', path, value }))
      const operations = parsePatch({ Operations }, USER)
      const done = await patchUser(world.operations, caller('acme', connection), { id, operations, note: () => {} })
      if (!done.ok) throw new Error(done.refusal.kind)
    },
    remove: async (id, connection = 'okta') => {
      await deleteUser(world.operations, caller('acme', connection), id)
    },
    drain: async () => {
      for (let lots = 0; lots < 20; lots++) {
        const lot = await leaseDeliveries(world.db, APP, { limit: 9, token: randomUUID() })
        if (lot.length === 0) return
        for (const one of lot) await deliverOne(one)
      }
      throw new Error('deliveries do not come to an end')
    },
    row: async (identity) => (await query('select * from delivery where identity_id = $1 order by id', [identity]))[0],
    link: async (identity) => (await query('select * from link where identity_id = $1', [identity]))[0],
    query,
    clear: async () => {
      await query('truncate identity, identity_email, resource_count, delivery, link, event, plan cascade')
      target = empty()
      more = {}
    },
    close: () => world.close(),
  }
}
