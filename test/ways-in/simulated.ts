/**
 * The connector opened on a simulated CXone by any way in, with its clock moved by hand.
 * Decides nothing of what is right; knows the simulator by its control API only.
 */
import { cxone } from '../../src/connectors/cxone/index.ts'
import type { Connector } from '../../src/connectors/contract.ts'
import { openHttp } from '../../src/connectors/http.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'

export interface Opened {
  readonly connector: Connector
  /** Milliseconds that the connector's clock is ahead. */
  readonly clock: { ahead: number }
  close(): Promise<void>
}

export interface Simulated extends TestCxone {
  /** The pair of the registered application. */
  readonly application: { readonly clientId: string; readonly clientSecret: string }
  readonly key: { readonly accessKeyId: string; readonly accessKeySecret: string }
  open(auth: object, more?: object): Opened
  tokensIssued(): Promise<number>
  /** Paths that were called since the last time, without those of the API. */
  signIns(): Promise<string[]>
}

interface State {
  readonly client: { readonly clientId: string; readonly clientSecret: string }
  readonly tokensIssued: number
}

interface Call {
  readonly seq: number
  readonly path: string
}

/** Simulators of other seeds are other tenants, with other keys. */
export async function startSimulated({ seed = 1 } = {}): Promise<Simulated> {
  const simulator = await startCxoneForTest({ users: 6, seed })
  const { issuer, auth } = simulator.app as unknown as {
    readonly issuer: string
    readonly auth: Readonly<Record<'accessKeyId' | 'accessKeySecret', { readonly value: string }>>
  }
  const state = () => simulator.control<State>('GET', '/state')
  const { client } = await state()
  let seen = 0
  return {
    ...simulator,
    application: { clientId: client.clientId, clientSecret: client.clientSecret },
    key: { accessKeyId: auth.accessKeyId.value, accessKeySecret: auth.accessKeySecret.value },
    tokensIssued: async () => (await state()).tokensIssued,
    signIns: async () => {
      const calls = await simulator.control<Call[]>('GET', `/calls?since=${seen}&limit=1000`)
      seen = calls.at(-1)?.seq ?? seen
      return calls.map(({ path }) => path).filter((path) => /auth|token|refresh/.test(path))
    },
    open: (given, more = {}) => {
      const http = openHttp({ totalMs: 5_000 })
      const clock = { ahead: 0 }
      const entry = cxone.config.parse({ issuer, auth: given, ...more })
      const now = (): Date => new Date(Date.now() + clock.ahead)
      const connector = cxone.open(entry, { fetch: http.fetch, now, log: { debug: () => {}, warn: () => {} } })
      return {
        connector,
        clock,
        close: async () => {
          await connector.close()
          await http.close()
        },
      }
    },
  }
}
