/** Where CXone is: areas, clouds, tenants, both spellings of its hosts, and whom nobody is sent to. */
import { describe, expect, it } from 'vitest'
import { ConnectorError } from '../../src/connectors/contract.ts'
import { AREAS, CLOUDS, doubtAbout, isOfTheSame } from '../../src/connectors/cxone/areas.ts'
import { config } from '../../src/connectors/cxone/config.ts'
import { cxone } from '../../src/connectors/cxone/index.ts'
import { openSessions } from '../../src/connectors/cxone/session.ts'
import { entry, json, jwt, KEY, refusalOf, scripted, TENANT, token, type Answer } from './scripted-cxone.ts'

const PATH = '/authentication/v1/token/access-key'
const GLOBAL = 'https://cxone.niceincontact.com'
const wellKnown = (host: string, tenant?: string): string =>
  `${host}/.well-known/cxone-configuration${tenant === undefined ? '' : `?tenantId=${tenant}`}`
const api =
  (endpoint: string, more: object = {}): Answer =>
  () =>
    json({ api_endpoint: endpoint, ...more })

const unreachable = () =>
  new ConnectorError({ code: 'unreachable', retry: 'soon', detail: 'No answer: there is no host of this name.' })

describe('areas and issuers', () => {
  it.each([...AREAS.map(({ area }) => ({ area })), ...CLOUDS.map(({ issuer }) => ({ issuer }))])(
    'such as %j are known',
    (where) => {
      expect(doubtAbout(where)).toBeUndefined()
    },
  )

  it.each([
    { issuer: 'https://na1.niceincontact.com' },
    { issuer: 'https://eu1.nice-incontact.com/' },
    { issuer: 'http://127.0.0.1:9/x' },
  ])('such as %j are no surprise', (where) => {
    expect(doubtAbout(where)).toBeUndefined()
  })

  it.each([
    [{ area: 'sg1' }, 'https://sg1.nice-incontact.com', 'na1, au1, eu1'],
    [{ issuer: 'https://cxone.example.com' }, 'https://cxone.example.com', GLOBAL],
  ])('such as %j are used all the same, with a word about what is known', async (where, host, says) => {
    const said: string[] = []
    const quiet = { debug: () => {}, warn: (_: object, message: string) => said.push(message) }
    const { io, made } = scripted({ [host + PATH]: () => token(), [wellKnown(GLOBAL, TENANT)]: api(`${host}/api`) })
    const app = cxone.open(entry({ area: undefined, ...where }), { ...io, log: quiet })
    await app.self()
    expect(said).toEqual([expect.stringContaining(says)])
    expect(made()[0]).toBe(`POST ${host}${PATH}`)
  })

  it('that nobody knows are named when nobody answers there', async () => {
    const { io } = scripted({})
    const away = { ...io, fetch: () => Promise.reject(unreachable()) }
    expect((await refusalOf(openSessions(entry({ area: 'na9' }), away).current())).detail).toMatch(
      /no host of this name.*"na9" is none of/,
    )
    expect((await refusalOf(openSessions(entry(), away).current())).detail).not.toContain('none of')
  })

  it.each([
    [{ issuer: 'cxone.niceincontact.com' }, 'An issuer is an address'],
    [{ issuer: 'https://me:pw@cxone.niceincontact.com' }, 'An issuer is an address'],
    [{ issuer: `${GLOBAL}?tenantId=1` }, 'An issuer is an address'],
    [{ area: 'na1', apiEndpoint: 'api-na1' }, 'Write an address'],
    [{ area: 'na1', tenantId: 'a b' }, 'A tenant id is'],
    [{ area: 'na1', issuer: GLOBAL }, 'exactly one of'],
  ])('are refused where they cannot be any, such as %j', (where, why) => {
    expect(JSON.stringify(config.safeParse({ auth: KEY, ...where }).error?.issues)).toContain(why)
  })
})

