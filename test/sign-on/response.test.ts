import { beforeAll, describe, expect, test } from 'vitest'
import { judgeResponse } from '../../src/sign-on/response.ts'
import type { ResponseExpected } from '../../src/sign-on/signer.ts'
import { signOnCrypto } from '../../src/sign-on/crypto/signature.ts'
import { isSound, type Finding } from '../../src/sign-on/finding.ts'
import { signOnValues } from '../../src/sign-on/place.ts'
import { PROVIDERS } from '../../src/sign-on/providers.ts'
import { base64, IDP, makeResponse, makeSigner, MIA, type ResponseOptions, type Signer } from './provider.ts'

let signer: Signer
let other: Signer
let expired: Signer
beforeAll(async () => {
  ;[signer, other, expired] = await Promise.all([
    makeSigner('acme at the provider'),
    makeSigner('somebody else'),
    makeSigner('of last year', { from: -400, to: -35 }),
  ])
})

const place = { issuer: 'https://cxone.niceincontact.com', tenantId: '11eb0000-aaaa-bbbb-cccc-0242ac110002' }
const values = signOnValues(place)

function judge(text: string, more: Partial<ResponseExpected> = {}): Finding[] {
  const expected: ResponseExpected = {
    provider: 'okta',
    values,
    issuer: IDP,
    nameId: MIA,
    certificates: [signer.facts],
    now: new Date(),
    ...more,
  }
  return judgeResponse(text, expected, signOnCrypto)
}

const made = (options: Partial<ResponseOptions> = {}): Promise<string> => makeResponse({ signer, ...options })

const said = (findings: readonly Finding[], check: string): string =>
  findings
    .filter((it) => it.check === check)
    .map(({ status, words, fix }) => [`${status}: ${words}`, fix].filter((part) => part !== undefined).join(' '))
    .join('\n')

/** Every check that says `wrong`. */
const wrongIn = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ check, status }) => (status === 'wrong' ? [check] : []))

test('a response as CXone wants it is found to be right in every respect, in whatever it was copied', async () => {
  const xml = await made()
  const form = `RelayState=x&SAMLResponse=${encodeURIComponent(base64(xml))}`
  const broken = base64(xml).replaceAll(/.{76}/g, '$&\r\n')
  for (const text of [xml, base64(xml), broken, encodeURIComponent(base64(xml)), form]) {
    const findings = judge(text)
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'response.signed',
      'response.algorithm',
      'response.signature',
      'response.issuer',
      'response.audience',
      'response.destination',
      'response.recipient',
      'response.name-id',
      'response.times',
      'response.started',
    ])
  }
})

