/**
 * The default story of an Entra application, from the first cycle to a deletion for good a month later, played through an
 * {@link EntraProvider}. Decides who does what in which order; a step holds only if Entra could live with every answer.
 */
import type { Outcome } from '../beliefs.ts'
import { DAY_MS, type PlayedClock } from '../clock.ts'
import { compareBeliefs } from '../compare.ts'
import { withGroups } from '../group-steps.ts'
import type { Person } from '../people.ts'
import { differences } from '../scim.ts'
import {
  besides,
  judged,
  leavers,
  playSteps,
  promotion,
  share,
  skipped,
  together,
  type Step,
  type Steps,
  type StoryOptions,
  type Verdict,
} from '../story.ts'
import { mapping } from './mapping.ts'
import type { EntraProvider } from './provider.ts'

export interface EntraStoryOptions extends StoryOptions {
  /** The provider's clock, which the story moves forward by a month. */
  readonly clock: PlayedClock
}

/** Plays every step, also after one that failed, unless the connection test does. The people must be new to the provider. */
export function playEntraStory(provider: EntraProvider, options: EntraStoryOptions): Promise<Step[]> {
  return playSteps(provider, withGroups(stepsOf(options.clock), options.groups), options)
}

function stepsOf(clock: PlayedClock): Steps<EntraProvider> {
  return [
    ['test the connection', async (provider) => judged([await provider.testCredentials()])],
    ['initial cycle', (provider, people) => note(provider, people, (person) => provider.assign(person))],
    ['cycle without a change', quietCycle],
    [
      'push profiles',
      (provider, people) => note(provider, share(people, 3), (person) => provider.push(person, promotion(person))),
    ],
    ['rename', (provider, people) => note(provider, people.slice(0, 1), (person) => rename(provider, person))],
    ['rename onto a taken name', renameOntoTaken],
    ['disable and enable', disableAndEnable],
    ['unassign', unassign],
    ['assign again', assignAgain],
    ['delete, and purge after 30 days', (provider, people) => deleteAndPurge(provider, people, clock)],
    ['somebody new under the old name', sameNameAnew],
    ['discover and compare', discoverAndCompare],
  ]
}

/** Notes something about each of them and plays a cycle. */
async function note(
  provider: EntraProvider,
  people: readonly Person[],
  act: (person: Person) => Promise<Outcome>,
): Promise<Verdict> {
  for (const person of people) await act(person)
  return cycle(provider)
}

async function cycle(provider: EntraProvider): Promise<Verdict> {
  const { outcomes, trouble } = await provider.cycle()
  const verdict = judged(
    outcomes.map(({ outcome }) => outcome),
    outcomes.map(({ who }) => who),
  )
  return besides(verdict, trouble)
}

/** A server that changes what it is given makes Entra send the same again in every cycle (facts 2.7). */
async function quietCycle(provider: EntraProvider): Promise<Verdict> {
  const { outcomes } = await provider.cycle()
  return {
    wrong: outcomes.map(({ who, outcome }) => `${who} was looked at again: ${outcome.detail}`),
    detail: 'kept alive, nobody was looked at',
  }
}

function rename(provider: EntraProvider, person: Person): Promise<Outcome> {
  return provider.push(person, {
    familyName: `${person.familyName}-Lindqvist`,
    userName: `renamed.${person.userName}`,
  })
}

/** 409 is the right answer; the failure is counted, tried again, and ends when the first name is put back. */
async function renameOntoTaken(provider: EntraProvider, people: readonly Person[]): Promise<Verdict> {
  const [, person, other] = people
  if (person === undefined || other === undefined) return skipped('it needs three people')
  await provider.rename(person, other.userName.toUpperCase())
  const [refused] = (await provider.cycle()).outcomes
  await provider.rename(person, person.userName)
  const restored = await cycle(provider)
  const conflict = refused?.outcome.ok === false && refused.outcome.failure.kind === 'conflict'
  const wrong = conflict ? undefined : `409 was due, not ${refused?.outcome.detail}`
  return besides({ ...restored, detail: 'refused with 409, first name put back' }, wrong)
}

