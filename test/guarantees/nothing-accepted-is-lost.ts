/**
 * The first promise, put to the test: pushes from a seeded provider, while Rollcall, its PostgreSQL or both are killed.
 * Decides the course of one seed and what is told about it; must not soften a finding.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom, type Random } from '../../sim/idp/random.ts'
import type { RawUser } from '../support/cxone.ts'
import { openAdmin, type DeliveryRow } from './admin.ts'
import { judge } from './judge.ts'
import { newPerson, type Person } from './person.ts'
import { Broken, openProvider, type Provider } from './provider.ts'
import { openRig, VICTIMS, type Rig, type Victim } from './rig.ts'
import { API_KEY, TOKEN } from './serve-process.ts'
import { nextPush } from './story.ts'

const PUSHES = 300
const LANES = 6
const PEOPLE_PER_LANE = 6
const SEEDED_AGENTS = 12
/** CXone's, so that kills meet calls under way. */
const LATENCY_MS = 4
/** Between two pushes of a lane, at most: the kills are spread over all of them. */
const LONGEST_REST_MS = 50
/** Only ends what would never end. */
const SETTLING_MS = 180_000

export interface Verdict {
  readonly seed: number
  /** Empty when every promise was kept. */
  readonly findings: readonly string[]
  readonly figures: Provider['figures'] & { readonly pushes: number; readonly kills: number; readonly seconds: number }
}

interface Course {
  readonly rig: Rig
  readonly provider: Provider
  readonly people: Person[]
  readonly findings: string[]
  readonly kills: string[]
  pushes: number
}

/** Runs one seed from an empty directory to the verdict. */
export async function runSeed(seed: number): Promise<Verdict> {
  const began = performance.now()
  const rig = await openRig({ seededAgents: SEEDED_AGENTS, latency: LATENCY_MS })
  const provider = openProvider(rig.address, TOKEN)
  const course: Course = { rig, provider, people: [], findings: [], kills: [], pushes: 0 }
  try {
    const seeded = (await rig.cxone.state()).users
    await tellStory(course, seed)
    const rows = await settle(course)
    await compare(course, { seeded, rows })
    const code = await rig.close()
    if (code !== 0) course.findings.push(`SIGTERM ended with ${code}`)
  } catch (error) {
    course.findings.push(`the course was cut short: ${error instanceof Error ? error.stack : String(error)}`)
    await rig.close()
  }
  const seconds = Math.round((performance.now() - began) / 100) / 10
  const figures = { ...course.provider.figures, pushes: course.pushes, kills: course.kills.length, seconds }
  return { seed, findings: told(course, seed), figures }
}

/** Every finding with the seed, then the kills and what the processes wrote. */
function told({ findings, kills, rig }: Course, seed: number): string[] {
  if (findings.length === 0) return []
  return [
    ...findings.map((finding) => `seed ${seed}: ${finding}`),
    `kills:\n  ${kills.join('\n  ')}`,
    `log:\n  ${rig.said().slice(-80).join('\n  ')}`,
  ]
}

/** Pushes and kills, at the same time; resolves when both are at their end. */
async function tellStory(course: Course, seed: number): Promise<void> {
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    pushLane(course, { seed, random: seededRandom(seed * 1_000 + lane), first: lane + 1 }),
  )
  await Promise.all([...lanes, strike(course, seededRandom(seed * 1_000 + 999))])
}

interface Lane {
  readonly seed: number
  readonly random: Random
  /** Serial number of its first push; the others follow at the distance of the number of lanes. */
  readonly first: number
}

/** One push after the other, so that those about one person keep their order. */
async function pushLane(course: Course, { seed, random, first }: Lane): Promise<void> {
  const mine: Person[] = []
  for (let serial = first; serial <= PUSHES; serial += LANES) {
    const person = pickPerson(mine, random, `p${serial}@seed${seed}.test`)
    if (!course.people.includes(person)) course.people.push(person)
    await pushOne(course, person, { random, serial })
    course.pushes++
    await pause(random.below(LONGEST_REST_MS))
  }
}

