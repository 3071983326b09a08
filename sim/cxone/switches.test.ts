// Decides that each value of each switch can be told from the others from outside.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Caller, startCaller } from './caller.ts'
import { CASES } from './switch-cases.ts'
import { keepsHiddenFields } from './switch-cases-writing.ts'
import { defaultSwitches, SWITCH_NAMES, SWITCHES, type SwitchValue } from './switches.ts'

let sim: Caller

beforeAll(async () => {
  sim = await startCaller({ users: 60 })
})
afterAll(() => sim.close())
beforeEach(async () => {
  await sim.control('PUT', '/switches', defaultSwitches())
  await sim.control('POST', '/reset')
})

const values = SWITCH_NAMES.flatMap((name) =>
  SWITCHES[name].values.map((value: SwitchValue, index: number) => ({ name, value, seen: CASES[name].sees[index] })),
)

test.each(values)('$name = $value is seen from outside', async ({ name, value, seen }) => {
  await sim.set({ [name]: value })
  await sim.signIn()
  expect(await CASES[name].probe(sim)).toEqual(seen)
})

test('fields that no read returns survive an update even where missing fields are cleared', async () => {
  await sim.set({ hiddenFields: 'licence', putMissing: 'clears' })
  await sim.signIn()
  expect(await keepsHiddenFields(sim)).toBe(true)
})
