/**
 * The default story of an Okta application's first weeks, played through an {@link OktaProvider}. Decides who does
 * what in which order; a step holds only if Okta could live with every answer. Prints nothing.
 */
import type { Outcome } from '../beliefs.ts'
import { withGroups } from '../group-steps.ts'
import type { Person } from '../people.ts'
import {
  each,
  judged,
  leavers,
  playSteps,
  promotion,
  share,
  skipped,
  type Step,
  type Steps,
  type StoryOptions,
  type Verdict,
} from '../story.ts'
import { compareWithImport } from './compare.ts'
import type { OktaProvider } from './provider.ts'

const STEPS: Steps<OktaProvider> = [
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

/** Plays every step, also after one that failed, unless the credentials do. The people must be new to the provider. */
export function playStory(provider: OktaProvider, options: StoryOptions): Promise<Step[]> {
  return playSteps(provider, withGroups(STEPS, options.groups), options)
}

/** Two assignments at once: both find nobody, both create, one hears 409 and must end at the same user. */
async function assignTwice(provider: OktaProvider, people: readonly Person[]): Promise<Verdict> {
  const [model] = people
  if (model === undefined) return skipped('there is nobody')
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
  if (person === undefined || other === undefined) return skipped('it needs three people')
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
