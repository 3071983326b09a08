/**
 * The story of the demo, as data: who does what, in which order, and what must be true afterwards.
 * Decides acts and expectations; must not compare (check.ts does) nor print.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from '../../sim/idp/beliefs.ts'
import { compareWithImport } from '../../sim/idp/okta/compare.ts'
import type { OktaProvider } from '../../sim/idp/okta/provider.ts'
import { people, type Person } from '../../sim/idp/people.ts'
import * as expect from './check.ts'
import type { Around, Check } from './check.ts'
import type { Window } from './scene.ts'

/** What an act can do. */
export interface World {
  readonly okta: OktaProvider
  readonly window: Window
  readonly outageSeconds: number
  readonly signal: AbortSignal
  /** Okta does something; what it cannot live with is written down. */
  hear(who: string, act: () => Promise<Outcome>): Promise<void>
  /** Okta does the same for several people, some at once; resolves when each has its answer. */
  push(persons: readonly Person[], act: (person: Person) => Promise<Outcome>): Promise<void>
  /** Waits until Rollcall has nothing left to do, within the patience of the demo. */
  settle(): Promise<void>
  /** What is going on, in a few words. */
  tell(text: string): void
}

/** What an act has seen that nobody can see afterwards. */
export type Seen = Pick<Around, 'during' | 'backAt' | 'differences'>

export interface Act {
  /** Heading in the table. */
  readonly title: string
  /** What happens, in a sentence. */
  readonly sentence: (settings: { readonly outageSeconds: number }) => string
  readonly play: (world: World) => Promise<Seen | undefined>
  readonly checks: (around: Around) => readonly Check[]
}

export const EVERYBODY = people({ count: 20, seed: 1 })
/** Who worked at CXone before. */
export const PEOPLE_BEFORE = 60

const PROMOTED = EVERYBODY.slice(0, 6)
const RENAMED = EVERYBODY.slice(7, 8)
const MOVED_WHILE_THROTTLED = EVERYBODY.slice(8, 10)
const MOVED_WHILE_DOWN = EVERYBODY.slice(10, 13)
const LEAVERS = EVERYBODY.slice(-5)
const RETURNING = LEAVERS.slice(2, 3)
const GONE = LEAVERS.filter((person) => !RETURNING.includes(person))

const RETRY_AFTER_SECONDS = 1
const THROTTLE = { requestsPerSecond: 4, burst: 4, retryAfter: RETRY_AFTER_SECONDS }
const NO_THROTTLE = { requestsPerSecond: null, burst: 1, retryAfter: null }
const OUTAGE = [{ match: {}, effect: { drop: true } }]
/** An outage goes on at most so much longer for what Okta has not got an answer to. */
const LONGER_SECONDS = 20

const newTitle = ({ title }: Person): { title: string } => ({ title: title === 'Team Lead' ? 'Trainer' : 'Team Lead' })
const newPhone = (person: Person): { mobilePhone: string } => ({
  mobilePhone: `+49 30 5550${String(EVERYBODY.indexOf(person)).padStart(3, '0')}`,
})
const NEW_NAME = 'Lindqvist'

