import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { licenceFields, licenceOf, sameInAnyOrder } from './licence.ts'

const user = {
  billable: true,
  applicationAttributes: {
    DIGITAL: [{ name: 'Digital Engagement', values: ['true'], objects: [] }],
    ACD: [{ values: ['b', 'a'], name: 'Can Be Recorded', objects: [] }],
  },
}

describe('licence attributes as a text', () => {
  it('do not depend on the order of anything, nor on the spelling of a flag', () => {
    const other = {
      applicationAttributes: {
        ACD: [{ name: 'Can Be Recorded', objects: [], values: ['a', 'b'] }],
        DIGITAL: [{ objects: [], values: ['true'], name: 'Digital Engagement' }],
      },
      billable: true,
    }
    expect(licenceOf(user, { DigitalEngagementEnabled: true })).toBe(
      licenceOf(other, { digitalEngagementEnabled: true }),
    )
  })

  it('leave out what is off, empty or not told', () => {
    expect(licenceOf({ billable: false, applicationAttributes: {} }, { customerCard: false })).toBe('{}')
    expect(licenceOf({}, {})).toBe('{}')
  })

  it('name every field when they are written, so that what is to be off is sent as off', () => {
    expect(licenceFields('{}')).toEqual({
      user: { billable: false, applicationAttributes: {} },
      agent: { agentIntegration: false, customerCard: false, digitalEngagementEnabled: false },
    })
  })

  it('are the same again after they were written and read', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        fc.dictionary(fc.string(), fc.array(fc.jsonValue())),
        (bills, card, some) => {
          const text = licenceOf({ billable: bills, applicationAttributes: some }, { customerCard: card })
          const fields = licenceFields(text)
          expect(licenceOf(fields?.user ?? {}, fields?.agent ?? {})).toBe(text)
        },
      ),
    )
  })

  it('are nothing where the text is the name of an account', () => {
    expect(licenceFields('template@example.test')).toBeUndefined()
    expect(licenceFields('12')).toBeUndefined()
  })
})

describe('fields that are compared in any order', () => {
  it('are the same where both hold nothing, however that is written', () => {
    for (const nothing of [null, undefined, '', false, [], {}]) expect(sameInAnyOrder(nothing, false)).toBe(true)
    expect(sameInAnyOrder(['a', 'b'], ['b', 'a'])).toBe(true)
    expect(sameInAnyOrder(['a'], [])).toBe(false)
  })
})
