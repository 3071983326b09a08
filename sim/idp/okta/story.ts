/**
 * The default story of an Okta application's first weeks, played through an {@link OktaProvider}. Decides who does
 * what in which order; a step holds only if Okta could live with every answer. Prints nothing.
 */
import type { Person } from '../people.ts'
import { compareWithImport } from './compare.ts'
import type { Outcome } from './beliefs.ts'
import type { OktaProvider } from './provider.ts'

export interface Step {
  readonly step: string
  /** Requests sent for it, repeated ones included. */
  readonly sent: number
  readonly ok: boolean
  readonly detail: string
}

export interface StoryOptions {
  readonly people: readonly Person[]
  /** Assignments under way at once; default 8. */
  readonly parallel?: number
  /** Hears of each step as it ends. */
  readonly onStep?: (step: Step) => void
}

/** What a step says of itself: nothing wrong, or the sentences that say what is. */
interface Verdict {
  readonly wrong: readonly string[]
  readonly detail: string
}

type Play = (provider: OktaProvider, people: readonly Person[], parallel: number) => Promise<Verdict>

const STEPS: readonly (readonly [step: string, play: Play])[] = [
  ['test credentials', async (provider) => judged([await provider.testCredentials()])],
  ['match and create', (provider, people, parallel) => each(people, parallel, (person) => provider.assign(person))],
  ['assign one person twice at once', assignTwice],
  [
    'push profiles',
    (provider, people) => each(share(people, 3), 4, (person) => provider.push(person, promotion(person))),
  ],
  ['push without a change', (provider, people) => each(people.slice(0, 1), 1, (person) => provider.push(person))],
  ['rename', rename],
  ['rename onto a taken name', renameOntoTaken],
  ['sync a password', (provider, people) => each(people.slice(0, 1), 1, (person) => provider.syncPassword(person))],
  ['deactivate', (provider, people) => each(leavers(people), 4, (person) => provider.deactivate(person))],
  ['reactivate', (provider, people) => each(leavers(people).slice(0, 1), 1, (person) => sameId(provider, person))],
  ['import and compare', importAndCompare],
]

/**
 * Plays every step, also after one that failed, unless the credentials do: then Okta never switches provisioning on.
 * The people must be new to the provider.
 */
export async function playStory(provider: OktaProvider, options: StoryOptions): Promise<Step[]> {
  const steps: Step[] = []
  for (const [name, play] of STEPS) {
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
async function each(
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

function judged(outcomes: readonly Outcome[], names: readonly string[] = []): Verdict {
  const wrong = outcomes.flatMap((outcome, at) => {
    const sentences = outcome.ok ? outcome.complaints : [outcome.detail]
    return sentences.map((sentence) => (names[at] === undefined ? sentence : `${names[at]}: ${sentence}`))
  })
  return { wrong, detail: counted(outcomes) }
}

/** `12 created, 1 linked` */
function counted(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>()
  for (const { detail } of outcomes) counts.set(detail, (counts.get(detail) ?? 0) + 1)
  if (outcomes.length === 1) return outcomes[0]?.detail ?? ''
  return [...counts].map(([detail, count]) => `${count} ${detail}`).join(', ')
}

/** The first third, quarter … of the people, at least one. */
function share(people: readonly Person[], part: number): readonly Person[] {
  return people.slice(0, Math.ceil(people.length / part))
}

/** The last quarter leaves; they are not among those whose profiles were pushed, unless there is only one person. */
function leavers(people: readonly Person[]): readonly Person[] {
  return people.slice(-Math.ceil(people.length / 4))
}

function promotion(person: Person): Partial<Person> {
  return {
    title: person.title === 'Team Lead' ? 'Operations Manager' : 'Team Lead',
    displayName: `${person.displayName} (TL)`,
  }
}

/** Two assignments at once: both find nobody, both create, one hears 409 and must end at the same user. */
async function assignTwice(provider: OktaProvider, people: readonly Person[]): Promise<Verdict> {
  const [model] = people
  if (model === undefined) return { wrong: [], detail: 'skipped: there is nobody' }
  const key = model.key.split('').toReversed().join('')
  const twin: Person = { ...model, key, userName: `twin.${model.userName}`, email: `twin.${model.email}` }
  const outcomes = await Promise.all([provider.assign(twin), provider.assign(twin)])
  const ids = new Set(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.id] : [])))
  const verdict = judged(outcomes)
  return ids.size > 1
    ? { ...verdict, wrong: [...verdict.wrong, `two users for one person: ${[...ids].join(' and ')}`] }
    : verdict
}

async function rename(provider: OktaProvider, people: readonly Person[]): Promise<Verdict> {
  return each(people.slice(0, 1), 1, (person) =>
    provider.push(person, { familyName: `${person.familyName}-Lindqvist`, userName: `renamed.${person.userName}` }),
  )
}

/** An administrator's slip: 409 is the right answer, and the first name goes back. */
async function renameOntoTaken(provider: OktaProvider, people: readonly Person[]): Promise<Verdict> {
  const [, person, other] = people
  if (person === undefined || other === undefined) return { wrong: [], detail: 'skipped: it needs three people' }
  const refused = await provider.rename(person, other.userName.toUpperCase())
  const restored = judged([await provider.rename(person, person.userName)])
  if (refused.ok) return { wrong: [`two people now share ${other.userName}`, ...restored.wrong], detail: '' }
  if (refused.failure.kind !== 'conflict')
    return { wrong: [`409 was due, not ${refused.detail}`, ...restored.wrong], detail: '' }
  return { ...restored, detail: 'refused with 409, first name put back' }
}

async function sameId(provider: OktaProvider, person: Person): Promise<Outcome> {
  const before = provider.beliefs().find((belief) => belief.person.key === person.key)?.id
  const outcome = await provider.reactivate(person)
  if (!outcome.ok || outcome.id === before) return outcome
  return { ...outcome, complaints: [...outcome.complaints, `came back with another id, ${outcome.id} for ${before}`] }
}

async function importAndCompare(provider: OktaProvider): Promise<Verdict> {
  const imported = await provider.importUsers()
  if (imported.failure !== undefined) return { wrong: [imported.failure.message], detail: '' }
  const beliefs = provider.beliefs()
  const wrong = [...imported.complaints, ...compareWithImport(beliefs, imported.users)]
  const inactive = imported.users.length - imported.brought
  return {
    wrong,
    detail: `${imported.users.length} users on ${imported.pages} pages, ${inactive} inactive; all ${beliefs.length} as believed`,
  }
}

function summary(wrong: readonly string[]): string {
  const more = wrong.length - 1
  return more > 0 ? `${wrong[0]} (and ${more} more)` : `${wrong[0]}`
}
