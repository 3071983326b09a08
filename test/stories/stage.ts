/**
 * A provider, Rollcall and CXone for one story, and what the three hold at its end.
 * Decides what agreement is; must not decide what happens.
 */
import { EntraProvider } from '../../sim/idp/entra/provider.ts'
import type { Dialect } from '../../sim/idp/entra/requests.ts'
import { playedClock, type PlayedClock } from '../../sim/idp/clock.ts'
import type { Belief, Outcome } from '../../sim/idp/beliefs.ts'
import { OktaProvider } from '../../sim/idp/okta/provider.ts'
import { OneLoginProvider } from '../../sim/idp/onelogin/provider.ts'
import { people, type Person } from '../../sim/idp/people.ts'
import type { Provider } from '../../sim/idp/provider.ts'
import { openAdmin, type DeliveryRow } from '../guarantees/admin.ts'
import { startCxoneForTest, type RawUser, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, type ScimBody } from '../support/scim.ts'
import { until } from '../support/wait.ts'
import { openLosingProxy, type LosingProxy } from './losing-proxy.ts'
import { openPassingTime } from './passing.ts'

export type ProviderName = 'okta' | 'entra' | 'onelogin'
export const PROVIDERS: readonly ProviderName[] = ['okta', 'entra', 'onelogin']

export interface OpenItem {
  readonly kind: string
  readonly waiting: number
  readonly since: string
}

export interface Stage {
  readonly name: ProviderName
  readonly provider: Provider
  readonly clock: PlayedClock
  readonly cxone: TestCxone
  readonly rollcall: TestRollcall
  readonly proxy: LosingProxy
  /** Nobody else is named like them. */
  person(): Person
  people(count: number): Person[]
  /** Acts, lets the provider send, and returns the outcomes that are not "noted". */
  act(...acts: (() => Promise<Outcome>)[]): Promise<Outcome[]>
  belief(person: Person): Belief
  /** It is so much later for everybody: what the provider does by itself in that time, and what Rollcall does, is done. */
  pass(ms: number): Promise<void>
  /** Waits until nothing is due, and returns all rows. */
  settled(): Promise<DeliveryRow[]>
  /** The same provider's software, pushing through another connection of the same tenant. */
  second(): Provider
  /** Calls the admin API as an owner; throws unless it answers 2xx. */
  admin(method: string, path: string, body?: object): Promise<unknown>
  /** What stands in the way of the app, as `rollcall app show` says. */
  openItems(): Promise<readonly OpenItem[]>
  close(): Promise<void>
}

export interface StageOptions {
  readonly confirmSeconds?: number
  readonly delivery?: 'queue' | 'confirm'
  /** Of Entra. */
  readonly dialect?: Dialect
}