async function disableAndEnable(provider: EntraProvider, people: readonly Person[]): Promise<Verdict> {
  const some = people.slice(0, 1)
  const disabled = await note(provider, some, (person) => provider.disable(person))
  const enabled = await note(provider, some, (person) => provider.enable(person))
  return together([disabled, enabled], 'disabled, enabled')
}

/** Whoever is disabled must still be found, by id and by filter. */
async function unassign(provider: EntraProvider, people: readonly Person[]): Promise<Verdict> {
  const verdict = await note(provider, leavers(people), (person) => provider.deactivate(person))
  const [person] = leavers(people)
  if (person === undefined) return verdict
  const found = await provider.find(latest(provider, person))
  const shown = found.ok && found.value?.resource['active'] === false
  return besides(verdict, shown ? undefined : `a filter for ${person.userName}, now inactive, does not show that`)
}

async function assignAgain(provider: EntraProvider, people: readonly Person[]): Promise<Verdict> {
  const some = leavers(people).slice(0, 1)
  const before = String(some.map((person) => idOf(provider, person)))
  const verdict = await note(provider, some, (person) => provider.assign(person))
  const after = String(some.map((person) => idOf(provider, person)))
  return besides(verdict, before === after ? undefined : `came back as ${after}, was ${before}`)
}

async function deleteAndPurge(
  provider: EntraProvider,
  people: readonly Person[],
  clock: PlayedClock,
): Promise<Verdict> {
  const [person] = leavers(people).slice(-1)
  if (person === undefined) return skipped('there is nobody')
  await provider.softDelete(person)
  const disabled = await cycle(provider)
  clock.leap(29 * DAY_MS)
  const early = await cycle(provider)
  const kept = idOf(provider, person) !== undefined
  clock.leap(DAY_MS)
  const purged = await cycle(provider)
  const found = await provider.find(latest(provider, person))
  const gone = found.ok && found.value === undefined
  const verdict = together([disabled, early, purged], 'deleted 30 days later, and no longer found')
  return besides(
    besides(verdict, kept ? undefined : 'deleted before 30 days'),
    gone ? undefined : `${person.userName} is still found after the DELETE`,
  )
}

/** The name of whoever was purged is free, and the new user must get an id of its own. */
async function sameNameAnew(provider: EntraProvider, people: readonly Person[]): Promise<Verdict> {
  const [person] = leavers(people).slice(-1)
  if (person === undefined) return skipped('there is nobody')
  const { userName, email } = latest(provider, person)
  const old = provider.beliefs().find((belief) => belief.person.key === person.key)?.id
  const successor: Person = { ...person, userName, email, key: person.key.split('').toReversed().join('') }
  const verdict = await note(provider, [successor], (one) => provider.assign(one))
  return besides(verdict, idOf(provider, successor) === old ? `the id ${old} was given out again` : undefined)
}

async function discoverAndCompare(provider: EntraProvider): Promise<Verdict> {
  const imported = await provider.importUsers()
  if (imported.failure !== undefined) return { wrong: [imported.failure.message], detail: '' }
  const beliefs = provider.beliefs()
  const departures = compareBeliefs(beliefs, imported.users, (told, resource) =>
    differences('Entra', mapping(told), resource),
  )
  const inactive = imported.users.length - imported.brought
  return {
    wrong: [...imported.complaints, ...departures],
    detail: `${imported.users.length} users on ${imported.pages} pages, ${inactive} inactive; all ${beliefs.length} as believed`,
  }
}

function idOf(provider: EntraProvider, { key }: Person): string | undefined {
  const belief = provider.beliefs().find((one) => one.person.key === key)
  return belief?.status === 'removed' ? undefined : belief?.id
}

/** The person as the directory has them by now. */
function latest(provider: EntraProvider, person: Person): Person {
  return provider.beliefs().find((belief) => belief.person.key === person.key)?.person ?? person
}
