/**
 * Plays the acts one after the other and collects what the checks say.
 * Decides when an act is over and how long anything is waited for; must not know what an act is about.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from '../../sim/idp/beliefs.ts'
import type { Person } from '../../sim/idp/people.ts'
import type { Provider } from '../../sim/idp/provider.ts'
import { castFrom, type Cast } from './cast.ts'
import { counted, type Check, type Push } from './check.ts'
import type { Parts } from './parts.ts'
import type { Progress } from './progress.ts'
import { NAMES, openProviders, PROVIDER_IDS, type ProviderId, type Providers } from './providers.ts'
import { runRollcall } from './command.ts'
import { openWindow, type AppStanding, type Control, type Scene, type Standing } from './scene.ts'
import { ACTS } from './story.ts'
import type { Act, Seen, World } from './world.ts'

export interface PerformOptions {
  readonly outageSeconds: number
  /** How long each act may take to arrive in CXone. */
  readonly patienceSeconds: number
}

export interface PlayedAct {
  readonly title: string
  readonly checks: readonly Check[]
  /** What a command printed in it. */
  readonly printed?: Seen['printed']
}

export interface Performance {
  readonly cast: Cast
  readonly acts: readonly PlayedAct[]
  readonly scenes: readonly Scene[]
  readonly pushes: readonly Push[]
  /** Requests that each provider sent. */
  readonly requests: Readonly<Record<ProviderId, number>>
}

/** How long CXone takes for an answer: real ones are not instant, and a story that is over at once shows nothing. */
const CXONE_LATENCY_MS = 30
const AT_ONCE = 4
const LOOK_EVERY_MS = 200

