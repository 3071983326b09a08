import { beforeAll, describe, expect, test } from 'vitest'
import { signOnCrypto } from '../../src/sign-on/crypto/signature.ts'
import { judgeCertificates, readCertificates } from '../../src/sign-on/certificates.ts'
import { stageOf } from '../../src/sign-on/expiry.ts'
import { isSound, type Finding } from '../../src/sign-on/finding.ts'
import { changesOf } from '../../src/sign-on/metadata-change.ts'
import { readMetadata } from '../../src/sign-on/metadata.ts'
import { readDiscovery } from '../../src/sign-on/oidc.ts'
import { bare, IDP, makeSigner, metadataOf, type Signer } from './provider.ts'

let signer: Signer
let next: Signer
let weak: Signer
let soon: Signer
beforeAll(async () => {
  ;[signer, next, weak, soon] = await Promise.all([
    makeSigner('now'),
    makeSigner('next'),
    makeSigner('weak', { bits: 1024 }),
    makeSigner('soon', { to: 10 }),
  ])
})

const now = new Date()
const around = { provider: 'okta', now, crypto: signOnCrypto } as const
const read = (text: string) => readMetadata(text, around)
const said = (findings: readonly Finding[]): string =>
  findings.map(({ check, status, words, fix = '' }) => `${check} ${status}: ${words} ${fix}`).join('\n')

test('metadata tells whose it is, where people sign in, and with what they sign', () => {
  const { facts, findings } = read(metadataOf([signer]))
  expect(facts).toMatchObject({ entityId: IDP, endpoint: 'https://acme.okta.com/app/acme_cxone/exk1/sso/saml' })
  expect(facts?.certificates.map(({ fingerprint }) => fingerprint)).toEqual([signer.facts.fingerprint])
  expect(findings.filter(({ status }) => status === 'wrong' || status === 'doubtful')).toEqual([])
})

