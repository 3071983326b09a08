/**
 * Many people, an app and differences between them, on a real database with the memory connector that counts its writes.
 * Must not decide what should come of it.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { Connector } from '../../src/connectors/contract.ts'
import { connect } from '../../src/connectors/memory/index.ts'
import {
  openTarget,
  type MemoryRecord,
  type MemorySeed,
  type MemoryTarget,
} from '../../src/connectors/memory/target.ts'
import { createRun, executeRun } from '../../src/durable/runs.ts'
import type { AccountAttributes } from '../../src/identity/account.ts'
import { createGroup } from '../../src/operations/create-group.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { savePolicy, type PolicyReader } from '../../src/operations/save-policy.ts'
import { setMode, type SetModeResult } from '../../src/operations/set-mode.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { fanOutBatch } from '../../src/store/fan-outs.ts'
import { leaseDeliveries } from '../../src/store/leases.ts'
import { listDifferencePeople, readDifference, type DifferencePersonRow } from '../../src/store/views/differences.ts'
import { readRun } from '../../src/store/views/runs.ts'
import { deliver } from '../../src/workflows/deliver.ts'
import type { OpenTarget } from '../../src/workflows/delivery-context.ts'
import { difference, type KeptNumbers } from '../../src/workflows/difference.ts'
import { openPolicies } from '../../src/workflows/policies.ts'
import { openProtection, type ProtectionOptions } from '../../src/workflows/protection.ts'
import { caller, openTestWorld, tenant, type TestWorld } from '../store/world.ts'

export const APP = { tenant: 'acme', app: 'cxone' }

export const SEED: MemorySeed = {
  roles: ['Agent', 'Supervisor', 'Administrator'].map((name) => ({ id: `role-${name}`, name, active: true })),
  teams: [
    { id: 'team-Plain', name: 'Plain', active: true, charges: [] },
    { id: 'team-Rich', name: 'Rich', active: true, charges: ['Quality', 'Forecasts'] },
  ],
  skills: ['Billing', 'Sales', 'Chat'].map((name) => ({
    id: `skill-${name}`,
    name,
    active: true,
    levels: { min: 1, max: 10 },
  })),
  groups: ['Floor 1', 'Floor 2'].map((name) => ({ id: `group-${name}`, name, active: true })),
  authenticators: [
    { id: 'own', name: 'Passwords', active: true, system: true },
    { id: 'saml', name: 'Okta SAML', active: true, system: false },
  ],
}

export interface Differed {
  readonly id: string
  readonly verdict: string | null
  readonly why: string | null
  readonly hash: string | null
  readonly kept: KeptNumbers
  readonly people: readonly DifferencePersonRow[]
}

export interface DifferenceRig {
  readonly world: TestWorld
  readonly target: MemoryTarget
  /** Changes that were made in the app so far. */
  readonly writes: () => number
  /** From now on. */
  use(more: { connector?: (plain: Connector) => Partial<Connector>; settings?: Partial<ProtectionOptions> }): void
  /** Brings a policy into force; answers what of it is worth a warning. */
  save(policy: unknown): Promise<readonly string[]>
  seed(attributes: AccountAttributes, more?: Partial<MemoryRecord>): string
  push(userName: string, more?: object, connection?: string): Promise<string>
  group(displayName: string, members: readonly string[]): Promise<void>
  mode(mode: 'observe' | 'enforce'): Promise<void>
  /** As somebody does who has looked at it. */
  enforce(seen: Pick<Differed, 'id' | 'hash'>): Promise<SetModeResult>
  /** Makes everybody due. */
  everybody(): Promise<void>
  drain(): Promise<void>
  /** A whole run, or the rest of one that was begun; `given` is a policy in place of the one in force. */
  compare(given?: unknown, begun?: string): Promise<Differed>
  /** Stores a run; `compare` executes it. */
  start(given?: unknown): Promise<string>
  /** The steps of plans with this state, people by kind. */
  done(state: 'applied' | 'observed'): Promise<Record<string, number>>
  clear(): Promise<void>
  close(): Promise<void>
}

