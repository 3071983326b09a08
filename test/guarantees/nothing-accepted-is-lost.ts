/**
 * The first promise, put to the test: pushes from a seeded provider, while Rollcall, its PostgreSQL or both are killed.
 * Decides the course of one seed and what is told about it; must not soften a finding.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom, type Random } from '../../sim/idp/random.ts'
import { about, compare, settle } from './aftermath.ts'
import { newPerson, type Person } from './person.ts'
import { Broken, openProvider, type Provider } from './provider.ts'
import { openRig, type Rig } from './rig.ts'
import { chaos } from './chaos.ts'
import { TOKEN, type TestConnection } from './serve-process.ts'
import { nextPush } from './story.ts'
import { strike } from './strike.ts'

const PUSHES = 300
const LANES = 6
const PEOPLE_PER_LANE = 6
const SEEDED_AGENTS = 12
/** CXone's, so that kills meet calls under way. */
const LATENCY_MS = 4
/** Between two pushes of a lane, at most: the kills are spread over all of them. */
const LONGEST_REST_MS = 50

/** How a seed is played. */
export interface Setting {
  readonly connections: readonly TestConnection[]
  /** CXone throttles, fails, and cuts connections and answers, all the while. */
  readonly chaos: boolean
}

export const ONE_PROVIDER: Setting = {
  connections: [{ id: 'okta', profile: 'okta', delivery: 'queue', token: TOKEN }],
  chaos: false,
}

/** Three providers whose answers wait for CXone. */
export const THREE_PROVIDERS: Setting = {
  connections: ['okta', 'entra', 'onelogin'].map((profile) => ({
    id: profile,
    profile,
    delivery: 'confirm',
    token: `${profile}-token-0123456789`,
  })),
  chaos: true,
}

export interface Verdict {
  /** Empty when every promise was kept; otherwise with the seed, the people's histories and the logs. */
  readonly findings: readonly string[]
  readonly pushes: number
  readonly kills: number
  /** For a person who watches: how pushes ended, and how long pushing and settling took. */
  readonly summary: string
}

interface Course {
  readonly seed: number
  readonly setting: Setting
  readonly rig: Rig
  readonly provider: Provider
  readonly people: Person[]
  readonly findings: string[]
  readonly kills: string[]
  pushes: number
}

/** Runs one seed from an empty directory to the verdict. */
export async function runSeed(seed: number, setting: Setting = ONE_PROVIDER): Promise<Verdict> {
  const { connections } = setting
  const rig = await openRig({ seededAgents: SEEDED_AGENTS, latency: LATENCY_MS, connections })
  const provider = openProvider(
    rig.address,
    connections.map(({ token }) => token),
  )
  const course: Course = { seed, setting, rig, provider, people: [], findings: [], kills: [], pushes: 0 }
  const watch = stopwatch()
  try {
    const seeded = (await rig.cxone.state()).users
    await tellStory(course)
    watch.lap('pushing')
    const rows = await settle(rig)
    watch.lap('settling')
    course.findings.push(...(await compare({ ...course, seeded, rows })))
  } catch (error) {
    course.findings.push(`the course was cut short: ${error instanceof Error ? error.stack : String(error)}`)
  }
  const code = await rig.close()
  if (code !== 0) course.findings.push(`SIGTERM ended with ${code}`)
  return {
    findings: told(course),
    pushes: course.pushes,
    kills: course.kills.length,
    summary: `seed ${seed}: ${JSON.stringify({ ...provider.figures, kills: course.kills.length, ...watch.laps })}`,
  }
}

function stopwatch() {
  const laps: Record<string, string> = {}
  let began = performance.now()
  const lap = (name: string): void => {
    laps[name] = `${((performance.now() - began) / 1000).toFixed(1)} s`
    began = performance.now()
  }
  return { laps, lap }
}

/** Every finding with the seed, then the kills and what the processes wrote. */
function told({ seed, findings, kills, rig }: Course): string[] {
  if (findings.length === 0) return []
  return [
    ...findings.map((finding) => `seed ${seed}: ${finding}`),
    `kills:\n  ${kills.join('\n  ')}`,
    `log:\n  ${rig.said().slice(-80).join('\n  ')}`,
  ]
}

/** Pushes and kills, at the same time; resolves when both are at their end. */
async function tellStory(course: Course): Promise<void> {
  const randomOf = (part: number): Random => seededRandom(course.seed * 1_000 + part)
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    pushLane(course, { random: randomOf(lane), first: lane + 1 }),
  )
  const striking = strike({ ...course, pushes: () => course.pushes, of: PUSHES }, randomOf(999))
  const calm = course.setting.chaos ? chaos(course.rig.cxone, randomOf(998)) : async () => undefined
  try {
    await Promise.all([...lanes, striking])
  } finally {
    await calm()
  }
}

interface Lane {
  readonly random: Random
  /** Serial number of its first push; the others follow at the distance of the number of lanes. */
  readonly first: number
}

/** One push after the other, so that those about one person keep their order. */
async function pushLane(course: Course, { random, first }: Lane): Promise<void> {
  const mine: Person[] = []
  for (let serial = first; serial <= PUSHES; serial += LANES) {
    const there = mine.filter(isPushed)
    const known = there.length >= PEOPLE_PER_LANE || (there.length > 0 && random.below(2) === 0)
    const person = known ? random.pick(there) : newPerson(`p${serial}@seed${course.seed}.test`, tokenOf(course, first))
    if (!known) {
      mine.push(person)
      course.people.push(person)
    }
    await pushOne(course, person, { random, serial })
    course.pushes++
    await pause(random.below(LONGEST_REST_MS))
  }
}

/** A lane pushes through one connection. */
const tokenOf = ({ setting: { connections } }: Course, lane: number): string =>
  connections[lane % connections.length]?.token ?? ''

/** The provider has not left them, and knows what holds. */
const isPushed = ({ open, committed, broken }: Person): boolean =>
  open === undefined && committed !== 'deleted' && broken !== true

async function pushOne(
  { provider, findings }: Course,
  person: Person,
  { random, serial }: { random: Random; serial: number },
): Promise<void> {
  try {
    await provider.push(person, nextPush(person, random, serial), random)
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    findings.push(about(person, error.message))
    person.broken = true
  }
}
