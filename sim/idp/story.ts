/**
 * How the story of any provider is played and judged: step after step, each of which holds only if the provider could
 * live with every answer. Prints nothing; what the steps are is each provider's own.
 */
import type { Outcome } from './beliefs.ts'
import type { Person } from './people.ts'

export interface Step {
  readonly step: string
  /** Requests sent for it, repeated ones included. */
  readonly sent: number
  readonly ok: boolean
  readonly detail: string
}

export interface StoryOptions {
  /** New to the provider. */
  readonly people: readonly Person[]
  /** Assignments under way at once; default 8. */
  readonly parallel?: number
  /** Whether groups are pushed too; default false. */
  readonly groups?: boolean
  /** Hears of each step as it ends. */
  readonly onStep?: (step: Step) => void
}

/** What a step says of itself: nothing wrong, or the sentences that say what is. */
export interface Verdict {
  readonly wrong: readonly string[]
  readonly detail: string
}

export type Play<P> = (provider: P, people: readonly Person[], parallel: number) => Promise<Verdict>

export type Steps<P> = readonly (readonly [step: string, play: Play<P>])[]

/**
 * Plays every step, also after one that failed, unless the first does, which is the test of the credentials: then
 * provisioning is never switched on.
 */
export async function playSteps<P extends { readonly sent: number }>(
  provider: P,
  all: Steps<P>,
  options: StoryOptions,
): Promise<Step[]> {
  const steps: Step[] = []
  for (const [name, play] of all) {
    const before = provider.sent
    const { wrong, detail } = await play(provider, options.people, options.parallel ?? 8)
    const step: Step = {
      step: name,
      sent: provider.sent - before,
      ok: wrong.length === 0,
      detail: wrong[0] === undefined ? detail : summary(wrong),
    }
    steps.push(step)
    options.onStep?.(step)
    if (steps.length === 1 && !step.ok) break
  }
  return steps
}

/** Runs `act` for everybody, `parallel` at a time. */
export async function each(
  people: readonly Person[],
  parallel: number,
  act: (person: Person) => Promise<Outcome>,
): Promise<Verdict> {
  const waiting = people.values()
  const outcomes: { who: string; outcome: Outcome }[] = []
  const lane = async (): Promise<void> => {
    for (const person of waiting) outcomes.push({ who: person.userName, outcome: await act(person) })
  }
  await Promise.all(Array.from({ length: Math.min(parallel, people.length) }, lane))
  return judged(
    outcomes.map(({ outcome }) => outcome),
    outcomes.map(({ who }) => who),
  )
}

/** Failures and complaints as sentences; `names` say whose they are. */
export function judged(outcomes: readonly Outcome[], names: readonly string[] = []): Verdict {
  const wrong = outcomes.flatMap((outcome, at) => {
    const sentences = outcome.ok ? outcome.complaints : [outcome.detail]
    return sentences.map((sentence) => (names[at] === undefined ? sentence : `${names[at]}: ${sentence}`))
  })
  return { wrong, detail: counted(outcomes) }
}

/** Several verdicts as one; the detail is the last one's unless given. */
export function together(verdicts: readonly Verdict[], detail = verdicts.at(-1)?.detail ?? ''): Verdict {
  return { wrong: verdicts.flatMap((verdict) => verdict.wrong), detail }
}

/** The verdict with one more sentence if `wrong` is one. */
export function besides(verdict: Verdict, wrong: string | undefined): Verdict {
  return wrong === undefined ? verdict : { ...verdict, wrong: [...verdict.wrong, wrong] }
}

export function skipped(why: string): Verdict {
  return { wrong: [], detail: `skipped: ${why}` }
}

/** `12 created, 1 linked` */
function counted(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>()
  for (const { detail } of outcomes) counts.set(detail, (counts.get(detail) ?? 0) + 1)
  if (outcomes.length === 1) return outcomes[0]?.detail ?? ''
  return [...counts].map(([detail, count]) => `${count} ${detail}`).join(', ')
}

/** The first third, quarter … of the people, at least one. */
export function share(people: readonly Person[], part: number): readonly Person[] {
  return people.slice(0, Math.ceil(people.length / part))
}

/** The last quarter leaves; they are not among those whose profiles were pushed, unless there is only one person. */
export function leavers(people: readonly Person[]): readonly Person[] {
  return people.slice(-Math.ceil(people.length / 4))
}

export function promotion(person: Person): Partial<Person> {
  return {
    title: person.title === 'Team Lead' ? 'Operations Manager' : 'Team Lead',
    displayName: `${person.displayName} (TL)`,
  }
}

function summary(wrong: readonly string[]): string {
  const more = wrong.length - 1
  return more > 0 ? `${wrong[0]} (and ${more} more)` : `${wrong[0]}`
}