export async function openDifferenceRig(): Promise<DifferenceRig> {
  const world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'entra'])])
  let target = openTarget(SEED, () => new Date())
  let more: Parameters<DifferenceRig['use']>[0] = {}
  let writes = 0

  const connectorNow = (): Connector => {
    const plain = connect(target)
    const counted: Connector = {
      ...plain,
      apply: (change, key) => {
        writes += 1
        return plain.apply(change, key)
      },
    }
    return { ...counted, ...more.connector?.(counted) }
  }
  const compile = (_tenant: string, document: unknown) => compilePolicy(document)
  let policies = openPolicies({ db: world.db, compile })
  const appNow = (): OpenTarget => {
    const connector = connectorNow()
    const plain = { connector, adopt: 'matching', protect: { userNames: [] }, now: () => new Date() } as const
    return {
      connector,
      defaults: { role: 'Agent', team: 'Plain' },
      protection: openProtection({ ...plain, ...more.settings }),
      policy: () => policies.current(APP),
    }
  }
  const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

  const drain = async (): Promise<void> => {
    const app = appNow()
    for (let lots = 0; lots < 400; lots++) {
      const lot = await leaseDeliveries(world.db, APP, { limit: 20, token: randomUUID() })
      if (lot.length === 0) return
      const bring = (one: (typeof lot)[number]) =>
        deliver(
          {
            db: world.db,
            target: { ...app, mode: one.mode },
            now: () => new Date(),
            newId: randomUUID,
            hash,
            wakeAnswer: () => undefined,
            log: { info: () => {}, warn: () => {} },
          },
          one,
        )
      await Promise.all(lot.map(bring))
    }
    throw new Error('deliveries do not come to an end')
  }

  const start = async (given?: unknown): Promise<string> => {
    const input = { app: APP.app, ...(given === undefined ? {} : { policy: given }) }
    return createRun(world.db, { tenant: APP.tenant, workflow: 'difference', actor: 'key:test', input })
  }
  const execute = async (id: string): Promise<void> => {
    const context = { db: world.db, targets: new Map([['acme/cxone', appNow()]]), compile, hash, now: () => new Date() }
    await executeRun(world.db, id, { difference: async (run) => ({ ...(await difference(context, run)) }) })
  }
  const compare = async (given?: unknown, begun?: string): Promise<Differed> => {
    const id = begun ?? (await start(given))
    await execute(id)
    const run = await readRun(world.db, { tenant: APP.tenant, run: id })
    if (run?.state !== 'done') throw new Error(run?.why ?? 'the run is not done')
    const found = await readDifference(world.db, { tenant: APP.tenant, id })
    if (found === undefined) throw new Error('there is no difference')
    const { items: people } = await listDifferencePeople(world.db, { tenant: APP.tenant, id, limit: 10_000 })
    return { id, verdict: found.verdict, why: found.why, hash: found.hash, kept: found.numbers as KeptNumbers, people }
  }

  return {
    world,
    get target() {
      return target
    },
    writes: () => writes,
    use: (next) => {
      more = { ...more, ...next }
    },
    save: async (document) => {
      const readPolicy: PolicyReader = (name, written) => compile(name, written.document)
      const saved = await savePolicy(
        { ...world.operations, readPolicy },
        { ...APP, written: { document }, actor: 'key:test' },
      )
      if (!saved.ok) throw new Error(JSON.stringify(saved.refusal))
      return saved.saved.warnings
    },
    seed: (attributes, record = {}) => {
      const id = randomUUID()
      target.put({
        id,
        state: 'active',
        attributes: { role: 'role-Agent', team: 'team-Plain', ...attributes },
        notes: '',
        createdAt: '2025-01-01T00:00:00.000Z',
        ...record,
      })
      return id
    },
    push: async (userName, rest = {}, connection = 'okta') => {
      const document = { userName, active: true, name: { givenName: 'Mia', familyName: 'Roth' }, ...rest }
      const made = await createUser(world.operations, caller('acme', connection), document)
      if (!made.ok) throw new Error(made.refusal.kind)
      return made.value.id
    },
    group: async (displayName, members) => {
      const reading = { unknownMembers: 'refuse', note: () => {}, baseUrl: 'https://acme.test' } as const
      const document = { displayName }
      const made = await createGroup(world.operations, caller(), { document, members: new Set(members), reading })
      if (!made.ok) throw new Error(made.refusal.kind)
      while ((await fanOutBatch(world.db, 500)) !== undefined);
    },
    mode: async (mode) => {
      await world.db.query(`update app set mode = $1`, [mode])
    },
    enforce: ({ id, hash: seen }) =>
      setMode(world.operations, { ...APP, actor: 'key:test', enforce: { difference: id, hash: seen ?? '' } }),
    everybody: async () => {
      await world.db.query(
        `update delivery set wanted = delivery.wanted + 1, state = 'due', next_at = now(), attempts = 0`,
      )
    },
    drain,
    start,
    compare,
    done: async (state) => {
      const { rows } = await world.db.query<{ kind: string; people: number }>(
        `select step.value ->> 'kind' as kind, count(distinct plan.delivery_id) as people
         from plan, jsonb_array_elements(plan.steps) as step (value)
         where plan.state = $1 group by 1`,
        [state],
      )
      return Object.fromEntries(rows.map(({ kind, people }) => [kind, people]))
    },
    clear: async () => {
      await world.db.query(
        `truncate identity, identity_email, resource_count, delivery, link, event, plan, membership, scim_group, fan_out, run, difference cascade`,
      )
      await world.db.query(
        `update app set mode = 'enforce', mode_pinned = false, policy_version = null, failures = 0, paused_until = null`,
      )
      // No version of a policy is ever removed; a test begins without any.
      await world.db.query('alter table policy_version disable trigger user')
      await world.db.query('delete from policy_version')
      await world.db.query('alter table policy_version enable trigger user')
      policies = openPolicies({ db: world.db, compile })
      target = openTarget(SEED, () => new Date())
      more = {}
      writes = 0
    },
    close: () => world.close(),
  }
}
