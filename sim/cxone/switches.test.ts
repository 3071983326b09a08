// Decides that every switch has at least two values and that each value can be told from the others from outside.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Caller, startCaller } from './caller.ts'
import {
  complaintAbout,
  defaultSwitches,
  SWITCH_NAMES,
  type SwitchName,
  type SwitchRow,
  SWITCHES,
  type SwitchValue,
} from './switches.ts'
import type { SwitchCase } from './switch-case.ts'
import { ACD_FORM, MIRROR } from './switch-cases-acd.ts'
import { AGENTS, SKILLS } from './switch-cases-agents.ts'
import { READING } from './switch-cases-reading.ts'
import { keepsHiddenFields, WRITING } from './switch-cases-writing.ts'

/** A switch without a case does not compile. */
const CASES: Record<SwitchName, SwitchCase> = {
  ...READING,
  ...WRITING,
  ...MIRROR,
  ...ACD_FORM,
  ...AGENTS,
  ...SKILLS,
}

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

test.each(SWITCH_NAMES)('%s has values that differ, a section of the facts and a sentence', (name) => {
  const { values: all, facts, says } = SWITCHES[name]
  const seen = CASES[name].sees.map((one) => JSON.stringify(one))
  expect(all.length).toBeGreaterThanOrEqual(2)
  expect(seen).toHaveLength(all.length)
  expect(new Set(seen).size).toBe(all.length)
  expect(facts).toMatch(/^\d/)
  expect(says).toMatch(/\.$/)
})

test('the readme tells every switch as it is', async () => {
  const readme = await readFile(new URL('readme.md', import.meta.url), 'utf8')
  const rows = SWITCH_NAMES.map((name) => {
    const { values: all, facts, says, upTo }: SwitchRow = SWITCHES[name]
    const amounts = upTo === undefined ? '' : ` up to ${upTo}`
    return `| \`${name}\` | ${all.map((value) => `\`${value}\``).join(' ')}${amounts} | ${facts} | ${says} |`
  })
  expect(readme).toContain(rows.join('\n'))
})

test('fields that no read returns survive an update even where missing fields are cleared', async () => {
  await sim.set({ hiddenFields: 'licence', putMissing: 'clears' })
  await sim.signIn()
  expect(await keepsHiddenFields(sim)).toBe(true)
})

test('a wrong name or value is told with what would be right', () => {
  expect(complaintAbout({ putMissing: 'keeps', readLagMs: 17 })).toBeUndefined()
  expect(complaintAbout({ colour: 'red' })).toContain('putMissing')
  expect(complaintAbout({ toString: 'x' })).toContain('no switch is called "toString"')
  expect(complaintAbout({ putMissing: 'maybe' })).toBe('switch "putMissing" cannot be "maybe"; allowed: clears, keeps')
  expect(complaintAbout({ readLagMs: -1 })).toContain('a whole number from 0 to 600000')
  expect(complaintAbout({ createStatus: '200' })).toContain('200, 201')
})