test.each<[string, Partial<ResponseOptions>, readonly [check: string, words: RegExp]]>([
  [
    'the assertion signed instead of the response',
    { signs: 'assertion' },
    ['response.signed', /The assertion is signed instead of the response.*Assertion Signature to Unsigned/],
  ],
  ['both signed', { signs: 'both' }, ['response.signed', /both signed.*In Okta/]],
  ['nothing signed', { signs: 'nothing' }, ['response.signed', /Nothing in it is signed.*Response to Signed/]],
  [
    'another audience',
    { audience: 'https://other.example.com/sp' },
    ['response.audience', /"https:\/\/other\.example\.com\/sp", and CXone wants "https:\/\/cxone.*Audience URI/],
  ],
  [
    'another address',
    { acs: 'https://cxone.niceincontact.com/auth/authorize' },
    ['response.recipient', /CXone wants ".*tenantId=11eb.*Single sign-on URL/],
  ],
  [
    'another NameID',
    { nameId: 'mroth' },
    [
      'response.name-id',
      /"mroth", and the federated identity in CXone is "mia\.roth@acme\.test".*Application username/,
    ],
  ],
  ['a NameID in capitals', { nameId: 'Mia.Roth@acme.test' }, ['response.name-id', /only in capital letters/]],
  [
    'a NameID that is another one each time',
    { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' },
    ['response.name-id', /transient/],
  ],
  ['SHA-1', { algorithm: 'sha1' }, ['response.algorithm', /rsa-sha1 with digest sha1.*RSA-SHA256/]],
  [
    'a person who is not assigned',
    { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' },
    ['response.status', /Okta refused the sign-in: "Responder".*not assigned/],
  ],
])('%s is named, with what to change', async (_what, options, [check, words]) => {
  const findings = judge(await made(options))
  expect(said(findings, check)).toMatch(words)
  expect(said(findings, check)).toMatch(/^wrong/)
  expect(isSound(findings)).toBe(false)
})

test('one thing that is wrong is the only thing that is called wrong', async () => {
  expect(wrongIn(judge(await made({ signs: 'assertion' })))).toEqual(['response.signed'])
  expect(wrongIn(judge(await made({ nameId: 'mroth' })))).toEqual(['response.name-id'])
  expect(wrongIn(judge(await made({ audience: 'urn:other' })))).toEqual(['response.audience'])
})

test('an encrypted assertion is named', async () => {
  const findings = judge(await made({ encryptFor: other }))
  expect(said(findings, 'response.encrypted')).toMatch(/^wrong: Its assertion is encrypted.*Unencrypted/)
})

describe('whose signature it is', () => {
  test('one by another certificate is told from one that was changed', async () => {
    const swapped = judge(await made({ signer: other }))
    expect(said(swapped, 'response.signature')).toMatch(
      /^wrong: It is signed with another certificate.*somebody else.*given is .*acme at the provider/,
    )
    const altered = judge((await made()).replace(MIA, 'boss@acme.test'), { nameId: 'boss@acme.test' })
    expect(said(altered, 'response.signature')).toMatch(/^wrong: It was changed after it was signed/)
  })

  test('one that names the certificate given, and was made with another key, is wrong', async () => {
    const forged = await made({ signer: { ...other, cert: signer.cert } })
    expect(said(judge(forged), 'response.signature')).toMatch(
      /^wrong: It is not signed with the key of the certificate/,
    )
  })

  test('a certificate that has expired is named, though the signature holds', async () => {
    const findings = judge(await made({ signer: expired }), { certificates: [expired.facts] })
    expect(said(findings, 'response.signature')).toMatch(
      /^wrong: Its signature holds, but the certificate .*of last year.* has expired/,
    )
  })

  test('of several that were given any may have signed; of none, nobody can tell', async () => {
    const xml = await made()
    expect(said(judge(xml, { certificates: [other.facts, signer.facts] }), 'response.signature')).toMatch(/^ok/)
    expect(said(judge(xml, { certificates: [] }), 'response.signature')).toMatch(/^unknown.*acme at the provider/)
  })

  test('a shared secret is not tried, though its name is in the message', async () => {
    const xml = (await made()).replace(/http:[^"]+#rsa-sha256/, 'http://www.w3.org/2000/09/xmldsig#hmac-sha1')
    const findings = judge(xml)
    expect(said(findings, 'response.algorithm')).toMatch(/^wrong/)
    expect(said(findings, 'response.signature')).toBe('')
  })
})

describe('wrapped around a forged one', () => {
  const forgedFrom = (assertion: string): string =>
    assertion.replaceAll(MIA, 'boss@acme.test').replace(/ID="[^"]+"/, 'ID="_forged"')
  const assertionIn = (xml: string): string => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? ''

  test.each<[string, (xml: string) => string, RegExp]>([
    [
      'a second assertion',
      (xml) => xml.replace(assertionIn(xml), `${forgedFrom(assertionIn(xml))}$&`),
      /holds 2 assertions/,
    ],
    [
      'the signed assertion hidden in an extension',
      (xml) =>
        xml.replace(
          assertionIn(xml),
          `${forgedFrom(assertionIn(xml))}<samlp:Extensions>${assertionIn(xml)}</samlp:Extensions>`,
        ),
      /not directly in the response/,
    ],
    [
      'the signed response inside another response',
      (xml) => {
        const signed = xml.replace(/^<\?xml[^>]*>/, '')
        const outer = signed.replace(/<Signature[\s\S]*<\/Signature>/, '').replace(/ID="[^"]+"/, 'ID="_outer"')
        return outer.replace('</samlp:Response>', `${signed}</samlp:Response>`)
      },
      /a response inside the response/,
    ],
    [
      'the same id twice',
      (xml) => xml.replace(/<samlp:Status>/, `<samlp:Status ID="${/ID="([^"]+)"/.exec(xml)?.[1]}">`),
      /same ID/,
    ],
    ['a signature of something else', (xml) => xml.replace(/URI="#[^"]+"/, 'URI="#_other"'), /covers another element/],
    [
      'a signature of the whole document by no name',
      (xml) => xml.replace(/URI="#[^"]+"/, 'URI=""'),
      /covers another element/,
    ],
    [
      'a transform that picks a part',
      (xml) =>
        xml.replace(
          'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
          'http://www.w3.org/TR/1999/REC-xpath-19991116',
        ),
      /something made of it/,
    ],
    ['a comment in the name', (xml) => xml.replace(MIA, 'mia.roth@acme.test<!-- -->.evil.test'), /comments/],
  ])('%s is refused, and nothing of it is believed', async (_what, wrap, words) => {
    const findings = judge(wrap(await made()))
    expect(findings.map(({ words: it }) => it).join(' ')).toMatch(words)
    expect(findings.every(({ status, check }) => status === 'wrong' && /wrapped|one-assertion/.test(check))).toBe(true)
  })
})

describe('what was not captured from the form', () => {
  test.each<[string, string, RegExp]>([
    [
      'a DOCTYPE',
      '<!DOCTYPE r [<!ENTITY a "b">]><samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">&a;</samlp:Response>',
      /DOCTYPE/,
    ],
    ['a web page', '<!doctype html><html><body>Sign in</body></html>', /web page/],
    ['a request', '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>', /a request of CXone/],
    ['an assertion alone', '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>', /without the response/],
    ['broken XML', '<samlp:Response', /not well-formed/],
    ['compressed', base64('\u0001\u0002'), /compressed/],
    ['nothing', '  ', /neither XML nor base64/],
    ['words', 'what is this?', /neither XML nor base64/],
    ['a million', 'A'.repeat(700_001), /larger than/],
    ['a bomb of depth', '<a>'.repeat(100_000), /nested deeper/],
  ])('%s is named', (_what, text, words) => {
    const [finding, ...more] = judge(text)
    expect(finding?.status).toBe('wrong')
    expect(finding?.words).toMatch(words)
    expect(more).toEqual([])
  })

  test('a DOCTYPE in front of a good response is refused', async () => {
    expect(said(judge(`<!DOCTYPE x>${await made()}`), 'response.readable')).toMatch(/^wrong: .*DOCTYPE/)
  })
})

describe('when it came', () => {
  test('what is over by now is not held against it, unless the moment is known', async () => {
    const xml = await made()
    const later = new Date(Date.now() + 3_600_000)
    expect(said(judge(xml, { now: later }), 'response.times')).toMatch(/^unknown: .*over by now/)
    expect(said(judge(xml, { now: later, capturedAt: new Date() }), 'response.times')).toMatch(/^ok/)
    expect(said(judge(xml, { capturedAt: later }), 'response.times')).toMatch(/^wrong: .*too late/)
    expect(said(judge(xml, { capturedAt: new Date(Date.now() - 3_600_000) }), 'response.times')).toMatch(
      /^wrong: .*clock is ahead/,
    )
  })

  test('one that was started at the provider is doubtful', async () => {
    expect(said(judge(await made({ started: 'by the provider' })), 'response.started')).toMatch(
      /^doubtful: .*launch link/,
    )
  })

  test('an entity id of CXone that is not the inferred one is doubtful, since CXone may have another', async () => {
    const findings = judge(await made({ audience: 'https://cxone.niceincontact.com/other-guid' }))
    expect(said(findings, 'response.audience')).toMatch(/^doubtful: .*--entity-id/)
  })
})

test('every provider has its own words for what to change', async () => {
  const xml = await made({ signs: 'assertion' })
  const fixes = PROVIDERS.map((provider) => said(judge(xml, { provider }), 'response.signed'))
  expect(new Set(fixes).size).toBe(PROVIDERS.length)
})
