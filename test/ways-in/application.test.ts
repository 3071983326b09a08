/** A registered back-end application: what it sends, how it renews, and how it learns where. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSessions } from '../../src/connectors/cxone/session.ts'
import { clientAuth } from '../../src/connectors/cxone/session-way.ts'
import { entry, json, KEY, page, refusalOf, scripted, SECRET, TENANT, token, type Answer } from './scripted-cxone.ts'

const ISSUER = 'https://cxone.niceincontact.com'
const TOKEN = `${ISSUER}/auth/token`
const OPENID = `${ISSUER}/.well-known/openid-configuration`
const API = `${ISSUER}/.well-known/cxone-configuration?tenantId=${TENANT}`
const CLIENT = { clientId: 'Roll call@acme', clientSecret: 's:%=+ü' }

const withApplication = (more: object = {}, auth: object = {}) =>
  entry({ auth: { ...KEY, application: { ...CLIENT, ...more }, ...auth } })

const answers = (onToken: Answer): Readonly<Record<string, Answer>> => ({
  [OPENID]: () => json({ token_endpoint: TOKEN }),
  [TOKEN]: onToken,
  [API]: () => json({ api_endpoint: 'https://api-na1.niceincontact.com', area: 'na1' }),
})

const form = (body: string | undefined): Record<string, string> => Object.fromEntries(new URLSearchParams(body))
const basic = (header: string | undefined): string =>
  Buffer.from((header ?? '').replace(/^Basic /, ''), 'base64').toString()

describe('an application signs in', () => {
  it('with the password grant, the access key as user name and password, and itself by Basic', async () => {
    const { io, calls, made } = scripted(answers(() => token()))
    const session = await openSessions(withApplication(), io).current()
    expect(session).toMatchObject({
      token: 'A',
      apiEndpoint: 'https://api-na1.niceincontact.com',
      tenantId: TENANT,
      area: 'na1',
    })
    expect(made()).toEqual([`GET ${OPENID}`, `POST ${TOKEN}`, `GET ${API}`])
    const [, sent] = calls
    expect(sent?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    })
    expect(form(sent?.body)).toEqual({ grant_type: 'password', username: 'the-key', password: SECRET })
    // A secret that ends in = arrives whole, and not as it is.
    expect(sent?.body).toContain('password=the%2Bkey%2Fsecret%25%3D%3D')
    expect(basic(sent?.headers?.['authorization'])).toBe('Roll+call%40acme:s%3A%25%3D%2B%C3%BC')
  })

  it('with its pair as it is, where the token service decodes nothing', async () => {
    const { io, calls } = scripted(answers(() => token()))
    await openSessions(withApplication({ encoding: 'plain' }), io).current()
    expect(basic(calls[1]?.headers?.['authorization'])).toBe('Roll call@acme:s:%=+ü')
  })

  it('with its pair in the body, where it was registered so, and with the scopes it was given', async () => {
    const { io, calls } = scripted(answers(() => token()))
    await openSessions(withApplication({ authMethod: 'client_secret_post', scope: 'openid' }), io).current()
    expect(calls[1]?.headers?.['authorization']).toBeUndefined()
    expect(form(calls[1]?.body)).toMatchObject({
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      scope: 'openid',
    })
  })

  it('so that any pair comes out again when it is decoded as RFC 6749 has it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.string({ minLength: 1, unit: 'grapheme' }),
        (clientId, clientSecret) => {
          const { header } = clientAuth({ clientId, clientSecret, authMethod: 'client_secret_basic', encoding: 'form' })
          const parts = basic(header['authorization']).split(':')
          expect(parts).toHaveLength(2)
          const decoded = parts.map((part) => new URLSearchParams(`a=${part}`).get('a'))
          expect(decoded).toEqual([clientId, clientSecret].map((text) => text.toWellFormed()))
        },
      ),
    )
  })

  it('at the issuer of its cloud', async () => {
    const gov = 'https://cxone-gov.niceincontact.com'
    const { io, made } = scripted({
      [`${gov}/.well-known/openid-configuration`]: () => json({ token_endpoint: `${gov}/auth/token` }),
      [`${gov}/auth/token`]: () => token({ id_token: null }),
      [`${gov}/.well-known/cxone-configuration`]: () => json({ api_endpoint: 'https://api-f1.nice-incontact.com' }),
    })
    await openSessions(entry({ issuer: `${gov}/`, auth: { ...KEY, application: CLIENT } }), io).current()
    expect(made()).toHaveLength(3)
  })

  it.each([
    ['there is no discovery', () => json({}, 404)],
    ['the discovery names no address', () => json({ issuer: ISSUER })],
    ['a page comes instead of it', () => page()],
  ] as const)('where the specification has it, if %s', async (_, discovery) => {
    const { io, made } = scripted({ ...answers(() => token()), [OPENID]: discovery })
    await openSessions(withApplication(), io).current()
    expect(made()).toContain(`POST ${TOKEN}`)
  })

  it('where it was told to', async () => {
    const own = 'https://tokens.example.com/oauth'
    const { io, made } = scripted({ ...answers(() => token()), [own]: () => token() })
    await openSessions(withApplication({ tokenEndpoint: own }), io).current()
    expect(made()).toEqual([`POST ${own}`, `GET ${API}`])
  })

  it('nowhere that a discovery names outside the house', async () => {
    const { io, made } = scripted({
      ...answers(() => token()),
      [OPENID]: () => json({ token_endpoint: 'https://evil.test/t' }),
    })
    const { code, detail } = await refusalOf(openSessions(withApplication(), io).current())
    expect(code).toBe('answer-unexpected')
    expect(detail).toContain('evil.test')
    expect(detail).toContain('auth.application.tokenEndpoint')
    expect(made()).toEqual([`GET ${OPENID}`])
  })
})

describe('an application renews its token', () => {
  /** Refreshes as it is told to. */
  const world = (onRefresh: Answer) => {
    const issued: string[] = []
    const script = scripted(
      answers((request) => {
        const { grant_type: grant = '' } = form(request.body)
        issued.push(grant)
        return grant === 'refresh_token' ? onRefresh(request) : token({ access_token: `A${issued.length}` })
      }),
    )
    return { ...script, issued }
  }
  const HOUR = 3_600_000

  it('by its refresh token, with its pair, and without the access key', async () => {
    const { io, clock, calls, issued } = world(() => token({ access_token: 'B', refresh_token: 'R2', id_token: null }))
    const sessions = openSessions(withApplication(), io)
    await sessions.current()
    clock.now += HOUR
    // What the token does not say again still holds: it is the same tenant.
    expect(await sessions.current()).toMatchObject({ token: 'B', tenantId: TENANT, refreshToken: 'R2' })
    expect(issued).toEqual(['password', 'refresh_token'])
    const refresh = calls.find(({ body }) => body?.includes('refresh_token=') === true)
    expect(form(refresh?.body)).toEqual({ grant_type: 'refresh_token', refresh_token: 'R', client_id: CLIENT.clientId })
    expect(refresh?.headers?.['authorization']).toMatch(/^Basic /)
  })

  it('by the same refresh token again, where no new one came', async () => {
    const { io, clock, calls } = world(() => token({ refresh_token: null }))
    const sessions = openSessions(withApplication(), io)
    for (let hour = 0; hour < 3; hour++) {
      await sessions.current()
      clock.now += HOUR
    }
    expect(calls.filter(({ body }) => body?.includes('refresh_token=R&') === true)).toHaveLength(2)
  })

  it.each([
    ['refused', () => json({ error: 'invalid_grant' }, 400)],
    ['answered with nonsense', () => json({ token: 'x' })],
    ['not known there', () => json({}, 404)],
  ] as const)('by signing in anew, where that is %s, and uses it no more', async (_, onRefresh) => {
    const { io, clock, issued } = world(onRefresh)
    const sessions = openSessions(withApplication(), io)
    await sessions.current()
    clock.now += HOUR
    await Promise.all([sessions.current(), sessions.current()])
    expect(issued).toEqual(['password', 'refresh_token', 'password'])
  })

  it('by signing in anew, where a refresh got no answer the last time', async () => {
    const { io, clock, issued } = world(() => json({}, 503))
    const sessions = openSessions(withApplication(), io)
    await sessions.current()
    clock.now += HOUR
    expect((await refusalOf(sessions.current())).code).toBe('unreachable')
    await sessions.current()
    expect(issued).toEqual(['password', 'refresh_token', 'password'])
  })

  it('by signing in anew once, when the token is refused before its time to many at once', async () => {
    const { io, issued } = world(() => token({ access_token: 'never' }))
    const sessions = openSessions(withApplication(), io)
    const old = await sessions.current()
    const next = await Promise.all(Array.from({ length: 20 }, () => sessions.after(old)))
    expect(new Set(next.map((session) => session.token))).toEqual(new Set(['A2']))
    expect(issued).toEqual(['password', 'password'])
  })

  it('never by refreshing, where it is told to sign in', async () => {
    const { io, clock, issued } = world(() => token())
    const sessions = openSessions(withApplication({}, { renewal: 'sign-in' }), io)
    await sessions.current()
    clock.now += HOUR
    await sessions.current()
    expect(issued).toEqual(['password', 'password'])
  })
})

it('an access key alone refreshes at its own address, where it is told to', async () => {
  const host = 'https://na1.nice-incontact.com'
  const { io, clock, calls, made } = scripted({
    ...answers(() => token()),
    [`${host}/authentication/v1/token/access-key`]: () => token(),
    [`${host}/public/user/refresh`]: () => token({ access_token: 'B' }),
  })
  const sessions = openSessions(entry({ auth: { ...KEY, renewal: 'refresh' } }), io)
  await sessions.current()
  clock.now += 3_600_000
  expect((await sessions.current()).token).toBe('B')
  expect(made()).toEqual([
    `POST ${host}/authentication/v1/token/access-key`,
    `GET ${API}`,
    `POST ${host}/public/user/refresh`,
    `GET ${API}`,
  ])
  expect(JSON.parse(calls[2]?.body ?? '')).toEqual({ token: 'R' })
})

it('a token that does not say how long it lives is used until it is refused', async () => {
  const { io, clock, made } = scripted(answers(() => token({ expires_in: null, refresh_token: null })))
  const sessions = openSessions(withApplication(), io)
  await sessions.current()
  clock.now += 36_000_000
  await sessions.current()
  expect(made().filter((call) => call === `POST ${TOKEN}`)).toHaveLength(1)
})