export async function openStage(
  name: ProviderName,
  { dialect = 'default', ...options }: StageOptions = {},
): Promise<Stage> {
  const cxone = await startCxoneForTest({ users: 5 })
  const rollcall = await startRollcallForTest({
    apps: [cxone.app],
    profile: name,
    delivery: 'confirm',
    // Long enough for a busy machine: a story is not about time.
    confirmSeconds: 20,
    ...options,
  })
  const proxy = await openLosingProxy(rollcall.base)
  const clock = playedClock(new Date('2026-01-01T08:00:00Z'))
  const provider = open(name, { base: proxy.base, token: rollcall.scimToken, clock, dialect })
  const time = openPassingTime(rollcall.databaseUrl, cxone.app.id)
  const admin = openAdmin(async () => rollcall.address, rollcall.apiKey)
  const others: Provider[] = []
  let seed = 100
  const stage: Stage = {
    name,
    provider,
    clock,
    cxone,
    rollcall,
    proxy,
    person: () => {
      const [one] = stage.people(1)
      if (one === undefined) throw new Error('nobody was made')
      return one
    },
    people: (count) => people({ count, seed: ++seed, domain: `story${seed}.test` }),
    act: async (...acts) => {
      const done = await Promise.all(acts.map((act) => act()))
      return name === 'entra' ? provider.catchUp() : done
    },
    belief: (person) => {
      const found = provider.beliefs().find((belief) => belief.person.key === person.key)
      if (found === undefined) throw new Error(`the provider knows nobody like ${person.userName}`)
      return found
    },
    pass: async (ms) => {
      const end = new Date(clock.now().getTime() + ms)
      // Only Entra does anything by itself: the cycles that its schedule has until then.
      if (provider instanceof EntraProvider) await provider.runUntil(end)
      else clock.leap(ms)
      await time.pass(ms)
    },
    settled: () =>
      until(
        () => admin.deliveries(),
        (rows) => rows.every(({ state }) => state !== 'due' && state !== 'retrying'),
        60_000,
      ),
    second: () => {
      const next = open(name, { base: rollcall.base, token: rollcall.otherToken, clock, dialect })
      others.push(next)
      return next
    },
    admin: async (method, path, body) => {
      const answer = await fetch(`${rollcall.address}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${rollcall.apiKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
      return answer.json()
    },
    openItems: async () => {
      const shown = (await stage.admin('GET', `/apps/${cxone.app.id}`)) as { openItems: OpenItem[] }
      return shown.openItems
    },
    close: async () => {
      provider.close()
      await time.close()
      for (const other of others) other.close()
      await proxy.close()
      await rollcall.close()
      await cxone.close()
    },
  }
  return stage
}

function open(
  name: ProviderName,
  { base, token, clock, dialect }: { base: string; token: string; clock: PlayedClock; dialect: Dialect },
): Provider {
  if (name === 'okta') return new OktaProvider({ base, token, family: 'oin', clock })
  if (name === 'entra') return new EntraProvider({ base, token, dialect, clock, keepAlive: false })
  return new OneLoginProvider({ base, token, variant: 'enterprise', onRemove: 'delete' })
}

interface Sides {
  readonly belief: Belief
  readonly scim: ScimBody | undefined
  readonly account: RawUser | undefined
  readonly row: DeliveryRow | undefined
}

/**
 * Where the provider's belief, Rollcall and CXone differ about somebody and no delivery row says why. Nothing where all
 * agree. Also what no side may ever hold: two users or two active accounts of one name.
 */
export async function disagreements(
  stage: Stage,
  { provider, token }: { provider: Provider; token: string } = {
    provider: stage.provider,
    token: stage.rollcall.scimToken,
  },
): Promise<string[]> {
  const rows = await stage.settled()
  const { users } = await stage.cxone.state()
  const scim = scimClient(stage.rollcall.base, token)
  const wrong: string[] = []
  for (const belief of provider.beliefs()) {
    const { userName } = belief.told ?? belief.person
    const found = await scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`)
    if (found.body.totalResults > 1) wrong.push(`${userName}: SCIM has ${found.body.totalResults} users`)
    const named = users.filter((user) => user.userName.toLowerCase() === userName.toLowerCase())
    if (named.length > 1) wrong.push(`${userName}: CXone has ${named.length} accounts`)
    const user = found.body.Resources[0]
    const row = rows.find(({ identity }) => identity === user?.id)
    const sides = { belief, scim: user, account: named[0], row }
    wrong.push(...differences(sides).map((what) => `${userName}: ${what} (row: ${JSON.stringify(row ?? null)})`))
  }
  return wrong
}

function differences({ belief, scim, account, row }: Sides): string[] {
  const wrong: string[] = []
  const { active, status } = belief
  const there = status === 'linked' || status === 'deactivated'
  if (there !== (scim !== undefined))
    wrong.push(`the provider believes ${status}, SCIM has ${scim === undefined ? 'none' : 'one'}`)
  if (scim !== undefined && scim['active'] !== active)
    wrong.push(`the provider believes active ${active}, SCIM says ${String(scim['active'])}`)
  // A row that is refused or disputed is an open item: it says in words why CXone differs.
  if (row !== undefined && ['refused', 'disputed', 'observed'].includes(row.state) && row.detail !== null) return wrong
  const works = account !== undefined && account.status !== 'DELETED'
  if (works !== active) wrong.push(`the provider believes active ${active}, CXone says ${account?.status ?? 'nobody'}`)
  if (!works || belief.told === undefined) return wrong
  const { givenName, familyName } = belief.told
  if (account['firstName'] !== givenName) wrong.push(`firstName ${String(account['firstName'])}, told ${givenName}`)
  if (account['lastName'] !== familyName) wrong.push(`lastName ${String(account['lastName'])}, told ${familyName}`)
  return wrong
}

export interface Fault {
  readonly match: object
  readonly effect: object
  readonly times?: number
}

export const fault = (stage: Stage, asked: Fault): Promise<unknown> =>
  stage.cxone.control('POST', '/faults', { faults: [asked] })

export const noFaults = (stage: Stage): Promise<unknown> => stage.cxone.control('DELETE', '/faults')

export const CREATES = { method: 'POST', path: '/users$' }
export const UPDATES = { method: 'PUT', path: '/users' }
export const REFUSED_EMAIL = {
  status: 400,
  body: { message: 'emailAddress is not valid', errorCode: 'INVALID_EMAIL' },
}
export const REFUSED_RIGHT = { status: 403, body: { message: 'the role of this key lacks the right to create users' } }
