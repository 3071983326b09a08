/**
 * People come, change desks, leave and come back, set up by a policy, while CXone is struck by a chaos schedule.
 * Decides what happens to whom and what that must end in; whether it did is the oracle's.
 */
import { judge, type Judgement, type Wanted } from '../support/cxone-oracle.ts'
import { readTruth } from '../support/cxone-truth.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { openAdmin, type DeliveryRow } from '../guarantees/admin.ts'
import { openPassingTime, type PassingTime } from '../stories/passing.ts'
import { DEPARTMENT, DESKS, deskOf, ENTERPRISE, openPolicy, type Desk } from './chaos-desks.ts'

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

interface State {
  readonly authenticators: readonly { readonly id: string; readonly name: string; readonly kind: string }[]
}

/** Everything about the schedule but its seed. */
export interface Hardness {
  readonly people: number
  readonly intensity: number
  /** Of each method, route and subject. */
  readonly calls: number
  readonly retryAfterSeconds: number
}

export async function playChaos(seed: number, hardness: Hardness): Promise<ChaosStory> {
  const cxone = await startCxoneForTest({
    users: 6,
    // Waiting is not the point: what would be waited for passes.
    entry: {
      policy: openPolicy(),
      concurrency: 8,
      settings: { patienceSeconds: 0, mirrorSeconds: 0.1, readLagSeconds: 0.2 },
    },
  })
  // CXone lists none.
  const { authenticators: there } = await cxone.control<State>('GET', '/state')
  const authenticators = there.map(({ id, name, kind }) => ({ id, name, system: kind === 'System' }))
  const rollcall = await startRollcallForTest({ apps: [{ ...cxone.app, authenticators }], alone: true })
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
  const { people, intensity, calls, retryAfterSeconds } = hardness
  const longest = { delayMs: 16, retryAfterSeconds, lateMs: 100 }
  await cxone.control('PUT', '/schedule', { schedule: { seed, intensity, for: { calls }, longest } })
  const { serviceUserId } = await look<{ serviceUserId: string }>('/state')
  const owner = before.people.find(({ id }) => id === serviceUserId)?.userName ?? ''
  const wanted = await act(rig, { people, owner })
  const rows = await settle(rig)
  const { struck } = await look<{ struck: Readonly<Record<string, number>> }>('/schedule')
  const after = await readTruth(look)
  // Whether somebody was asked in may be what nobody can know; then it is told, and everything else is as wanted.
  const unknown = new Set(rows.filter(({ code }) => code === 'invitation-unknown').map(({ userName }) => userName))
  const judged = judge({
    before,
    after,
    wanted: wanted.map(({ invited, ...want }) =>
      invited === undefined || unknown.has(want.userName) ? want : { ...want, invited },
    ),
    untouchable: [serviceUserId],
  })
  const left = rows.filter(({ userName }) => !unknown.has(userName))
  return {
    ...judged,
    struck,
    left: left.map(({ userName, state, detail }) => `${userName} is ${state}: ${detail ?? ''}`),
  }
}

interface Somebody {
  readonly userName: string
  readonly id: string
  desk: Desk
  active: boolean
}

/** What was sent of everybody, in rounds: the next begins when half of the one before is delivered. */
async function act(rig: Rig, { people, owner }: { people: number; owner: string }): Promise<readonly Wanted[]> {
  const { scim } = rig
  const everybody = await Promise.all(
    Array.from({ length: people }, (_, index) => join(scim, `chaos${index + 1}@acme.test`, deskOf(index))),
  )
  // Somebody of the name of the account that Rollcall itself signs in with is pushed and leaves: nothing may come of it.
  const impostor = await join(scim, owner, 'Care')
  await halfDelivered(rig)
  const change = async (who: Somebody, ...operations: object[]): Promise<void> => {
    await sent(scim('PATCH', `/Users/${who.id}`, patchOf(...operations)))
  }
  const move = (who: Somebody, desk: Desk): object => {
    who.desk = desk
    return replace(DEPARTMENT, desk)
  }
  await Promise.all(everybody.map((who, index) => change(who, replace('name.familyName', `Second ${index}`))))
  await change(impostor, replace('active', false))
  await halfDelivered(rig)
  const movers = everybody.filter((_, index) => index % 2 === 0)
  await Promise.all(movers.map((who, index) => change(who, move(who, deskOf(index + 1)))))
  const leavers = everybody.filter((_, index) => index % 3 !== 0)
  for (const who of leavers) who.active = false
  await Promise.all(leavers.map((who) => change(who, replace('active', false))))
  await halfDelivered(rig)
  const back = everybody.filter((_, index) => index % 3 === 1)
  for (const who of back) who.active = true
  // Half of them come back to another desk.
  await Promise.all(
    back.map((who, index) =>
      change(who, replace('active', true), ...(index % 2 === 0 ? [] : [move(who, deskOf(index))])),
    ),
  )
  // Not the other name: who returns with both names changed is somebody else.
  await Promise.all(everybody.map((who) => change(who, replace('timezone', 'Europe/Prague'))))
  return everybody.map(wantedOf)
}

async function join(scim: ScimClient, userName: string, desk: Desk): Promise<Somebody> {
  const id = await sent(scim('POST', '/Users', userOf(userName, { [ENTERPRISE]: { department: desk } })))
  return { userName, id, desk, active: true }
}

function wantedOf({ userName, desk, active }: Somebody, index: number): Wanted {
  const { role, roles, team, skills, groups, authenticator, invites } = DESKS[desk]
  return {
    userName,
    active,
    givenName: 'Mia',
    familyName: `Second ${index}`,
    email: userName,
    role,
    roles,
    team,
    skills,
    groups,
    authenticator,
    fields: { timeZone: 'Europe/Prague' },
    ...(invites ? { invited: 1 } : {}),
  }
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

/** Lets time pass until nothing is to be done any more; what is not delivered then. */
async function settle({ time, deliveries }: Rig): Promise<readonly DeliveryRow[]> {
  for (let minutes = 0; minutes < 120; minutes++) {
    await time.pass(60_000)
    const rows = await deliveries()
    if (rows.some(({ state }) => state === 'due' || state === 'retrying')) continue
    // What may still arrive late is looked for a last time after ten minutes.
    await time.pass(15 * 60_000)
    return (await deliveries()).filter(({ state }) => state !== 'delivered')
  }
  const left = (await deliveries()).filter(({ state }) => state !== 'delivered')
  throw new Error(`hours later there is still something to do: ${JSON.stringify(left)}`)
}