export const ACTS: readonly Act[] = [
  {
    title: 'Twenty people join',
    sentence: () => 'Okta pushes 20 new people.',
    play: async ({ okta, hear, push, settle }) => {
      await hear('the test of the address and the token', () => okta.testCredentials())
      await push(EVERYBODY, (person) => okta.assign(person))
      await settle()
      return undefined
    },
    checks: (around) => [
      expect.onceEach(around, EVERYBODY),
      expect.asPushed(around, EVERYBODY),
      expect.allDelivered(around, EVERYBODY),
    ],
  },
  {
    title: 'Six new titles',
    sentence: () => "Six of them get a new title. CXone's user API has no field for titles, so Rollcall keeps them.",
    play: async ({ okta, push, settle }) => {
      await push(PROMOTED, (person) => okta.push(person, newTitle(person)))
      await settle()
      return undefined
    },
    checks: (around) => [expect.titlesKept(around, PROMOTED), expect.noWrites(around)],
  },
  {
    title: 'A new name while CXone throttles',
    sentence: () =>
      'CXone answers 429 beyond 4 calls a second. One person takes another name, two get a new telephone.',
    play: async ({ okta, window, push, settle }) => {
      await window.control('PUT', '/limits', THROTTLE)
      await push(RENAMED, (person) =>
        okta.push(person, { familyName: NEW_NAME, displayName: `${person.givenName} ${NEW_NAME}` }),
      )
      await push(MOVED_WHILE_THROTTLED, (person) => okta.push(person, newPhone(person)))
      await settle()
      await window.control('PUT', '/limits', NO_THROTTLE)
      return undefined
    },
    checks: (around) => [
      expect.wasThrottled(around),
      expect.obeyed(around, RETRY_AFTER_SECONDS),
      ...RENAMED.map((person) => expect.sameAccount(around, person)),
      expect.phonesIn(around, MOVED_WHILE_THROTTLED),
    ],
  },
  {
    title: 'Five leave while CXone is down',
    sentence: ({ outageSeconds }) =>
      `CXone is down for ${outageSeconds} s. Meanwhile five people leave and three get a new telephone.`,
    play: async (world) => {
      const { okta, push, settle } = world
      const seen = await outage(world, async () => {
        await push(LEAVERS, (person) => okta.deactivate(person))
        await push(MOVED_WHILE_DOWN, (person) => okta.push(person, newPhone(person)))
      })
      await settle()
      return seen
    },
    checks: (around) => [
      expect.answeredWhileDown(around),
      expect.unchangedWhileDown(around),
      expect.disabled(around, LEAVERS),
      expect.phonesIn(around, MOVED_WHILE_DOWN),
    ],
  },
  {
    title: 'One of the five comes back',
    sentence: () => 'One of the five is hired again.',
    play: async ({ okta, push, settle }) => {
      await push(RETURNING, (person) => okta.reactivate(person))
      await settle()
      return undefined
    },
    checks: (around) => [
      ...RETURNING.map((person) => expect.enabledAgain(around, person)),
      { ...expect.disabled(around, GONE), what: 'the other four' },
    ],
  },
  {
    title: 'The books are compared',
    sentence: () => 'Okta reads everybody back, and both sides are compared from the first account to the last.',
    play: async ({ okta }) => {
      const { users, complaints, failure } = await okta.importUsers()
      if (failure !== undefined) return { differences: [failure.message] }
      return { differences: [...complaints, ...compareWithImport(okta.beliefs(), users)] }
    },
    checks: (around) => [
      expect.onceEach(around, EVERYBODY),
      expect.nobodyElse(around, EVERYBODY),
      expect.untouched(around),
      expect.asPushed(around, EVERYBODY),
      expect.noMails(around),
      expect.noTroubleForOkta(around),
      expect.readBack(around),
      expect.allDelivered(around, EVERYBODY),
    ],
  },
]

/**
 * Every call to CXone is cut for so long, and until `meanwhile` is done, though not for ever: what waits for CXone must
 * not wait in vain. The last look is taken before CXone is back.
 */
async function outage(world: World, meanwhile: () => Promise<void>): Promise<Seen> {
  const { window, outageSeconds, signal } = world
  const others = await window.control<{ faults: readonly object[] }>('GET', '/faults')
  await setFaults(world, [...OUTAGE, ...others.faults])
  const begun = Date.now()
  let isDone = false
  const done = meanwhile().finally(() => {
    isDone = true
  })
  for (let passed = 0; passed < outageSeconds || (!isDone && passed < outageSeconds + LONGER_SECONDS);) {
    await tellOutage(world, Math.ceil(outageSeconds - passed))
    await sleep(200, undefined, { signal })
    passed = (Date.now() - begun) / 1000
  }
  const during = await window.look()
  const backAt = Date.now()
  await setFaults(world, others.faults)
  await done
  return { during, backAt }
}

/** The first that fits a call counts, so the order matters. */
async function setFaults({ window }: World, faults: readonly object[]): Promise<void> {
  await window.control('DELETE', '/faults')
  await window.control('POST', '/faults', { faults })
}

async function tellOutage({ window, tell }: World, secondsLeft: number): Promise<void> {
  const { deliveries } = await window.progress()
  const waiting = deliveries.filter(({ wanted, delivered }) => wanted > delivered).length
  tell(`CXone is down for another ${Math.max(0, secondsLeft)} s · ${waiting} changes wait in Rollcall`)
}
