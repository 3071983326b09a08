/**
 * The CXone simulator in this process, with its control address in a few words.
 * Must not know the connector.
 */
import { startCxoneSimulator } from '../../sim/cxone/server.ts'

export type RawUser = Readonly<Record<string, unknown>> & {
  readonly id: string
  readonly userName: string
  readonly status: string
}

export interface SimulatorState {
  readonly users: readonly RawUser[]
  readonly mails: readonly { readonly to: string; readonly kind: string }[]
  readonly calls: { readonly total: number; readonly byRoute: Readonly<Record<string, number>> }
}

export interface TestCxone {
  /** The entry under `apps:` that points at it. */
  readonly app: { readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>
  state(): Promise<SimulatorState>
  userNamed(userName: string): Promise<RawUser | undefined>
  control<T>(method: string, path: string, body?: unknown): Promise<T>
  /** Every call is cut for so long. */
  outage(seconds: number): Promise<void>
  close(): Promise<void>
}

export async function startCxoneForTest(
  options: { users?: number; seed?: number; entry?: Readonly<Record<string, unknown>> } = {},
): Promise<TestCxone> {
  const simulator = await startCxoneSimulator({ port: 0, users: options.users ?? 10, seed: options.seed ?? 1 })
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(simulator.control + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }
  const state = (): Promise<SimulatorState> => control('GET', '/state')
  return {
    app: {
      id: 'cxone-na1',
      type: 'cxone',
      issuer: simulator.issuer,
      auth: { accessKeyId: { value: simulator.accessKeyId }, accessKeySecret: { value: simulator.accessKeySecret } },
      defaults: { role: 'Agent', team: 'Default Team' },
      // As fast as it goes: the rate has tests of its own.
      rate: { startPerSecond: 1000, perSecond: 1000, burst: 1000 },
      ...options.entry,
    },
    control,
    state,
    userNamed: async (userName) =>
      (await state()).users.find((user) => user.userName.toLowerCase() === userName.toLowerCase()),
    outage: async (seconds) => {
      await control('POST', '/faults', { faults: [{ match: {}, seconds, effect: { drop: true } }] })
    },
    close: () => simulator.close(),
  }
}
