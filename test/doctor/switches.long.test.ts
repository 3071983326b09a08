/** The doctor under everything that the facts leave open: a set-up that works is never called bad, whatever the tenant is like. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDoctorWorld, type DoctorWorld } from './world.ts'

let world: DoctorWorld
beforeAll(async () => {
  world = await openDoctorWorld()
})
afterAll(() => world.close())

interface Switch {
  readonly name: string
  readonly default: string
  readonly values: readonly string[]
}

/** Tenants that do not tell: what cannot be known of them. */
const SILENT: Readonly<Record<string, string>> = { 'hiddenFields: licence': 'key-owner-free' }

test('each value of each switch of the simulator', async () => {
  const table = await world.cxone.control<readonly Switch[]>('GET', '/switches/table')
  const wrong: string[] = []
  for (const { name, default: standard, values } of table) {
    for (const value of values.filter((one) => one !== standard)) {
      await world.cxone.control('PUT', '/switches', { [name]: value })
      const { bad, calls, of, findings } = await world.examine()
      const unknown = findings.filter(({ status }) => status === 'unknown').map(({ check }) => check)
      const found = bad.map((check) => `${check} (${of(check).found})`)
      if (bad.length > 0 || calls > 20 || unknown.join() !== (SILENT[`${name}: ${value}`] ?? ''))
        wrong.push(`${name}: ${value}: ${found.join(', ')}; unknown: ${unknown.join(', ')}; ${calls} calls`)
    }
    await world.cxone.control('PUT', '/switches', { [name]: standard })
  }
  expect(wrong).toEqual([])
})
