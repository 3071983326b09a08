/**
 * A simulated CXone whose set-up is broken from outside, and an examination of it through the connector as it is.
 * Must not stand in for any part of the connector.
 */
import { cxone } from '../../src/connectors/cxone/index.ts'
import { ConnectorError, type Connector, type Refusal } from '../../src/connectors/contract.ts'
import { isGood, type Examination, type Finding } from '../../src/connectors/doctor.ts'
import { openHttp } from '../../src/connectors/http.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'

interface SeenCall {
  readonly seq: number
  readonly method: string
  readonly path: string
}

export interface Examined extends Examination {
  readonly ok: boolean
  /** One by its check; fails where there is none. */
  of(check: string): Finding
  /** Checks that are needed and not well. */
  readonly bad: readonly string[]
  /** What the simulator was asked meanwhile. */
  readonly seen: readonly SeenCall[]
}

interface Opening {
  /** Hosts of NICE are this machine, as a hosts file would have it. */
  readonly named?: boolean
  /** Every call is refused before it is made, as by a rate that is used up. */
  readonly refusing?: Omit<Refusal, 'ok'>
}

export interface DoctorWorld {
  readonly cxone: TestCxone
  open(changes?: object, how?: Opening): Connector
  /** Examines it, by an entry with these changes, or through a connector that is open already. */
  examine(how?: { readonly changes?: object; readonly connector?: Connector }): Promise<Examined>
  /** People and keys as at the start; switches, faults and limits too. */
  reset(): Promise<void>
  close(): Promise<void>
}

export async function openDoctorWorld(): Promise<DoctorWorld> {
  const simulator = await startCxoneForTest({ users: 12 })
  const http = openHttp({ connectMs: 2_000, totalMs: 10_000 })
  const { id: _, type: _type, auth, ...entry } = simulator.app
  const { accessKeyId, accessKeySecret } = auth as Record<string, { readonly value: string }>
  const key = { accessKeyId: accessKeyId?.value, accessKeySecret: accessKeySecret?.value }
  const switches = await simulator.control<object>('GET', '/switches')
  const permissions = await permissionsOf(simulator)
  const open: DoctorWorld['open'] = (changes = {}, { named = false, refusing } = {}) => {
    const config = cxone.config.parse({ ...entry, auth: key, authenticators: NAMED, ...changes })
    const log = { debug: () => {}, warn: () => {} }
    const refuse = async (): Promise<never> => {
      throw new ConnectorError(refusing ?? { code: 'unreachable', retry: 'soon', detail: '' })
    }
    const pass: typeof http.fetch = named
      ? (request) => http.fetch({ ...request, url: request.url.replace(NICE, String(simulator.app['issuer'])) })
      : http.fetch
    return cxone.open(config, { fetch: refusing === undefined ? pass : refuse, now: () => new Date(), log })
  }
  let seenTo = 0
  /** Those that came since the last time it was asked. */
  const newCalls = async (): Promise<readonly SeenCall[]> => {
    const seen: SeenCall[] = []
    for (;;) {
      const more = await simulator.control<readonly SeenCall[]>('GET', `/calls?since=${seenTo}&limit=1000`)
      seen.push(...more.filter(({ seq }) => seq > seenTo))
      seenTo = Math.max(seenTo, more.at(-1)?.seq ?? 0)
      if (more.length < 1000) return seen
    }
  }
  return {
    cxone: simulator,
    open,
    examine: async ({ changes = {}, connector = open(changes) } = {}) => {
      await newCalls()
      const told: Finding[] = []
      const examination = await connector.examine?.(async (finding) => void told.push(finding))
      if (examination === undefined) throw new Error('the connector has no doctor')
      const { findings } = examination
      if (JSON.stringify(told) !== JSON.stringify(findings)) throw new Error('not everything was told as it was found')
      return {
        ...examination,
        ok: isGood(findings),
        of: (check) => {
          const found = findings.find((one) => one.check === check)
          if (found === undefined) throw new Error(`nothing was found of ${check}`)
          return found
        },
        bad: findings
          .filter(({ needed, status }) => needed && status !== 'ok' && status !== 'unknown')
          .map(({ check }) => check),
        seen: await newCalls(),
      }
    },
    reset: async () => {
      seenTo = 0
      await simulator.control('POST', '/reset', { users: 12, seed: 1 })
      await simulator.control('PUT', '/switches', switches)
      await simulator.control('PUT', '/service-role', { permissions })
      await simulator.control('PUT', '/role', { roleName: 'Agent', status: 'ACTIVE' })
    },
    close: async () => {
      await http.close()
      await simulator.close()
    },
  }
}

const NICE = /^https:\/\/[a-z0-9]+\.nice-incontact\.com/

/** The two that the simulator always has, by the ids of its seed. */
const NAMED = [
  { id: '24a15b4a-ddc4-4d18-9b0d-94f949b64ca9', name: 'Password', system: true },
  { id: '41579729-78de-4b94-a462-f5cd85671a41', name: 'Single sign-on', system: false },
]

async function permissionsOf(simulator: TestCxone): Promise<readonly string[]> {
  const state = await simulator.control<{
    readonly serviceUserId: string
    readonly users: readonly { readonly id: string; readonly roleId?: string; readonly roleUUID?: string }[]
    readonly roles: readonly {
      readonly roleId: string
      readonly permissions: readonly (string | { permission: string })[]
    }[]
  }>('GET', '/state')
  const user = state.users.find(({ id }) => id === state.serviceUserId)
  const role = state.roles.find(({ roleId }) => roleId === (user?.roleId ?? user?.roleUUID))
  if (role === undefined) throw new Error(`the role of the key is not in the state: ${JSON.stringify(user)}`)
  return role.permissions.map((permission) => (typeof permission === 'string' ? permission : permission.permission))
}
