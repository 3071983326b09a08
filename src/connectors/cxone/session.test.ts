/** Signing in, discovery and renewal, against a CXone that is written down here call by call. */
import { describe, expect, it } from 'vitest'
import { ConnectorError, type ConnectorIo, type HttpRequest, type HttpResponse } from '../contract.ts'
import { config } from './config.ts'
import { claimsOf, openSessions } from './session.ts'

const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`
const ok = (body: unknown, status = 200): HttpResponse => ({ status, headers: {}, text: JSON.stringify(body) })

/** Answers by address; remembers the calls; its clock is moved by hand. */
function world(answers: Readonly<Record<string, () => HttpResponse>>) {
  const calls: HttpRequest[] = []
  const clock = { now: 1_000_000 }
  const io: ConnectorIo = {
    fetch: async (request) => {
      calls.push(request)
      return answers[request.url]?.() ?? ok({}, 404)
    },
    now: () => new Date(clock.now),
    log: { debug: () => {}, warn: () => {} },
  }
  return { io, calls, clock }
}

const auth = { accessKeyId: 'the-key', accessKeySecret: 'the-secret=' }
const area = config.parse({ area: 'na1', auth })
const SIGN_IN = 'https://na1.nice-incontact.com/authentication/v1/token/access-key'
const DISCOVERY = 'https://cxone.niceincontact.com/.well-known/cxone-configuration?tenantId=t-1'
const token = (more: object = {}) =>
  ok({
    access_token: 'A',
    id_token: jwt({ iss: 'https://cxone.niceincontact.com', tenantId: 't-1' }),
    expires_in: 3600,
    ...more,
  })
const api = () => ok({ api_endpoint: 'https://api-c32.nice-incontact.com/' })

async function refusal(attempt: Promise<unknown>) {
  const error = await attempt.catch((thrown: unknown) => thrown)
  return error instanceof ConnectorError ? error.refusal : expect.fail('it was expected to be refused')
}

describe('a session', () => {
  it('is had with the access key at the area, and its API where the issuer of the token says', async () => {
    const { io, calls } = world({ [SIGN_IN]: token, [DISCOVERY]: api })
    const session = await openSessions(area, io).current()
    expect(session).toMatchObject({ token: 'A', apiEndpoint: 'https://api-c32.nice-incontact.com' })
    expect(calls.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${SIGN_IN}`, `GET ${DISCOVERY}`])
    expect(calls.every(({ headers }) => headers?.['accept'] === 'application/json')).toBe(true)
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual(auth)
  })

  it('is had at the issuer, where one is given, and there too when the token names none', async () => {
    const issuer = 'https://nicecxone-sov1.au'
    const { io, calls } = world({
      [`${issuer}/authentication/v1/token/access-key`]: () => token({ id_token: null }),
      [`${issuer}/.well-known/cxone-configuration`]: api,
    })
    await openSessions(config.parse({ issuer: `${issuer}/`, auth }), io).current()
    expect(calls).toHaveLength(2)
  })

  it('takes the tenant from the access token where there is no other, and the area for discovery where the issuer fails', async () => {
    const { io } = world({
      [SIGN_IN]: () =>
        token({ access_token: jwt({ tenantId: 't-2' }), id_token: jwt({ iss: 'https://elsewhere.test' }) }),
      'https://na1.nice-incontact.com/.well-known/cxone-configuration?tenantId=t-2': api,
    })
    expect((await openSessions(area, io).current()).apiEndpoint).toBe('https://api-c32.nice-incontact.com')
  })

  it('is renewed before it ends, once for all who ask at once', async () => {
    const { io, calls, clock } = world({ [SIGN_IN]: token, [DISCOVERY]: api })
    const sessions = openSessions(area, io)
    const signIns = () => calls.filter(({ url }) => url === SIGN_IN).length
    await Promise.all([sessions.current(), sessions.current(), sessions.current()])
    expect(signIns()).toBe(1)
    clock.now += 3_299_000
    await sessions.current()
    expect(signIns()).toBe(1)
    clock.now += 2_000
    await Promise.all([sessions.current(), sessions.current()])
    expect(signIns()).toBe(2)
  })

  it('is replaced once when it was refused, however many were refused with it', async () => {
    let made = 0
    const { io } = world({ [SIGN_IN]: () => token({ access_token: `A${(made += 1)}` }), [DISCOVERY]: api })
    const sessions = openSessions(area, io)
    const old = await sessions.current()
    const next = await Promise.all([sessions.after(old), sessions.after(old)])
    expect([...next, await sessions.after(old)].map(({ token: value }) => value)).toEqual(['A2', 'A2', 'A2'])
  })

  it('lives as long as the token says of itself, where the answer does not say', async () => {
    const { io, clock } = world({
      [SIGN_IN]: () => token({ expires_in: null, access_token: jwt({ exp: 1_600 }) }),
      [DISCOVERY]: api,
    })
    expect((await openSessions(area, io).current()).renewAt).toBe(clock.now + 540_000)
  })

  it.each([
    [401, 'credentials-refused', 'later'],
    [400, 'credentials-refused', 'later'],
    [403, 'credentials-refused', 'later'],
    [404, 'answer-unexpected', 'later'],
    [429, 'throttled', 'soon'],
    [503, 'unreachable', 'soon'],
  ])('that is refused with %i says %s, and never the secret', async (status, code, retry) => {
    const { io } = world({ [SIGN_IN]: () => ok({ message: 'no' }, status) })
    const said = await refusal(openSessions(area, io).current())
    expect(said).toMatchObject({ code, retry })
    expect(JSON.stringify(said)).not.toContain('the-secret')
  })

  it('is tried afresh after a failure', async () => {
    let up = false
    const { io } = world({ [SIGN_IN]: () => (up ? token() : ok({}, 503)), [DISCOVERY]: api })
    const sessions = openSessions(area, io)
    await refusal(sessions.current())
    up = true
    expect((await sessions.current()).token).toBe('A')
  })
})

describe('claims', () => {
  it.each(['', 'opaque', 'a.b.c', 'e30.%%%.x', `e30.${Buffer.from('[1]').toString('base64url')}.x`])(
    'of %j are none',
    (text) => {
      expect(claimsOf(text)).toEqual({})
    },
  )

  it('that have another type than they should are left out', () => {
    expect(claimsOf(jwt({ iss: 7, tenantId: 't', exp: 'x' })).tenantId).toBe('t')
    expect(claimsOf(jwt({ iss: 7 })).iss).toBeUndefined()
  })
})

describe('an entry in rollcall.yaml', () => {
  it.each([
    [{ auth }, 'exactly one of'],
    [{ auth, area: 'na1', issuer: 'https://x.test' }, 'exactly one of'],
    [{ auth, area: 'na1.evil.test/' }, 'short name'],
    [{ auth, issuer: 'cxone' }, 'An issuer is an address'],
    [{ auth: { accessKeyId: 'a' }, area: 'na1' }, 'accessKeySecret'],
    [{ auth, area: 'na1', setings: {} }, 'setings'],
  ])('such as %j is refused', (entry, why) => {
    expect(JSON.stringify(config.safeParse(entry).error?.issues)).toContain(why)
  })
})