describe('the API of a tenant', () => {
  const signIn = { [`https://na1.nice-incontact.com${PATH}`]: () => token() }

  it.each([
    'https://api-na1.niceincontact.com',
    'https://api-c32.nice-incontact.com',
    'https://api-e32.nice-incontact.com/v',
  ])('is %s, spelled as it came', async (endpoint) => {
    const { io } = scripted({ ...signIn, [wellKnown(GLOBAL, TENANT)]: api(`${endpoint}/`) })
    expect((await openSessions(entry(), io).current()).apiEndpoint).toBe(endpoint)
  })

  it('is asked for at the issuer, then at the area, and there without a tenant too', async () => {
    const { io, made } = scripted({
      ...signIn,
      [wellKnown('https://na1.nice-incontact.com')]: api('https://api-na1.niceincontact.com'),
    })
    await openSessions(entry(), io).current()
    expect(made().slice(1)).toEqual([
      `GET ${wellKnown(GLOBAL, TENANT)}`,
      `GET ${wellKnown('https://na1.nice-incontact.com', TENANT)}`,
      `GET ${wellKnown('https://na1.nice-incontact.com')}`,
    ])
  })

  it('is never asked for without a tenant at an issuer, where the tenant is known', async () => {
    const { io, made } = scripted({
      [GLOBAL + PATH]: () => token(),
      [wellKnown(GLOBAL)]: api('https://api-of-somebody.niceincontact.com'),
    })
    await refusalOf(openSessions(entry({ issuer: GLOBAL }), io).current())
    expect(made()).not.toContain(`GET ${wellKnown(GLOBAL)}`)
  })

  it('is that of the tenant that is named, where the token names none', async () => {
    const { io } = scripted({
      [`https://na1.nice-incontact.com${PATH}`]: () => token({ id_token: null }),
      [wellKnown('https://na1.nice-incontact.com', TENANT)]: api('https://api-na1.niceincontact.com'),
    })
    expect((await openSessions(entry({ tenantId: TENANT }), io).current()).apiEndpoint).toBe(
      'https://api-na1.niceincontact.com',
    )
  })

  it('wants to know the tenant: what would be right is said', async () => {
    const { io } = scripted({ [`https://na1.nice-incontact.com${PATH}`]: () => token({ id_token: null }) })
    expect((await refusalOf(openSessions(entry(), io).current())).detail).toContain('name it as tenantId')
  })

  it('is not asked for where it is given', async () => {
    const { io, made } = scripted(signIn)
    const session = await openSessions(entry({ apiEndpoint: 'https://gateway.example.com/cxone/' }), io).current()
    expect(session.apiEndpoint).toBe('https://gateway.example.com/cxone')
    expect(made()).toHaveLength(1)
  })

  it('is not believed where it speaks of another tenant, nor where it is outside the house', async () => {
    const other = scripted({
      ...signIn,
      [wellKnown(GLOBAL, TENANT)]: api('https://api-na1.niceincontact.com', { tenantId: 'x' }),
    })
    expect((await refusalOf(openSessions(entry(), other.io).current())).detail).toContain('speaks of another tenant, x')
    const outside = scripted({
      ...signIn,
      [wellKnown(GLOBAL, TENANT)]: api('https://api-na1.niceincontact.com.evil.test'),
    })
    const { code, detail } = await refusalOf(openSessions(entry(), outside.io).current())
    expect(code).toBe('answer-unexpected')
    expect(detail).toContain('evil.test')
    expect(detail).toContain('apiEndpoint')
  })

  it('of another business unit than the file says is not touched', async () => {
    const { io, made } = scripted({ ...signIn, [wellKnown(GLOBAL, TENANT)]: api('https://api-na1.niceincontact.com') })
    const { code, detail } = await refusalOf(openSessions(entry({ tenantId: 'another' }), io).current())
    expect(code).toBe('credentials-refused')
    expect(detail).toContain(TENANT)
    expect(made()).toHaveLength(1)
  })
})

describe('a sign-in that is elsewhere', () => {
  const ISSUER = 'https://nicecxone-sov1.au'

  it('is found by the discovery of the issuer, once', async () => {
    const host = 'https://au9.nicecxone-sov1.au'
    const { io, made, clock } = scripted({
      [wellKnown(ISSUER, TENANT)]: api('https://api-au9.nicecxone-sov1.au', { auth_endpoint: `${host}/` }),
      [host + PATH]: () => token({ id_token: jwt({ tenantId: TENANT }) }),
    })
    const sessions = openSessions(entry({ issuer: ISSUER, tenantId: TENANT }), io)
    await sessions.current()
    clock.now += 3_600_000
    await sessions.current()
    expect(made().filter((call) => call.startsWith('POST'))).toEqual([
      `POST ${ISSUER}${PATH}`,
      `POST ${host}${PATH}`,
      `POST ${host}${PATH}`,
    ])
  })

  it('is not sent the key where it is outside the house', async () => {
    const { io, made } = scripted({
      [wellKnown(ISSUER)]: api(`${ISSUER}/api`, { auth_endpoint: 'https://login.test' }),
    })
    expect((await refusalOf(openSessions(entry({ issuer: ISSUER }), io).current())).detail).toContain('login.test')
    expect(made().filter((call) => call.startsWith('POST'))).toEqual([`POST ${ISSUER}${PATH}`])
  })
})

it.each([
  ['https://na1.nice-incontact.com', 'https://api-na1.niceincontact.com', true],
  ['https://cxone.niceincontact.com', 'https://niceincontact.com.evil.test', false],
  ['https://cxone.niceincontact.com', 'https://evil-niceincontact.com', false],
  ['https://login.cloud.example', 'https://api.cloud.example', true],
  ['https://cloud.example', 'https://api.cloud.example', true],
  ['https://cloud.example', 'https://other.example', false],
  ['http://127.0.0.1:1', 'http://127.0.0.1:2/api', true],
  ['http://127.0.0.1:1', 'http://10.0.0.1', false],
  ['https://nicecxone-sov1.au', 'not an address', false],
])('from %s secrets may go to %s: %s', (from, to, may) => {
  expect(isOfTheSame(from, to)).toBe(may)
})

it('apps with the same access key share a rate, by whatever address and application, and others do not', () => {
  const account = (more: Readonly<Record<string, unknown>>) => cxone.calls?.(entry(more)).account
  const application = { clientId: 'c', clientSecret: 's' }
  expect(account({})).toBe(account({ issuer: GLOBAL, auth: { ...KEY, application } }))
  expect(account({})).not.toBe(account({ auth: { ...KEY, accessKeyId: 'another' } }))
  expect(account({})).not.toContain(KEY.accessKeyId)
})
