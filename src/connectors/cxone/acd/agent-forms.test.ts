/** What goes back of an agent when something of it is changed, and what must not be gone afterwards. */
import { describe, expect, it } from 'vitest'
import { formsOf, lostBetween } from './agent-forms.ts'
import type { RawAgent } from './schema.ts'

/** Some of every sort: the ACD's own, UserHub's, of either, and ours to keep. */
const raw: RawAgent = {
  agentId: 7,
  userID: 'u',
  lastLogin: '2026-01-01',
  firstName: 'Mia',
  teamId: 3,
  timeZone: 'Europe/Prague',
  isBillable: true,
  hireDate: '2024-02-29',
  subject: 'who-she-is-there',
  customerCard: true,
  agentIntegration: false,
  DigitalEngagementEnabled: true,
  custom1: 'CC-7',
  useTeamVoiceThreshold: false,
  crmUserName: null,
}
const agent = { id: '7', userId: 'u', active: true, manager: undefined, raw }
const ours = { agentId: 7, custom1: 'CC-7', useTeamVoiceThreshold: false, city: 'Brno' }

describe('an update of an agent', () => {
  it('carries licence flags and what else either half may keep, then goes without, then carries the change alone', () => {
    const [all, without, least] = formsOf({ agent, fields: { city: 'Brno' } })
    expect(all).toEqual({
      ...ours,
      hireDate: '2024-02-29',
      subject: 'who-she-is-there',
      customerCard: true,
      digitalEngagementEnabled: true,
    })
    expect(without).toEqual(ours)
    expect(least).toEqual({ agentId: 7, city: 'Brno' })
  })
  it('says of these what was written a moment ago, and not what the mirror still shows', () => {
    const known = { hireDate: '2025-01-01', customerCard: false, digitalEngagementEnabled: false }
    const [all] = formsOf({ agent, fields: { city: 'Brno' }, known })
    expect(all).toEqual({ ...ours, hireDate: '2025-01-01', subject: 'who-she-is-there' })
  })
  it('sends what is changed and nothing older', () => {
    const [all] = formsOf({ agent, fields: { customerCard: false, custom1: '' }, known: { customerCard: true } })
    expect(all).toMatchObject({ customerCard: false, custom1: '' })
  })
})

describe('afterwards', () => {
  it.each([
    ['custom1', '', ['custom1']],
    ['useTeamVoiceThreshold', true, ['useTeamVoiceThreshold']],
    ['customerCard', false, ['customerCard']],
    ['subject', null, ['subject']],
    ['DigitalEngagementEnabled', undefined, ['DigitalEngagementEnabled']],
    ['hireDate', '2025-01-01', []],
    ['agentIntegration', true, []],
    ['firstName', 'Maria', []],
    ['lastLogin', '2026-02-02', []],
    ['crmUserName', 'mia', []],
  ] as const)('%s that reads as %j is told: %j', (name, value, told) => {
    expect(lostBetween(raw, { ...raw, [name]: value }, [])).toEqual(told)
    expect(lostBetween(raw, { ...raw, [name]: value }, ['digitalEngagementEnabled', name])).toEqual([])
  })
})
