import { describe, expect, it } from 'vitest'
import { errorBody, refusal, ScimError } from './errors.ts'

describe('a SCIM error', () => {
  it('has its status as text and its scimType beside the detail (RFC 7644 section 3.12)', () => {
    expect(errorBody(refusal('invalidValue', 'active must be true or false, not "maybe"'))).toStrictEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '400',
      scimType: 'invalidValue',
      detail: 'active must be true or false, not "maybe"',
    })
  })

  it('leaves scimType out where the RFC has no word for it', () => {
    expect(errorBody(new ScimError(404, 'No user has the id u1'))).toStrictEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '404',
      detail: 'No user has the id u1',
    })
  })

  it.each([
    ['uniqueness', 409],
    ['sensitive', 403],
    ['invalidFilter', 400],
    ['mutability', 400],
  ] as const)('goes out with the status that belongs to %s', (scimType, status) => {
    expect(refusal(scimType, 'why').status).toBe(status)
  })
})
