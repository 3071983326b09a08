import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountHolders, castFrom, pushedBy, SIZES, type Cast } from '../../examples/demo/cast.ts'
import { everybody, PROVIDER_IDS } from '../../examples/demo/providers.ts'
import type { Scene } from '../../examples/demo/scene.ts'
import { PEOPLE_BEFORE } from '../../examples/demo/story.ts'
import { startCxoneSimulator, type CxoneSimulator } from '../../sim/cxone/server.ts'

const SEEDS = [1, 2, 7, 20_000]

describe.each(SEEDS)('who plays in the demo at a CXone of seed %i', (seed) => {
  let simulator: CxoneSimulator
  let cxone: Scene['cxone']
  let cast: Cast
  beforeAll(async () => {
    simulator = await startCxoneSimulator({ users: PEOPLE_BEFORE + 1, seed })
    cxone = (await (await fetch(`${simulator.control}/state`)).json()) as Scene['cxone']
    cast = castFrom(cxone)
  })
  afterAll(() => simulator.close())

  const inCxone = (userName: string) =>
    cxone.users.filter((user) => user.userName.toLowerCase() === userName.toLowerCase())

  test('each provider pushes as many as it is said to, under keys of their own', () => {
    for (const id of PROVIDER_IDS) expect(pushedBy(cast, id)).toHaveLength(SIZES[id])
    const all = [...PROVIDER_IDS.flatMap((id) => pushedBy(cast, id)), cast.recycled.stranger]
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length)
  })
  test('agents are active agents of that very name; newcomers are in CXone under no name', () => {
    for (const { userName, givenName, familyName } of everybody(cast.agents))
      expect(inCxone(userName)).toMatchObject([
        { status: 'ACTIVE', role: 'Agent', firstName: givenName, lastName: familyName },
      ])
    expect(inCxone(cast.supervisor.userName)).toMatchObject([{ status: 'ACTIVE', role: 'Supervisor' }])
    for (const { userName } of everybody(cast.newcomers)) expect(inCxone(userName)).toEqual([])
  })
  test('of one user name are only the person of two providers and the stranger with an old name', () => {
    const names = accountHolders(cast).map(({ userName }) => userName)
    expect(new Set(names).size).toBe(names.length)
    expect(cast.shared.other).toMatchObject({ ...namesOf(cast.shared.owner) })
    const { leaver, stranger } = cast.recycled
    expect(stranger.userName).toBe(leaver.userName)
    expect([stranger.givenName, stranger.familyName]).not.toContain(leaver.givenName)
    expect([stranger.givenName, stranger.familyName]).not.toContain(leaver.familyName)
  })
  test('nobody who is changed in one act is among those of another', () => {
    const parts = [cast.moved, cast.callersWhileThrottled, cast.callersWhileDown, cast.leavers].flatMap(everybody)
    const all = [...parts, cast.renamed, cast.shared.owner].map(({ key }) => key)
    expect(new Set(all).size).toBe(all.length)
    expect(everybody(cast.leavers)).toEqual(expect.arrayContaining([cast.returning, cast.recycled.leaver]))
  })
})

const namesOf = ({ userName, givenName, familyName }: Cast['supervisor']) => ({ userName, givenName, familyName })
