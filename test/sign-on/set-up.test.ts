import { expect, test } from 'vitest'
import type { Account } from '../../src/identity/account.ts'
import { guideSteps, PROTOCOLS } from '../../src/sign-on/guide.ts'
import { lockedOut, type LockOutReason } from '../../src/sign-on/lock-out.ts'
import { launchAddress } from '../../src/sign-on/place.ts'
import { PROVIDERS } from '../../src/sign-on/providers.ts'
import { ticketText } from '../../src/sign-on/ticket.ts'

const place = {
  issuer: 'https://cxone.niceincontact.com',
  tenantId: '11eb',
  tenantName: 'Acme',
  businessUnit: '4601',
  cluster: 'C32',
  area: 'na1',
}
const launchUrl = 'https://rollcall.acme.test/launch/acme/cxone-na1'

test('the guide says the same three addresses for every provider, and marks what is only inferred', () => {
  for (const provider of PROVIDERS) {
    const values = guideSteps({ provider, protocol: 'saml', place, app: 'cxone-na1', launchUrl }).flatMap(
      (step) => step.values,
    )
    const about = (value: string) => values.filter((it) => it.value === value)
    expect(about('https://cxone.niceincontact.com/11eb').map(({ certainty }) => certainty)).toEqual([
      'inferred',
      'inferred',
    ])
    expect(about('https://cxone.niceincontact.com/auth/authorize?tenantId=11eb')).toHaveLength(2)
    expect(about(launchUrl).length).toBeGreaterThan(0)
  }
})

test('a tenant that does not tell its id is told where to read it', () => {
  const steps = guideSteps({ provider: 'okta', protocol: 'saml', place: { issuer: place.issuer }, app: 'a', launchUrl })
  const inCxone = steps
    .flatMap((step) => step.values)
    .filter(({ field }) => field === 'Entity ID' || field === 'Assertion URL')
  expect(inCxone.map(({ value }) => value)).toEqual([undefined, undefined])
  expect(inCxone.every(({ why }) => why.includes('page of the login authenticator'))).toBe(true)
})

test('the ticket holds all that is known, marks what is to be filled in, and never asks for a secret by mail', () => {
  for (const protocol of PROTOCOLS) {
    const text = ticketText({ provider: 'entra', protocol, place, launchUrl })
    for (const known of ['Acme', '4601', 'C32 / na1', '11eb', launchUrl]) expect(text).toContain(known)
    expect(ticketText({ provider: 'entra', protocol, place: { issuer: place.issuer }, launchUrl })).toContain(
      '(please fill in)',
    )
  }
})

test.each([
  ['https://cxone.niceincontact.com', true],
  ['https://nicecxone-sov1.eu', true],
  ['http://127.0.0.1:4010', true],
  ['http://cxone.niceincontact.com', false],
  ['https://user:pass@evil.test', false],
  ['https://cxone.niceincontact.com@evil.test', false],
  ['https://cxone.niceincontact.com/?next=https://evil.test', false],
  ['https://cxone.niceincontact.com\\@evil.test', false],
  ['https://cxone.niceincontact.com\r\nset-cookie: a=b', false],
  ['javascript:alert(1)', false],
  ['//evil.test', false],
])('people are sent to %s: %s', (issuer, sent) => {
  expect(launchAddress(issuer)).toBe(sent ? issuer : undefined)
})

const account = (id: string, attributes: Account['attributes'], more: Partial<Account> = {}): Account => ({
  id,
  state: 'active',
  attributes: { userName: id, ...attributes },
  ...more,
})
const ways = {
  isSystem: (id: string) => ({ sso: false, system: true })[id],
  expectedId: (id: string) => (id === 'nobody' ? undefined : `${id}@acme.test`),
  self: 'me',
}
const fine = { loginAuthenticator: 'sso', federatedId: 'mia@acme.test' }

test.each<[string, Account, LockOutReason | undefined]>([
  ['who is as the provider says', account('mia', fine), undefined],
  ['without a way to sign in', account('mia', { ...fine, loginAuthenticator: null }), 'no-authenticator'],
  ['on a password', account('mia', { ...fine, loginAuthenticator: 'system' }), 'system-authenticator'],
  ['without a federated identity', account('mia', { ...fine, federatedId: null }), 'no-federated-id'],
  ['with another federated identity', account('jan', fine), 'other-federated-id'],
  ['with one in other letters', account('mia', { ...fine, federatedId: 'Mia@acme.test' }), 'other-federated-id'],
  ['whose way to sign in is not shown', account('mia', { federatedId: 'mia@acme.test' }), 'unknown'],
  [
    'whose federated identity is hidden',
    account('mia', { ...fine, federatedId: null }, { hidden: ['federatedId'] }),
    'unknown',
  ],
  ['on a way that nobody has named', account('mia', { ...fine, loginAuthenticator: 'other' }), 'unknown'],
  ['who belongs to no identity', account('nobody', fine), 'unknown'],
  ['who is disabled', account('mia', { loginAuthenticator: null }, { state: 'inactive' }), undefined],
  ['Rollcall itself', account('me', { loginAuthenticator: null }), undefined],
])('somebody %s', (_who, one, reason) => {
  expect(lockedOut([one], ways).map((it) => it.reason)).toEqual(reason === undefined ? [] : [reason])
})

test('two who share a federated identity are both locked out, and one who is disabled shares with nobody', () => {
  const twin = account('jan', fine)
  expect(lockedOut([account('mia', fine), twin], ways).map(({ reason }) => reason)).toEqual([
    'shared-federated-id',
    'shared-federated-id',
  ])
  expect(lockedOut([account('mia', fine), { ...twin, state: 'inactive' }], ways)).toEqual([])
})
