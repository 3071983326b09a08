/** Each way in which a sign-in goes wrong says what it is, and what would be right; none says a secret. */
import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../src/connectors/contract.ts'
import { openClient } from '../../src/connectors/cxone/client.ts'
import { openSessions } from '../../src/connectors/cxone/session.ts'
import { z } from 'zod'
import { entry, json, KEY, page, refusalOf, scripted, SECRET, TENANT, token } from './scripted-cxone.ts'

const KEY_URL = 'https://na1.nice-incontact.com/authentication/v1/token/access-key'
const TOKEN_URL = 'https://cxone.niceincontact.com/auth/token'
const API = {
  [`https://cxone.niceincontact.com/.well-known/cxone-configuration?tenantId=${TENANT}`]: () =>
    json({ api_endpoint: 'https://api-na1.niceincontact.com' }),
}
const CLIENT = { clientId: 'roll', clientSecret: 'zq7-kept-apart' }

const refusedWith = (response: HttpResponse, application?: object) => {
  const { io } = scripted({ ...API, [application === undefined ? KEY_URL : TOKEN_URL]: () => response })
  return refusalOf(openSessions(entry({ auth: { ...KEY, ...(application && { application }) } }), io).current())
}

const spring = (message: string) =>
  json({ timestamp: 'now', status: 401, error: 'Unauthorized', message, path: '/authentication' }, 401)
const oauth = (error: string, errorDescription = '', status = 400) => json({ error, errorDescription }, status)

describe('an access key that is refused', () => {
  it.each([
    ['wrong', spring('Bad credentials'), /id and secret of the access key belong together/],
    ['expired', spring('Access key expired'), /has expired: make a new one/],
    ['that of somebody deactivated', spring('User is deactivated'), /over for good/],
    ['switched off', spring('The key is inactive'), /no longer active/],
    ['wrong, by a 400 without words', json({}, 400), /answered 400 to the sign-in at https:\/\/na1.*complete/],
  ])('because it is %s', async (_, response, says) => {
    const { code, retry, detail } = await refusedWith(response)
    expect({ code, retry }).toEqual({ code: 'credentials-refused', retry: 'later' })
    expect(detail).toMatch(says)
  })

  it.each([
    ['a page of a proxy', page(200), /web page instead of JSON: a proxy or portal/],
    ['a page that forbids', page(403), /answered with 403 and a web page/],
    ['a proxy that wants to know us', { ...page(407) }, /A proxy on the way wants a sign-in/],
    [
      'a way to somewhere else',
      { status: 302, headers: { location: 'https://portal.test/in?x=1' }, text: '' },
      /go to https:\/\/portal\.test\. That is not followed/,
    ],
    ['nothing of the kind', json({}, 404), /is the area or issuer right/],
    ['another JSON', json({ hello: 'world' }), /not what CXone documents/],
  ] as const)('is not what it is taken for, where the answer is %s', async (_, response, says) => {
    const { code, detail } = await refusedWith(response)
    expect(code).toBe('answer-unexpected')
    expect(detail).toMatch(says)
  })

  it.each([
    [429, 'throttled'],
    [503, 'unreachable'],
    [500, 'answer-unexpected'],
  ])('is not either, where the answer is %i', async (status, code) => {
    expect(await refusedWith({ ...page(status) })).toMatchObject({ code, retry: 'soon' })
  })
})

describe('an application that is refused', () => {
  it.each([
    [
      'its secret',
      oauth('invalid_client', '', 401),
      /Check client id and secret.*registered for client_secret_basic.*encoding: plain/,
    ],
    ['the key', oauth('invalid_grant', 'Bad credentials'), /application is known, the access key is refused/],
    ['the key that has expired', oauth('invalid_grant', 'Access key expired'), /application is known.*has expired/],
    ['its grant', oauth('unauthorized_client'), /have NICE register it as one/],
    ['the grant itself', oauth('unsupported_grant_type'), /only back-end applications may/],
    ['its scope', oauth('invalid_scope'), /Take `scope` out/],
    [
      'its tenant',
      spring('Client application roll not authorized for user'),
      /registered for the tenant that the access key belongs to/,
    ],
    ['no reason', json({}, 401), /Check client id and secret of the application\. Check that id and secret/],
  ])('for %s', async (_, response, says) => {
    const { code, detail } = await refusedWith(response, CLIENT)
    expect(code).toBe('credentials-refused')
    expect(detail).toMatch(says)
  })

  it('for its pair in the body is not told of an encoding', async () => {
    const { detail } = await refusedWith(oauth('invalid_client', '', 401), {
      ...CLIENT,
      authMethod: 'client_secret_post',
    })
    expect(detail).toContain('registered for client_secret_post')
    expect(detail).not.toContain('encoding')
  })
})

it.each([SECRET, encodeURIComponent(SECRET), 'zq7-kept-apart'])(
  'the secret %s is not repeated to anybody who reads the refusal',
  async (secret) => {
    const long = `${'x'.repeat(290)} ${secret}`
    for (const said of [secret, long, JSON.stringify({ sent: secret })]) {
      const { detail } = await refusedWith(spring(`what is ${said}?`), CLIENT)
      expect(detail).toContain('what is')
      expect(detail).not.toContain(secret.slice(0, 6))
    }
  },
)

it('a call that a proxy answers is not about rights or records', async () => {
  const open = (response: HttpResponse) => {
    const { io } = scripted({ ...API, [KEY_URL]: () => token(), 'https://api-na1.niceincontact.com/x': () => response })
    return openClient(openSessions(entry(), io), io).begin({ patienceMs: 0 })(
      { method: 'GET', path: '/x' },
      z.unknown(),
    )
  }
  expect(await refusalOf(open(page(403)))).toMatchObject({ code: 'answer-unexpected', retry: 'later' })
  expect((await refusalOf(open(page(200)))).detail).toContain('a proxy or portal')
  expect((await refusalOf(open(page(404)))).detail).not.toContain('proxy')
  expect(await refusalOf(open(json({}, 403)))).toMatchObject({ code: 'right-missing' })
})