/** Rejects when a part cannot be read any more, or with an AbortError. */
export async function perform(
  { cxone, eu1, rollcall }: Parts,
  options: PerformOptions,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Performance> {
  const window = openWindow({ cxone, eu1, rollcall })
  const providers = openProviders({ base: rollcall.scim, tokens: rollcall.scimTokens })
  try {
    await slowDown(window.control)
    await slowDown(window.controlEu1)
    const first = await window.look()
    const cast = castFrom(first.cxone)
    const pushes: Push[] = []
    const world = openWorld({ cast, providers, window, rollcall, options, progress, signal, pushes })
    const scenes = [first]
    const acts: PlayedAct[] = []
    for (const [at, act] of ACTS.entries()) {
      const done = progress.begin(`${at + 1}  ${act.sentence(cast, options)}`)
      const { scene, checks, printed } = await playAct(act, world, { scenes, pushes })
      const missed = checks.filter(({ ok }) => !ok).length
      if (missed === 0) done(true)
      else done(false, `${counted(missed, 'expectation')} not met`)
      scenes.push(scene)
      acts.push({ title: act.title, checks, ...(printed === undefined ? {} : { printed }) })
    }
    const { okta, entra, onelogin } = providers
    return { cast, acts, scenes, pushes, requests: { okta: okta.sent, entra: entra.sent, onelogin: onelogin.sent } }
  } finally {
    providers.close()
  }
}

async function playAct(act: Act, world: World, story: { scenes: readonly Scene[]; pushes: readonly Push[] }) {
  const pushedBefore = story.pushes.length
  const { cast, window, providers } = world
  const seen = await act.play(world)
  const after = await window.look()
  const [first = after] = story.scenes
  const around = {
    cast,
    first,
    before: story.scenes.at(-1) ?? first,
    after,
    ...seen,
    pushes: story.pushes.slice(pushedBefore),
    allPushes: story.pushes,
    beliefs: providers.beliefs(),
  }
  return { scene: after, checks: act.checks(around), printed: seen?.printed }
}

/** A latency that somebody has set already stays. */
async function slowDown(control: Control): Promise<void> {
  const { ms } = await control<{ ms: number }>('GET', '/latency')
  if (ms === 0) await control('PUT', '/latency', { ms: CXONE_LATENCY_MS })
}

interface WorldParts {
  readonly cast: Cast
  readonly providers: Providers
  readonly window: World['window']
  readonly rollcall: Parts['rollcall']
  readonly options: PerformOptions
  readonly progress: Progress
  readonly signal: AbortSignal
  readonly pushes: Push[]
}

function openWorld({ cast, providers, window, rollcall, options, progress, signal, pushes }: WorldParts): World {
  const { tell } = progress
  const hear: World['hear'] = async (from, userName, act) => {
    const begun = Date.now()
    const outcome = await act()
    pushes.push(pushOf({ from, userName, begun, outcome }))
  }
  const until: World['until'] = async (what, isSo) => {
    const end = Date.now() + options.patienceSeconds * 1000
    while (Date.now() < end) {
      const now = await window.progress()
      if (isSo(now)) return
      tell(leftOf(now).length === 0 ? `Rollcall: until ${what}` : `Rollcall: ${described(now)}`)
      await sleep(LOOK_EVERY_MS, undefined, { signal })
    }
  }
  const push: World['push'] = async (groups, act) => {
    const already = pushes.length
    const all = PROVIDER_IDS.reduce((sum, id) => sum + (groups[id]?.length ?? 0), 0)
    const names = PROVIDER_IDS.filter((id) => groups[id] !== undefined).map((id) => NAMES[id])
    const told = (): void => tell(`${names.join(', ')}: ${pushes.length - already} of ${all} pushed`)
    await Promise.all(
      PROVIDER_IDS.map((id) => {
        const job = { id, people: groups[id] ?? [], act, told }
        return id === 'entra' ? cycle(providers.entra, pushes, job) : inLanes(providers[id], hear, job)
      }),
    )
  }
  const settle = (): Promise<void> => until('nothing is left to do', (now) => leftOf(now).length === 0)
  const command: World['command'] = (...words) => runRollcall(words, rollcall, signal)
  const { outageSeconds } = options
  return { cast, providers, window, outageSeconds, signal, hear, push, settle, until, tell, command }
}

interface Job {
  readonly id: ProviderId
  readonly people: readonly Person[]
  readonly act: (provider: Provider, person: Person) => Promise<Outcome>
  readonly told: () => void
}

/** Okta and OneLogin send at once. */
async function inLanes(provider: Provider, hear: World['hear'], { id, people, act, told }: Job): Promise<void> {
  const waiting = people.values()
  const lane = async (): Promise<void> => {
    for (const person of waiting) {
      await hear(id, person.userName, () => act(provider, person))
      told()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

/** Entra notes everything and sends it in its next cycle. */
async function cycle(entra: Providers['entra'], pushes: Push[], { people, act, told }: Job): Promise<void> {
  if (people.length === 0) return
  for (const person of people) await act(entra, person)
  const begun = Date.now()
  const { outcomes, trouble } = await entra.cycle()
  pushes.push(...outcomes.map(({ who, outcome }) => pushOf({ from: 'entra', userName: who, begun, outcome })))
  if (trouble !== undefined)
    pushes.push({ from: 'entra', userName: 'the cycle', ms: 0, answered: Date.now(), complaints: [trouble] })
  told()
}

function pushOf({ from, userName, begun, outcome }: PushParts): Push {
  const answered = Date.now()
  const push = { from, userName, ms: answered - begun, answered }
  if (outcome.ok) return { ...push, complaints: outcome.complaints }
  return outcome.failure.kind === 'conflict'
    ? { ...push, complaints: [], conflict: outcome.detail }
    : { ...push, complaints: [outcome.detail] }
}

interface PushParts {
  readonly from: ProviderId
  readonly userName: string
  readonly begun: number
  readonly outcome: Outcome
}

/** What still moves by itself: a refusal and a dispute wait for a person, and what is observed for its app. */
const leftOf = (standing: Standing) => [...movingIn(standing), ...movingIn(standing.eu1)]

const movingIn = ({ deliveries }: AppStanding) =>
  deliveries.filter(({ wanted, delivered, state }) => wanted > delivered && (state === 'due' || state === 'retrying'))

/** `7 changes on the way to CXone`, or when it is left alone for a while, until when. */
function described(standing: Standing): string {
  const changes = counted(leftOf(standing).length, 'change')
  const { pausedUntil } = standing.app
  const pause = pausedUntil === null ? 0 : Math.ceil((Date.parse(pausedUntil) - Date.now()) / 1000)
  return pause > 0 ? `${changes} to deliver, next try in ${pause} s` : `${changes} on the way to CXone`
}
