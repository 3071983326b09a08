/** The doctor where any one call goes wrong in any way: it ends, says something of every check, and stays within its bounds. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDoctorWorld, type DoctorWorld } from './world.ts'

let world: DoctorWorld
beforeAll(async () => {
  world = await openDoctorWorld()
})
afterAll(() => world.close())

const EFFECTS = {
  'no such address': { status: 404 },
  forbidden: { status: 403, body: { message: 'no right' } },
  refused: { status: 400, body: { message: 'not like this' } },
  'not signed in': { status: 401 },
  'a fault': { status: 500 },
  down: { status: 503 },
  cut: { drop: true },
  'cut in the middle': { truncate: true },
  nothing: { status: 204, body: '' },
  'a list': { status: 200, body: [] },
  'another object': { status: 200, body: { success: true } },
  'a text': { status: 200, body: '"yes"' },
  'half of it': { status: 200, body: '{"users":[{"id"' },
}

test.for(Object.keys(EFFECTS) as (keyof typeof EFFECTS)[])('every call, once with: %s', async (effect) => {
  const good = await world.examine()
  const checks = good.findings.map(({ check }) => check).toSorted()
  for (const { path } of good.seen) {
    const pattern = `^${(path.split('?')[0] ?? '').replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`
    const faults = [{ match: { path: pattern }, seconds: 60, effect: EFFECTS[effect] }]
    await world.cxone.control('POST', '/faults', { faults })
    const { findings, calls, seen } = await world.examine()
    await world.cxone.control('DELETE', '/faults')
    expect([path, findings.map(({ check }) => check).toSorted()]).toEqual([path, checks])
    expect(Math.max(calls, seen.length)).toBeLessThanOrEqual(20)
    expect(seen.filter(({ method, path: called }) => method !== 'GET' && !/search|access-key$/.test(called))).toEqual(
      [],
    )
  }
})
