/**
 * How many people a second reach an unthrottled CXone, from the push to the account that was read back.
 * Decides what is counted; must not be asserted on: figures depend on the machine.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { API_KEY, cxoneApp, openBench, TOKEN } from './processes.ts'

export interface DeliveryFigures {
  readonly people: number
  /** Deliveries at once. */
  readonly concurrency: number
  /** People accepted a second while deliveries run beside it. */
  readonly acceptedPerSecond: number
  /** From the first push until the last account was verified. */
  readonly deliveredPerSecond: number
  readonly callsPerPerson: number
}

const CONNECTIONS = 16

export async function measureDelivery(options: { people: number; concurrency: number }): Promise<DeliveryFigures> {
  const bench = await openBench()
  try {
    const simulator = await bench.simulator()
    const base = await bench.serve([{ ...cxoneApp(simulator), concurrency: options.concurrency }])
    const agent = new Agent({ connections: CONNECTIONS })
    const started = performance.now()
    await push(base, options.people, agent)
    const accepted = performance.now()
    await settled(base, agent)
    const delivered = performance.now()
    const state = (await (await fetch(`${simulator.control}/state`)).json()) as {
      users: { userName: string }[]
      calls: { total: number }
    }
    const arrived = state.users.filter(({ userName }) => userName.startsWith('bench-')).length
    if (arrived !== options.people) throw new Error(`${options.people} were pushed and ${arrived} arrived`)
    await agent.close()
    return {
      ...options,
      acceptedPerSecond: Math.round(options.people / ((accepted - started) / 1000)),
      deliveredPerSecond: Math.round(options.people / ((delivered - started) / 1000)),
      callsPerPerson: Math.round((state.calls.total / options.people) * 10) / 10,
    }
  } finally {
    await bench.close()
  }
}

async function push(base: string, people: number, agent: Agent): Promise<void> {
  let next = 0
  const client = async (): Promise<void> => {
    while (next < people) {
      const n = next++
      const { statusCode, body } = await request(`${base}/scim/v2/Users`, {
        method: 'POST',
        dispatcher: agent,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify(person(n)),
      })
      const text = await body.text()
      if (statusCode !== 201) throw new Error(`push ${n} was answered ${statusCode}: ${text}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
}

export const person = (n: number): object => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: `bench-${n}@acme.test`,
  name: { givenName: `Given${n}`, familyName: `Family${n % 997}` },
  emails: [{ value: `bench-${n}@acme.test`, type: 'work', primary: true }],
  timezone: 'America/New_York',
  active: true,
})

/** Until nothing waits: asked through the admin API, as an operator would. */
export async function settled(base: string, agent: Agent): Promise<void> {
  for (;;) {
    let waiting = 0
    for (const state of ['due', 'retrying']) {
      const { body } = await request(`${base}/api/v1/deliveries?app=cxone&state=${state}&limit=1`, {
        dispatcher: agent,
        headers: { authorization: `Bearer ${API_KEY}` },
      })
      waiting += ((await body.json()) as { items: unknown[] }).items.length
    }
    if (waiting === 0) return
    await pause(100)
  }
}
