/**
 * The figures of a performance: calls, refusals, waits.
 * Decides what is counted; must not judge.
 */
import { counted, isWrite, seconds, type Push } from './check.ts'
import type { Performance } from './perform.ts'
import { NAMES, PROVIDER_IDS } from './providers.ts'
import type { CxoneCall, Scene } from './scene.ts'

/** What a write did, by its method and the end of its path. */
const WRITES: readonly (readonly [method: string, end: string, one: string, many: string])[] = [
  ['POST', '/v1/users', 'creation', 'creations'],
  ['PUT', '/v1/users', 'update', 'updates'],
  ['POST', '/deactivate', 'deactivation', 'deactivations'],
  ['POST', '/revive', 'revival', 'revivals'],
  ['POST', '/skills', 'agent given skills', 'agents given skills'],
  ['PUT', '/login-authenticator', 'agent given a sign-in method', 'agents given a sign-in method'],
]

const NOBODYS: Pick<Push, 'ms' | 'from' | 'userName'> = { ms: 0, from: 'okta', userName: 'nobody' }

/** A few sentences for a person. */
export function figures({ scenes, pushes, requests }: Performance): readonly string[] {
  const last = scenes.at(-1)
  if (last === undefined) return []
  const { calls } = last.cxone
  const refused = calls.filter(({ status }) => status === 429).length
  const cut = calls.filter(({ status }) => status === 0).length
  const writes = calls.filter(isDone)
  const inEu1 = last.eu1.cxone.calls.filter(isDone)
  const slowest = pushes.reduce<typeof NOBODYS>((longest, push) => (push.ms > longest.ms ? push : longest), NOBODYS)
  const sent = PROVIDER_IDS.map((id) => `${NAMES[id]} ${requests[id]}`)
  const wait = longestWait(scenes)
  return [
    `CXone got ${counted(calls.length, 'call')}; ${counted(writes.length, 'write')} among them: ${kindsOf(writes)}.`,
    `The business unit in eu1 got ${counted(last.eu1.cxone.calls.length, 'call')}; ${counted(inEu1.length, 'write')} among them: ${kindsOf(inEu1)}.`,
    `The first answered ${refused} with 429 and left ${cut} without an answer while it was down.`,
    `Requests of the providers: ${sent.join(', ')}. The longest wait for an answer: ${seconds(slowest.ms)} (${NAMES[slowest.from]}, ${slowest.userName}).`,
    `The longest that a change waited for CXone: ${seconds(wait.ms)} (${wait.userName}).`,
  ]
}

const isDone = (call: CxoneCall): boolean => isWrite(call) && call.status >= 200 && call.status < 300

function kindsOf(writes: readonly CxoneCall[]): string {
  const kinds = WRITES.flatMap(([method, end, one, many]) => {
    const count = writes.filter((call) => call.method === method && call.path.endsWith(end)).length
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
  })
  return kinds.length === 0 ? 'none' : kinds.join(', ')
}

/** From accepted to delivered, as Rollcall has written it down after each act. */
function longestWait(scenes: readonly Scene[]): { ms: number; userName: string } {
  let longest = { ms: 0, userName: 'nobody' }
  for (const { deliveries } of scenes.map(({ rollcall }) => rollcall)) {
    for (const { accepted, deliveredAt, userName } of deliveries) {
      const ms = deliveredAt === null ? 0 : Date.parse(deliveredAt) - Date.parse(accepted)
      if (ms > longest.ms) longest = { ms, userName }
    }
  }
  return longest
}
