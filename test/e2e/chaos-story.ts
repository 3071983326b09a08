/**
 * Thirty people come, change, leave and come back while CXone is struck by a chaos schedule.
 * Decides what happens to whom and what that must end in; whether it did is the oracle's.
 */
import { judge, type Judgement, type Wanted } from '../support/cxone-oracle.ts'
import { readTruth } from '../support/cxone-truth.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { openAdmin, type DeliveryRow } from '../guarantees/admin.ts'
import { openPassingTime, type PassingTime } from '../stories/passing.ts'

const PEOPLE = 30

export interface ChaosStory extends Judgement {
  /** Strikes by kind. */
  readonly struck: Readonly<Record<string, number>>
  /** Rows that are not delivered in the end, and why. */
  readonly left: readonly string[]
}

interface Rig {
  readonly cxone: TestCxone
  readonly scim: ScimClient
  readonly time: PassingTime
  readonly deliveries: () => Promise<readonly DeliveryRow[]>
}

/** Everything about the schedule but its seed. */
export interface Hardness {
  readonly intensity: number
  /** Of each method, route and subject. */
  readonly calls: number
  readonly retryAfterSeconds: number
}

export async function playChaos(seed: number, hardness: Hardness): Promise<ChaosStory> {
  const cxone = await startCxoneForTest({
    users: 6,
    // Waiting is not the point: what would be waited for passes.
    entry: { settings: { patienceSeconds: 0, readLagSeconds: 0.2 } },
  })
  const rollcall = await startRollcallForTest({ apps: [cxone.app], alone: true })
  const scim = scimClient(rollcall.base, rollcall.scimToken)
  const time = openPassingTime(rollcall.databaseUrl, cxone.app.id)
  try {
    const { deliveries } = openAdmin(async () => rollcall.address, rollcall.apiKey)
    return await play({ cxone, scim, time, deliveries }, { seed, ...hardness })
  } finally {
    await time.close()
    await rollcall.close()
    await cxone.close()
  }
}

async function play(rig: Rig, { seed, ...hardness }: Hardness & { readonly seed: number }): Promise<ChaosStory> {
  const { cxone } = rig
  const look = <T>(path: string): Promise<T> => cxone.control('GET', path)
  const before = await readTruth(look)
  const { intensity, calls, retryAfterSeconds } = hardness
  const longest = { delayMs: 16, retryAfterSeconds, lateMs: 100 }
  await cxone.control('PUT', '/schedule', { schedule: { seed, intensity, for: { calls }, longest } })
  const { serviceUserId } = await look<{ serviceUserId: string }>('/state')
  const owner = before.people.find(({ id }) => id === serviceUserId)?.userName ?? ''
  const wanted = await act(rig, owner)
  const left = await settle(rig)
  const { struck } = await look<{ struck: Readonly<Record<string, number>> }>('/schedule')
  const after = await readTruth(look)
  return { ...judge({ before, after, wanted, untouchable: [serviceUserId] }), struck, left }
}

/** What was sent of everybody, in rounds: the next begins when half of the one before is delivered. */
async function act(rig: Rig, owner: string): Promise<readonly Wanted[]> {
  const { scim } = rig
  const names = Array.from({ length: PEOPLE }, (_, index) => `chaos${index + 1}@acme.test`)
  const ids = await Promise.all(names.map(async (userName) => sent(scim('POST', '/Users', userOf(userName)))))
  // Somebody of the name of the account that Rollcall itself signs in with is pushed and leaves: nothing may come of it.
  const impostor = await sent(scim('POST', '/Users', userOf(owner)))
  await halfDelivered(rig)
  const change = (index: number, ...operations: object[]): Promise<string> =>
    sent(scim('PATCH', `/Users/${ids[index]}`, patchOf(...operations)))
  const everybody = [...ids.keys()]
  await Promise.all(everybody.map((index) => change(index, replace('name.familyName', `Second ${index}`))))
  await sent(scim('PATCH', `/Users/${impostor}`, patchOf(replace('active', false))))
  await halfDelivered(rig)
  const leavers = everybody.filter((index) => index % 3 !== 0)
  await Promise.all(leavers.map((index) => change(index, replace('active', false))))
  await halfDelivered(rig)
  const back = leavers.filter((index) => index % 3 === 1)
  await Promise.all(back.map((index) => change(index, replace('active', true))))
  // Not the other name: who returns with both names changed is somebody else.
  await Promise.all(everybody.map((index) => change(index, replace('timezone', 'Europe/Prague'))))
  return names.map((userName, index) => ({
    userName,
    active: index % 3 !== 2,
    givenName: 'Mia',
    familyName: `Second ${index}`,
    email: userName,
    role: 'Agent',
    team: 'Default Team',
    fields: { timeZone: 'Europe/Prague' },
  }))
}

async function halfDelivered({ time, deliveries }: Rig): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes++) {
    const rows = await deliveries()
    if (rows.filter(({ state }) => state === 'delivered').length * 2 > rows.length) return
    await time.pass(60_000)
  }
}

const replace = (path: string, value: unknown): object => ({ op: 'replace', path, value })

/** The id of what was accepted. */
async function sent(answer: ReturnType<ScimClient>): Promise<string> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`Rollcall answered ${status}: ${body.detail}`)
  return body.id
}

/** Lets time pass until nothing is to be done any more; what is not delivered then, and why. */
async function settle({ time, deliveries }: Rig): Promise<readonly string[]> {
  for (let minutes = 0; minutes < 120; minutes++) {
    await time.pass(60_000)
    const rows = await deliveries()
    if (rows.some(({ state }) => state === 'due' || state === 'retrying')) continue
    // What may still arrive late is looked for a last time after ten minutes.
    await time.pass(15 * 60_000)
    return (await deliveries())
      .filter(({ state }) => state !== 'delivered')
      .map(({ userName, state, detail }) => `${userName} is ${state}: ${detail ?? ''}`)
  }
  const left = (await deliveries()).filter(({ state }) => state !== 'delivered')
  throw new Error(`hours later there is still something to do: ${JSON.stringify(left)}`)
}
