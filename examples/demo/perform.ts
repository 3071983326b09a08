/**
 * Plays the acts one after the other and collects what the checks say.
 * Decides when an act is over and how long anything is waited for; must not know what an act is about.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { OktaProvider } from '../../sim/idp/okta/provider.ts'
import type { Outcome } from '../../sim/idp/beliefs.ts'
import { counted, type Check, type Push } from './check.ts'
import type { Parts } from './parts.ts'
import type { Progress } from './progress.ts'
import { openWindow, type Scene, type Window } from './scene.ts'
import { ACTS, type Act, type World } from './story.ts'

export interface PerformOptions {
  readonly outageSeconds: number
  /** How long each act may take to arrive in CXone. */
  readonly patienceSeconds: number
}

export interface PlayedAct {
  readonly title: string
  readonly checks: readonly Check[]
}

export interface Performance {
  readonly acts: readonly PlayedAct[]
  readonly scenes: readonly Scene[]
  readonly pushes: readonly Push[]
  /** Requests that Okta sent. */
  readonly requests: number
}

/** How long CXone takes for an answer: real ones are not instant, and a story that is over at once shows nothing. */
const CXONE_LATENCY_MS = 30
const OKTA_AT_ONCE = 4
const LOOK_EVERY_MS = 200

/** Rejects when a part cannot be read any more, or with an AbortError. */
export async function perform(
  { cxone, rollcall }: Parts,
  options: PerformOptions,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Performance> {
  const window = openWindow({ cxone, rollcall })
  const okta = new OktaProvider({ base: rollcall.scim, token: rollcall.scimToken, family: 'oin' })
  const pushes: Push[] = []
  const world = openWorld({ okta, window, options, progress, signal, pushes })
  try {
    await slowDown(window)
    const scenes = [await window.look()]
    const acts: PlayedAct[] = []
    for (const [at, act] of ACTS.entries()) {
      const done = progress.begin(`${at + 1}  ${act.sentence(options)}`)
      const { scene, checks } = await playAct(act, world, { scenes, pushes })
      const failed = checks.filter(({ ok }) => !ok).length
      if (failed === 0) done(true)
      else done(false, `${counted(failed, 'expectation')} not met`)
      scenes.push(scene)
      acts.push({ title: act.title, checks })
    }
    return { acts, scenes, pushes, requests: okta.sent }
  } finally {
    okta.close()
  }
}

async function playAct(act: Act, world: World, story: { scenes: readonly Scene[]; pushes: readonly Push[] }) {
  const pushedBefore = story.pushes.length
  const seen = await act.play(world)
  const after = await world.window.look()
  const [first = after] = story.scenes
  const around = {
    first,
    before: story.scenes.at(-1) ?? first,
    after,
    ...seen,
    pushes: story.pushes.slice(pushedBefore),
    allPushes: story.pushes,
    beliefs: world.okta.beliefs(),
  }
  return { scene: after, checks: act.checks(around) }
}

/** A latency that somebody has set already stays. */
async function slowDown({ control }: Window): Promise<void> {
  const { ms } = await control<{ ms: number }>('GET', '/latency')
  if (ms === 0) await control('PUT', '/latency', { ms: CXONE_LATENCY_MS })
}

interface WorldParts {
  readonly okta: OktaProvider
  readonly window: Window
  readonly options: PerformOptions
  readonly progress: Progress
  readonly signal: AbortSignal
  readonly pushes: Push[]
}

function openWorld({ okta, window, options, progress, signal, pushes }: WorldParts): World {
  const { tell } = progress
  const hear: World['hear'] = async (who, act) => {
    const begun = Date.now()
    const outcome = await act()
    const answered = Date.now()
    pushes.push({ userName: who, ms: answered - begun, answered, complaints: complaintsOf(outcome) })
  }
  const push: World['push'] = async (persons, act) => {
    const waiting = persons.values()
    const already = pushes.length
    const lane = async (): Promise<void> => {
      for (const person of waiting) {
        await hear(person.userName, () => act(person))
        tell(`Okta: ${pushes.length - already} of ${persons.length} pushed`)
      }
    }
    await Promise.all(Array.from({ length: OKTA_AT_ONCE }, lane))
  }
  const settle: World['settle'] = async () => {
    const end = Date.now() + options.patienceSeconds * 1000
    while (Date.now() < end) {
      const now = await window.progress()
      if (leftOf(now).length === 0) return
      tell(`Rollcall: ${described(now)}`)
      await sleep(LOOK_EVERY_MS, undefined, { signal })
    }
  }
  return { okta, window, outageSeconds: options.outageSeconds, signal, hear, push, settle, tell }
}

const complaintsOf = (outcome: Outcome): readonly string[] => (outcome.ok ? outcome.complaints : [outcome.detail])

type Standing = Awaited<ReturnType<Window['progress']>>

/** What still moves by itself: a refusal and a dispute wait for a person. */
const leftOf = ({ deliveries }: Standing) =>
  deliveries.filter(({ wanted, delivered, state }) => wanted > delivered && (state === 'due' || state === 'retrying'))

/** `7 changes on the way to CXone`, or when it is left alone for a while, until when. */
function described(standing: Standing): string {
  const changes = counted(leftOf(standing).length, 'change')
  const { pausedUntil } = standing.app
  const pause = pausedUntil === null ? 0 : Math.ceil((Date.parse(pausedUntil) - Date.now()) / 1000)
  return pause > 0 ? `${changes} to deliver, next try in ${pause} s` : `${changes} on the way to CXone`
}
