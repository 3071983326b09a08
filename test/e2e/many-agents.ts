/**
 * Many agents are set up by policy, moved, disabled and brought back, at a rate that CXone limits, through a kill.
 * Decides what is wanted of everybody after each part; whether it came about is the oracle's.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { openAdmin, type Admin } from '../guarantees/admin.ts'
import { API_KEY, serve, TOKEN, writeConfig, type ServeProcess } from '../guarantees/serve-process.ts'
import { judge, type Truth, type Wanted } from '../support/cxone-oracle.ts'
import { readTruth } from '../support/cxone-truth.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

export interface ManyAgents {
  readonly people: number
  /** Of CXone, and of Rollcall's entry for it. */
  readonly callsPerSecond: number
}

/** One part: how long it took, and what CXone was asked. */
export interface Part {
  readonly name: string
  readonly seconds: number
  readonly calls: number
  readonly callsPerAgent: number
  /** Of what the limit allowed in that time. */
  readonly share: number
  readonly refused: number
  /** What the oracle found. */
  readonly wrong: readonly string[]
  /** Rows that are not delivered. */
  readonly left: readonly string[]
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const DESKS = {
  Care: { team: 'Default Team', skills: { 'Customer Care Voice': 7, 'Billing Voice': 3 }, groups: ['Night Shift'] },
  Denver: { team: 'Denver Customer Care', skills: { 'Billing Voice': 9 }, groups: ['Early Shift'] },
} as const
type Desk = keyof typeof DESKS

const policyWith = (authenticator: string): object => ({
  owns: { role: 'always', team: 'always', loginAuthenticator: 'always', skills: 'always', groups: 'always' },
  rules: Object.entries(DESKS).map(([desk, { team, skills, groups }]) => ({
    name: desk,
    when: `user.department == "${desk}"`,
    give: {
      role: 'Agent',
      team,
      skills: Object.entries(skills).map(([name, level]) => ({ name, level })),
      groups,
      loginAuthenticator: authenticator,
    },
  })),
})

interface State {
  readonly authenticators: readonly { readonly id: string; readonly name: string; readonly kind: string }[]
}

interface Stage {
  readonly cxone: TestCxone
  readonly admin: Admin
  readonly scim: () => Promise<ScimClient>
  readonly kill: () => Promise<void>
  readonly people: number
  readonly callsPerSecond: number
  readonly ids: string[]
  readonly before: Truth
}

/** Plays all parts, and kills Rollcall in the middle of the first. */
export async function playMany({ people, callsPerSecond }: ManyAgents): Promise<readonly Part[]> {
  const cxone = await startCxoneForTest({ users: 6 })
  const { authenticators } = await cxone.control<State>('GET', '/state')
  const single = authenticators.find(({ kind }) => kind !== 'System')?.id ?? ''
  await cxone.control('PUT', '/limits', { requestsPerSecond: callsPerSecond, burst: callsPerSecond, retryAfter: 1 })
  const folder = temporaryDirectory()
  // A tenth of a second's calls: with a burst of one, every call that comes a moment late is one fewer.
  const burst = Math.max(1, Math.floor(callsPerSecond / 10))
  const rate = { startPerSecond: callsPerSecond, perSecond: callsPerSecond, burst }
  const app = { ...cxone.app, rate, concurrency: 16, policy: policyWith(single) }
  const options = { configPath: writeConfig(folder, [app]), dataDir: `${folder}/data` }
  let current: ServeProcess = serve(options)
  const address = (): Promise<string> => current.listening
  const stage: Stage = {
    cxone,
    admin: openAdmin(address, API_KEY),
    scim: async () => scimClient(`${await address()}/scim/v2`, TOKEN),
    kill: async () => {
      await current.end('SIGKILL')
      current = serve(options)
    },
    people,
    callsPerSecond,
    ids: [],
    before: await readTruth((path) => cxone.control('GET', path)),
  }
  try {
    return await parts(stage)
  } finally {
    await current.end('SIGTERM')
    await cxone.close()
  }
}

const nameOf = (index: number): string => `many${index + 1}@acme.test`
const at = (desk: Desk): object => ({ [ENTERPRISE]: { department: desk } })
const replace = (path: string, value: unknown): object => patchOf({ op: 'replace', path, value })

async function parts(stage: Stage): Promise<readonly Part[]> {
  const everybody = Array.from({ length: stage.people }, (_, index) => index)
  const change = (what: object) => async (scim: ScimClient, index: number) => {
    await accepted(scim('PATCH', `/Users/${stage.ids[index]}`, what))
  }
  const create = async (scim: ScimClient, index: number): Promise<void> => {
    stage.ids[index] = await accepted(scim('POST', '/Users', userOf(nameOf(index), at('Care'))))
  }
  const move = change(replace(`${ENTERPRISE}:department`, 'Denver'))
  const played: Part[] = []
  for (const [name, act, desk] of [
    ['onboard', create, 'Care'],
    ['transfer', move, 'Denver'],
    ['deactivate', change(replace('active', false)), undefined],
    ['rehire', change(replace('active', true)), 'Denver'],
  ] as const) {
    const wanted = everybody.map((index) => wantedAt(nameOf(index), desk))
    played.push(await play(stage, { name, act, wanted, killed: name === 'onboard' }))
  }
  return played
}

const wantedAt = (userName: string, desk: Desk | undefined): Wanted => {
  if (desk === undefined) return { userName, active: false }
  const { team, skills, groups } = DESKS[desk]
  return { userName, active: true, role: 'Agent', team, authenticator: 'Corporate SSO', skills, groups }
}

async function accepted(answer: ReturnType<ScimClient>): Promise<string> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`Rollcall answered ${status}: ${body.detail}`)
  return body.id
}

interface Act {
  readonly name: string
  readonly act: (scim: ScimClient, index: number) => Promise<void>
  readonly wanted: readonly Wanted[]
  readonly killed: boolean
}

async function play(stage: Stage, { name, act, wanted, killed }: Act): Promise<Part> {
  const look = <T>(path: string): Promise<T> => stage.cxone.control('GET', path)
  const earlier = (await readTruth(look)).calls.length
  const scim = await stage.scim()
  const begun = performance.now()
  await Promise.all(wanted.map((_, index) => act(scim, index)))
  if (killed) {
    await until(stage, (open) => open.length <= stage.people * 0.7)
    await stage.kill()
  }
  const left = await until(stage, (open) => open.length === 0)
  const seconds = (performance.now() - begun) / 1000
  const after = await readTruth(look)
  const calls = after.calls.slice(earlier)
  return {
    name,
    seconds,
    calls: calls.length,
    callsPerAgent: calls.length / stage.people,
    share: calls.length / seconds / stage.callsPerSecond,
    refused: calls.filter(({ status }) => status === 429).length,
    wrong: judge({ before: stage.before, after, wanted }).wrong,
    left,
  }
}

/** Longer than any part may take: calls that everybody needs, at the rate there is, twice over. */
const CALLS_AT_MOST = 60

/** Waits until the rows that are not delivered are as few as `isSo` wants, or for good; says what is left. */
async function until(
  { admin, people, callsPerSecond }: Stage,
  isSo: (open: readonly unknown[]) => boolean,
): Promise<readonly string[]> {
  const end = performance.now() + 60_000 + (people * CALLS_AT_MOST * 1000) / callsPerSecond
  for (;;) {
    const open = (await admin.deliveries()).filter(({ wanted, delivered }) => wanted > delivered)
    if (isSo(open) || performance.now() > end)
      return open.map(({ userName, state, detail }) => `${userName} is ${state}: ${detail ?? ''}`)
    await pause(100)
  }
}
