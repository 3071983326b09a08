/**
 * What a provider feels while CXone is down, and how what waited arrives afterwards.
 * Decides what is counted; must not be asserted on: figures depend on the machine.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { person, settled } from './delivery.ts'
import { cxoneApp, openBench, TOKEN } from './processes.ts'

export interface OutageFigures {
  readonly people: number
  readonly delivery: 'queue' | 'confirm'
  readonly acceptedPerSecond: number
  /** Milliseconds until the answer to the first push, and to all that followed. */
  readonly first: number
  readonly median: number
  readonly p99: number
  readonly longest: number
  /** Resident MiB of Rollcall before, half-way and after the push. */
  readonly memory: readonly [before: number, half: number, after: number]
  /** MiB of its heap that were in use before and after the push, once everything was collected that could be. */
  readonly retained: readonly [before: number, after: number]
  /** After CXone is back. */
  readonly deliveredPerSecond?: number
  /** Leavers' deactivations among the first writes that CXone got, out of how many there were. */
  readonly leaversFirst?: string
}

const CONNECTIONS = 16
/** Of all people so many were there before, and leave while CXone is down. */
const LEAVERS = 50

export async function measureOutage(options: {
  people: number
  delivery: 'queue' | 'confirm'
  /** False ends the round with the last push: what arrives afterwards takes minutes. */
  arrives: boolean
}): Promise<OutageFigures> {
  const bench = await openBench()
  try {
    const simulator = await bench.simulator()
    const base = await bench.serve([cxoneApp(simulator)], options.delivery)
    const agent = new Agent({ connections: CONNECTIONS })
    const scim = scimOf(base, agent)
    const leavers: string[] = []
    for (let n = 0; n < LEAVERS; n++) leavers.push(String((await scim('POST', '/Users', person(n))).body['id']))
    await settled(base, agent)
    const control = controlOf(simulator.control)
    await control('POST', '/faults', { faults: [{ match: {}, effect: { drop: true } }] })
    const held = await bench.retained()
    const before = bench.memory()
    let half = 0
    const times: number[] = []
    const push = async (n: number): Promise<void> => {
      const began = performance.now()
      const { status, body } = await scim('POST', '/Users', person(n))
      times.push(performance.now() - began)
      if (status !== 201) throw new Error(`push ${n} was answered ${status}: ${JSON.stringify(body)}`)
      if (times.length === Math.round(options.people / 2)) half = bench.memory()
    }
    const began = performance.now()
    await push(LEAVERS)
    let next = LEAVERS + 1
    const client = async (): Promise<void> => {
      while (next < LEAVERS + options.people) await push(next++)
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, client))
    const accepted = performance.now()
    for (const id of leavers) await scim('PATCH', `/Users/${id}`, LEAVES)
    const after = bench.memory()
    const told = {
      people: options.people,
      delivery: options.delivery,
      ...answers(times),
      acceptedPerSecond: Math.round(options.people / ((accepted - began) / 1000)),
      memory: [before, half, after] as const,
      retained: [held, await bench.retained()] as const,
    }
    if (!options.arrives) return told
    const lastCall = await newestCall(control)
    const backAt = performance.now()
    await control('DELETE', '/faults')
    // Read at once: the simulator forgets its oldest calls long before everything has arrived.
    const writes = await firstWrites(control, lastCall)
    await settled(base, agent)
    const delivered = performance.now()
    await agent.close()
    return {
      ...told,
      deliveredPerSecond: Math.round(options.people / ((delivered - backAt) / 1000)),
      leaversFirst: `${writes.filter((path) => path.endsWith('/deactivate')).length} of ${LEAVERS}`,
    }
  } finally {
    await bench.close()
  }
}

/** Milliseconds: the first answer, and how the others are spread. */
function answers(times: readonly number[]) {
  const [first = 0, ...others] = times
  const sorted = others.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
  return { first: Math.round(first), median: at(0.5), p99: at(0.99), longest: at(1) }
}

const LEAVES = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', value: { active: false } }],
}

const scimOf =
  (base: string, agent: Agent) =>
  async (
    method: 'POST' | 'PATCH',
    path: string,
    body: object,
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await request(`${base}/scim/v2${path}`, {
      method,
      dispatcher: agent,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(body),
    })
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> }
  }

type Control = (method: string, path: string, body?: object) => Promise<unknown>

const controlOf =
  (control: string): Control =>
  async (method, path, body) => {
    const json =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(control + path, { method, ...json })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as unknown
  }

interface Call {
  readonly seq: number
  readonly method: string
  readonly path: string
}

const newestCall = async (control: Control): Promise<number> =>
  ((await control('GET', '/calls?limit=100000')) as Call[]).at(-1)?.seq ?? 0

/** Paths of the first writes to users after a call, in their order: as many as there are leavers. */
async function firstWrites(control: Control, since: number): Promise<string[]> {
  for (;;) {
    const calls = (await control('GET', `/calls?since=${since}&limit=10000`)) as Call[]
    const writes = calls.filter(
      ({ method, path }) => method !== 'GET' && /\/users($|\/(de|)activate$|\/revive$)/.test(path),
    )
    if (writes.length >= LEAVERS) return writes.slice(0, LEAVERS).map(({ path }) => path)
    await pause(100)
  }
}
