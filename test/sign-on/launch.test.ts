import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signOnPlace } from '../../src/connectors/cxone/sign-on-place.ts'
import { launchRoutes } from '../../src/http/launch.ts'

let server: FastifyInstance
beforeAll(() => {
  server = Fastify()
  launchRoutes(server, async ({ app }) => (app === 'cxone' ? 'https://cxone.niceincontact.com' : undefined), {
    perSecond: 0.001,
    burst: 5,
  })
})
afterAll(() => server.close())

test('who goes on and on from one address is told to wait, and nobody else is', async () => {
  const open = async (remoteAddress: string) => server.inject({ url: '/launch/cxone', remoteAddress })
  const statuses: number[] = []
  for (let one = 0; one < 7; one++) statuses.push((await open('192.0.2.1')).statusCode)
  expect(statuses).toEqual([302, 302, 302, 302, 302, 429, 429])
  expect(Number((await open('192.0.2.1')).headers['retry-after'])).toBeGreaterThan(0)
  expect((await open('192.0.2.2')).statusCode).toBe(302)
})

test('neither query nor headers take part in where it leads', async () => {
  const headers = { host: 'evil.test', 'x-forwarded-host': 'evil.test', referer: 'https://evil.test' }
  const answer = await server.inject({ url: '/launch/acme/cxone?tenantId=x&redirect_uri=https://evil.test', headers })
  expect([answer.statusCode, answer.headers.location, answer.body]).toEqual([
    302,
    'https://cxone.niceincontact.com',
    '',
  ])
})

const session = (said: object) => ({
  current: async () => ({ token: 't', apiEndpoint: 'https://api-na1.niceincontact.com', renewAt: 0, said }),
})

test('an issuer of another house than the one signed in at is not where people are sent', async () => {
  const place = (iss: string) => signOnPlace({ area: 'na1' }, session({ iss }))
  expect((await place('https://cxone.niceincontact.com/')).issuer).toBe('https://cxone.niceincontact.com')
  expect((await place('https://evil.test')).issuer).toBe('https://cxone.niceincontact.com')
  const sovereign = { issuer: 'https://nicecxone-sov1.eu' }
  expect((await signOnPlace(sovereign, session({}))).issuer).toBe('https://nicecxone-sov1.eu')
})
