/**
 * A plain SCIM client for tests.
 * Must not forgive anything: it sends what it is given and returns what came.
 */
/** Any SCIM message; which parts are there depends on the answer, and tests compare them. */
export interface ScimBody extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly userName: string
  readonly meta: { readonly location: string; readonly version: string }
  readonly totalResults: number
  readonly Resources: readonly ScimBody[]
  readonly detail: string
}

export interface ScimAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: ScimBody
}

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

export const patchOf = (...Operations: object[]): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})

export const userOf = (userName: string, more: object = {}): object => ({
  schemas: [USER_SCHEMA],
  userName,
  name: { givenName: 'Mia', familyName: 'Roth' },
  emails: [{ value: userName, type: 'work', primary: true }],
  active: true,
  ...more,
})

export type ScimClient = (method: string, path: string, body?: unknown) => Promise<ScimAnswer>

export const scimClient =
  (base: string, token: string): ScimClient =>
  async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: JSON.parse(text === '' ? '{}' : text) as ScimBody,
    }
  }
