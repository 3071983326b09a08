/**
 * The default story of a OneLogin connector, played through a {@link OneLoginProvider}. Decides who does what in which
 * order; a step holds only if OneLogin could live with every answer.
 */
import { compareBeliefs } from '../compare.ts'
import { withGroups } from '../group-steps.ts'
import type { Belief } from '../beliefs.ts'
import type { Person } from '../people.ts'
import {
  besides,
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
import type { OneLoginProvider } from './provider.ts'

const STEPS: Steps<OneLoginProvider> = [
  ['test the connection', async (provider) => judged([await provider.testCredentials()])],
  ['match and create', (provider, people, parallel) => each(people, parallel, (person) => provider.assign(person))],
  [
    'update profiles',
    (provider, people) => each(share(people, 3), 4, (person) => provider.push(person, promotion(person))),
  ],
  ['update without a change', (provider, people) => each(people.slice(0, 1), 1, (person) => provider.push(person))],
  ['rename', rename],
  ['rename onto a taken name', renameOntoTaken],
  ['suspend', (provider, people) => each(leavers(people), 4, (person) => provider.deactivate(person))],
  ['reactivate', reactivate],
  ['remove', remove],
  ['assign again', assignAgain],
  ['import and compare', importAndCompare],
]

/** Plays every step, also after one that failed, unless the connection test does. The people must be new to the provider. */
export function playOneLoginStory(provider: OneLoginProvider, options: StoryOptions): Promise<Step[]> {
  return playSteps(provider, withGroups(STEPS, options.groups), options)
}

function rename(provider: OneLoginProvider, people: readonly Person[]): Promise<Verdict> {
  return each(people.slice(0, 1), 1, (person) =>
    provider.push(person, { familyName: `${person.familyName}-Lindqvist`, userName: `renamed.${person.userName}` }),
  )
}

/** An administrator's slip: 409 is the right answer; the task stays failed until the first name is put back. */
async function renameOntoTaken(provider: OneLoginProvider, people: readonly Person[]): Promise<Verdict> {
  const [, person, other] = people
  if (person === undefined || other === undefined) return skipped('it needs three people')
  const refused = await provider.rename(person, other.userName.toUpperCase())
  const restored = {
    ...judged([await provider.rename(person, person.userName)]),
    detail: 'refused with 409, first name put back',
  }
  const conflict = !refused.ok && refused.failure.kind === 'conflict'
  return besides(restored, conflict ? undefined : `409 was due, not ${refused.detail}`)
}

/** Whoever was suspended comes back as the same user; whoever was deleted, as the setting may have it, as a new one. */
async function reactivate(provider: OneLoginProvider, people: readonly Person[]): Promise<Verdict> {
  const [person] = leavers(people)
  if (person === undefined) return skipped('there is nobody')
  const before = beliefOf(provider, person)
  const verdict = judged([await provider.reactivate(person)])
  return besides(verdict, idFault(before, beliefOf(provider, person)))
}

/** With the setting "delete", the user must be gone: 404 by id. */
async function remove(provider: OneLoginProvider, people: readonly Person[]): Promise<Verdict> {
  const [person] = leavers(people)
  if (person === undefined) return skipped('there is nobody')
  const verdict = judged([await provider.remove(person)])
  const belief = beliefOf(provider, person)
  if (belief?.status !== 'removed') return verdict
  const found = await provider.look(belief.id ?? '')
  return besides(verdict, found.ok ? `${person.userName} can still be read after the DELETE` : undefined)
}

async function assignAgain(provider: OneLoginProvider, people: readonly Person[]): Promise<Verdict> {
  const [person] = leavers(people)
  if (person === undefined) return skipped('there is nobody')
  const before = beliefOf(provider, person)
  const verdict = judged([await provider.assign(person)])
  return besides(verdict, idFault(before, beliefOf(provider, person)))
}

function idFault(before: Belief | undefined, after: Belief | undefined): string | undefined {
  if (before?.status === 'removed')
    return before.id === after?.id ? `the id ${before.id} was given out again` : undefined
  return before?.id === after?.id ? undefined : `came back with another id, ${after?.id} for ${before?.id}`
}

async function importAndCompare(provider: OneLoginProvider): Promise<Verdict> {
  const imported = await provider.importUsers()
  if (imported.failure !== undefined) return { wrong: [imported.failure.message], detail: '' }
  const beliefs = provider.beliefs()
  const departures = compareBeliefs(beliefs, imported.users, (told, resource) => provider.departures(told, resource))
  const inactive = imported.users.length - imported.brought
  return {
    wrong: [...imported.complaints, ...departures],
    detail: `${imported.users.length} users on ${imported.pages} pages, ${inactive} inactive; all ${beliefs.length} as believed`,
  }
}

function beliefOf(provider: OneLoginProvider, { key }: Person): Belief | undefined {
  return provider.beliefs().find((belief) => belief.person.key === key)
}