test.each<[string, (xml: string) => string, RegExp]>([
  ['a web page', () => '<html><body>Sign in</body></html>', /web page.*Metadata URL/],
  ['a DOCTYPE', (xml) => xml.replace('?>', '?><!DOCTYPE x>'), /DOCTYPE/],
  ["CXone's own side", (xml) => xml.replaceAll('IDPSSODescriptor', 'SPSSODescriptor'), /service provider/],
  [
    'two providers',
    (xml) => xml.replace(/<md:IDPSSO[\s\S]*IDPSSODescriptor>/, '$&$&'),
    /describes 2 identity providers/,
  ],
  ['no certificate', (xml) => xml.replace(/<md:KeyDescriptor[\s\S]*KeyDescriptor>/, ''), /no certificate/],
  ['a broken certificate', (xml) => xml.replace('<ds:X509Certificate>', '<ds:X509Certificate>AAAA'), /no certificate/],
  ['no entity id', (xml) => xml.replace(/entityID="[^"]*"/, ''), /no entityID/],
  ['no address', (xml) => xml.replace(/<md:SingleSignOnService[^>]*>/, ''), /no address/],
  ['another document', () => '<feed xmlns="http://www.w3.org/2005/Atom"/>', /element "feed"/],
])('metadata with %s cannot be used, and is not kept', (_what, change, words) => {
  const { facts, findings } = read(change(metadataOf([signer])))
  expect(facts).toBeUndefined()
  expect(said(findings)).toMatch(words)
  expect(isSound(findings)).toBe(false)
})

test.each<[string, (xml: string) => string, RegExp]>([
  ['of another provider', (xml) => xml.replace(IDP, 'https://idp.example.com'), /metadata.provider doubtful/],
  [
    'that wants signed requests',
    (xml) => xml.replace('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="true"'),
    /metadata.requests doubtful/,
  ],
  [
    'of an address in clear',
    (xml) => xml.replace('https://acme.okta.com', 'http://acme.okta.com'),
    /metadata.endpoint wrong/,
  ],
  [
    'that has ended',
    (xml) => xml.replace('entityID', 'validUntil="2020-01-01T00:00:00Z" entityID'),
    /metadata.valid wrong/,
  ],
])('metadata %s is used, and it is said', (_what, change, words) => {
  const { facts, findings } = read(change(metadataOf([signer])))
  expect(facts).toBeDefined()
  expect(said(findings)).toMatch(words)
})

test('more than one signing certificate is doubtful, since CXone holds one', () => {
  const { findings } = read(metadataOf([signer, next, signer]))
  expect(said(findings)).toMatch(/certificate.one doubtful: There are 2 signing certificates/)
})

describe('certificates', () => {
  const judged = (...signers: Signer[]) =>
    said(
      judgeCertificates(
        signers.map(({ facts }) => facts),
        around,
      ),
    )

  test('are read as PEM, several in a file too, and as bare base64', () => {
    const pems = readCertificates(`subject=/CN=now\n${signer.cert}\n${next.cert}`, signOnCrypto)
    expect(pems.certificates.map(({ subject }) => subject)).toEqual(['CN=now', 'CN=next'])
    expect(readCertificates(bare(signer.cert), signOnCrypto).certificates).toHaveLength(1)
  })

  test('a private key is refused with all that comes with it', () => {
    const { certificates, findings } = readCertificates(signer.cert + signer.key, signOnCrypto)
    expect(certificates).toEqual([])
    expect(said(findings)).toMatch(/private key/)
  })

  test('what is none is named', () => {
    expect(said(readCertificates('hello', signOnCrypto).findings)).toMatch(/no certificate/)
    const cut = signer.cert.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n')
    expect(said(readCertificates(signer.cert + cut, signOnCrypto).findings)).toMatch(/Of 2 certificates in the file, 1/)
  })

  test('weak, soon over, over and not yet valid are told apart', () => {
    expect(judged(signer)).not.toMatch(/wrong|doubtful/)
    expect(judged(weak)).toMatch(/certificate.key wrong: Its RSA key has 1024 bits/)
    expect(judged(soon)).toMatch(/certificate.valid doubtful: .* expires in 10 days/)
    const at = (days: number) =>
      said(judgeCertificates([soon.facts], { ...around, now: new Date(now.getTime() + days * 86_400_000) }))
    expect(at(11)).toMatch(/certificate.valid wrong: .* has expired/)
    expect(at(-20)).toMatch(/certificate.valid wrong: .* valid only from/)
  })

  test('the stages at which somebody is told are 30, 14 and 3 days, and the end', () => {
    const until = Date.parse('2027-06-30T00:00:00Z')
    const stage = (days: number) => stageOf({ notAfter: '2027-06-30T00:00:00Z' }, new Date(until - days * 86_400_000))
    expect([31, 30, 15, 14, 4, 3, 1, 0, -5].map(stage)).toEqual([undefined, 30, 30, 14, 14, 3, 3, 0, 0])
  })
})

test('what changed at the provider is named, and nothing where nothing did', () => {
  const given = read(metadataOf([signer])).facts!
  const seen = read(metadataOf([next], { endpoint: 'https://new.okta.com/sso', entityId: `${IDP}x` })).facts!
  expect(changesOf(given, read(metadataOf([signer])).facts!)).toEqual([])
  expect(changesOf(given, seen).join(' ')).toMatch(
    /entity id was .*sign-in address.*New signing certificates: "CN=next".*gone: "CN=now"/,
  )
})

describe('an OpenID Connect discovery document', () => {
  const document = {
    issuer: 'https://acme.okta.com',
    jwks_uri: 'https://acme.okta.com/keys',
    authorization_endpoint: 'https://acme.okta.com/authorize',
    token_endpoint: 'https://acme.okta.com/token',
    userinfo_endpoint: 'https://acme.okta.com/userinfo',
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['RS256'],
  }
  const readOidc = (changes: object) => readDiscovery(JSON.stringify({ ...document, ...changes }), 'okta')

  test('gives what each field of CXone wants', () => {
    const { values, findings } = readOidc({})
    expect(values).toMatchObject({ Issuer: document.issuer, JWKS: document.jwks_uri })
    expect(findings.every(({ status }) => status === 'ok')).toBe(true)
  })

  test.each<[string, object, RegExp]>([
    ['no keys', { jwks_uri: undefined }, /oidc.jwks_uri wrong: .*missing/],
    ['an address in clear', { token_endpoint: 'http://acme.okta.com/token' }, /oidc.token_endpoint wrong/],
    ['no authorization code', { response_types_supported: ['id_token'] }, /oidc.code wrong/],
    ['no RS256', { id_token_signing_alg_values_supported: ['ES256'] }, /oidc.algorithm doubtful/],
    ['no userinfo', { userinfo_endpoint: undefined }, /oidc.userinfo_endpoint unknown/],
  ])('with %s is named', (_what, changes, words) => {
    expect(said(readOidc(changes).findings)).toMatch(words)
  })

  test('is told from anything else', () => {
    expect(said(readDiscovery('<xml/>', 'okta').findings)).toMatch(/oidc.readable wrong/)
  })
})
