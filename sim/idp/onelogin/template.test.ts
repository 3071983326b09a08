import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { people, type Person } from '../people.ts'
import { ENTERPRISE_SCHEMA, USER_SCHEMA } from '../scim.ts'
import { bodyOf, oneLoginId, render, sentIn, TEMPLATES } from './template.ts'

const [mia] = people({ count: 1, seed: 3 }) as [Person]

describe("OneLogin's template", () => {
  it('of the enterprise connector names the extension, that of the core connector does not', () => {
    const core = JSON.parse(bodyOf(TEMPLATES.core, mia, true)) as object
    const enterprise = JSON.parse(bodyOf(TEMPLATES.enterprise, mia, true)) as object
    expect(core).toMatchObject({ schemas: [USER_SCHEMA], userName: mia.userName, active: true })
    expect(core).not.toHaveProperty([ENTERPRISE_SCHEMA])
    expect(enterprise).toMatchObject({ [ENTERPRISE_SCHEMA]: { department: mia.department }, active: true })
  })

  it('cannot be broken by a value, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (displayName) => {
        const body = JSON.parse(bodyOf(TEMPLATES.core, { ...mia, displayName }, false)) as object
        expect(body).toMatchObject({ displayName, active: false })
      }),
    )
  })

  it('keeps active as the string it is in the template', () => {
    expect(JSON.parse(bodyOf('{"userName":"{$user.email}","active":"true"}', mia, false))).toEqual({
      userName: mia.email,
      active: 'false',
    })
  })

  it('goes out as it stands when it is no JSON object, and a macro nobody knows is empty', () => {
    expect(bodyOf('{"userName": {$user.email}', mia, true)).toBe(`{"userName": ${mia.email}`)
    expect(render('<{$user.shoe_size}>', mia)).toBe('<>')
  })

  it('says what must come back: what was sent and is not empty', () => {
    const odd = JSON.stringify({ id: null, userName: 'u', title: '', emails: { value: 'e' }, name: { givenName: 'G' } })
    expect(sentIn(odd)).toEqual([
      ['userName', 'u'],
      ['name.givenName', 'G'],
    ])
    expect(sentIn('no JSON')).toEqual([])
  })

  it('has an id for each person, a number that stays', () => {
    const ids = people({ count: 500, seed: 1 }).map(oneLoginId)
    expect(new Set(ids).size).toBe(500)
    for (const id of ids) expect(id).toMatch(/^\d{9,10}$/)
    expect(oneLoginId(mia)).toBe(oneLoginId({ ...mia, userName: 'other' }))
  })
})
