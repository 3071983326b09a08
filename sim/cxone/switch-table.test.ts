// Decides that every switch has at least two values that differ, tells where it comes from, and stands in the readme.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { CASES } from './switch-cases.ts'
import { complaintAbout, SWITCH_NAMES, type SwitchRow, SWITCHES } from './switches.ts'

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

test('a wrong name or value is told with what would be right', () => {
  expect(complaintAbout({ putMissing: 'keeps', readLagMs: 17 })).toBeUndefined()
  expect(complaintAbout({ colour: 'red' })).toContain('putMissing')
  expect(complaintAbout({ toString: 'x' })).toContain('no switch is called "toString"')
  expect(complaintAbout({ putMissing: 'maybe' })).toBe('switch "putMissing" cannot be "maybe"; allowed: clears, keeps')
  expect(complaintAbout({ readLagMs: -1 })).toContain('a whole number from 0 to 600000')
  expect(complaintAbout({ createStatus: '200' })).toContain('200, 201')
})