/** Somebody the provider still pushes; somebody new until there are enough of them. */
function pickPerson(mine: Person[], random: Random, email: string): Person {
  const there = mine.filter((person) => person.open === undefined && person.committed !== 'deleted')
  if (there.length >= PEOPLE_PER_LANE || (there.length > 0 && random.below(2) === 0)) return random.pick(there)
  const person = newPerson(email)
  mine.push(person)
  return person
}

async function pushOne(
  course: Course,
  person: Person,
  { random, serial }: { random: Random; serial: number },
): Promise<void> {
  try {
    await course.provider.push(person, nextPush(person, random, serial), random)
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    course.findings.push(about(person, error.message))
    // Nothing is known of them any more, so they are left alone.
    person.open = 'absent'
  }
}

const about = (person: Person, what: string): string => `${person.email}: ${what}\n${person.history.join('\n')}`

/** Each kind of kill once, in any order, then some more; all but the last while pushes go on. */
async function strike(course: Course, random: Random): Promise<void> {
  const victims = shuffled([...VICTIMS], random)
  for (let more = random.below(3); more > 0; more--) victims.push(random.pick(VICTIMS))
  const moments = victims.map(() => 10 + random.below(PUSHES - 10)).toSorted((a, b) => a - b)
  for (const [index, victim] of victims.entries()) {
    while (course.pushes < (moments[index] ?? 0)) await pause(5)
    await pause(random.below(100))
    await strikeOnce(course, victim, random)
  }
}

async function strikeOnce({ rig, kills }: Course, victim: Victim, random: Random): Promise<void> {
  // A PostgreSQL that is just starting has no number yet.
  while (!(await rig.kill(victim))) await pause(20)
  kills.push(`${new Date().toISOString()} ${victim}`)
  if (random.below(3) > 0) return
  await pause(random.below(900))
  const again = random.pick(VICTIMS)
  if (await rig.kill(again)) kills.push(`${new Date().toISOString()} ${again}, while it started`)
}

function shuffled<T>(list: T[], random: Random): T[] {
  for (let index = list.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    ;[list[index], list[other]] = [list[other] as T, list[index] as T]
  }
  return list
}

/** Waits until nothing is left to deliver, or nothing more will be; returns all rows. */
async function settle({ rig, findings }: Course): Promise<DeliveryRow[]> {
  const admin = openAdmin(rig.address, API_KEY)
  for (const end = Date.now() + SETTLING_MS; ; await pause(100)) {
    const rows = await admin.deliveries()
    const waiting = rows.filter((row) => row.state === 'due' || row.state === 'retrying')
    if (waiting.length === 0) return rows
    if (Date.now() < end) continue
    findings.push(`not delivered after ${SETTLING_MS / 1000} s: ${JSON.stringify(waiting)}`)
    return rows
  }
}

interface End {
  readonly seeded: readonly RawUser[]
  readonly rows: readonly DeliveryRow[]
}

async function compare({ rig, provider, people, findings }: Course, { seeded, rows }: End): Promise<void> {
  const { users } = await rig.cxone.state()
  const old = new Set(seeded.map(({ id }) => id))
  const accounts = Map.groupBy(
    users.filter(({ id }) => !old.has(id)),
    (user) => String(user['emailAddress']),
  )
  let live = 0
  for (const person of people) {
    const scim = await provider.read(person)
    if (typeof scim === 'object') live++
    for (const wrong of judge({ person, scim }, accounts.get(person.email) ?? [])) {
      const row = rows.find(({ identity }) => identity === person.id)
      findings.push(`${about(person, wrong)}\n  delivery: ${JSON.stringify(row)}`)
    }
    accounts.delete(person.email)
  }
  for (const [email, some] of accounts)
    findings.push(`CXone has ${some.length} accounts of ${email}, whom nobody pushed`)
  const count = await provider.count()
  if (count !== live) findings.push(`SCIM counts ${count} users, and has ${live}`)
  const touched = seeded.filter(
    (user) => JSON.stringify(user) !== JSON.stringify(users.find(({ id }) => id === user.id)),
  )
  for (const { userName } of touched) findings.push(`the agent ${userName} was there before and was touched`)
  for (const row of rows) {
    if (row.state !== 'delivered' || row.delivered !== row.wanted)
      findings.push(`delivery ended as ${JSON.stringify(row)}`)
  }
}
