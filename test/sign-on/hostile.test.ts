import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { signOnCrypto } from '../../src/sign-on/crypto/signature.ts'
import { readDiscovery } from '../../src/sign-on/oidc.ts'
import { readCertificates } from '../../src/sign-on/certificates.ts'
import { readMetadata } from '../../src/sign-on/metadata.ts'
import { signOnValues } from '../../src/sign-on/place.ts'
import { judgeResponse } from '../../src/sign-on/response.ts'
import { XML_LIMITS, readXml, type XmlElement } from '../../src/sign-on/xml.ts'
import { ENTITY_ID, makeResponse, makeSigner, metadataOf, MIA, type Signer } from './provider.ts'

let signer: Signer
let good: string
beforeAll(async () => {
  signer = await makeSigner('acme at the provider')
  good = await makeResponse({ signer })
})

const now = new Date()
const values = signOnValues({ issuer: 'https://cxone.niceincontact.com', tenantId: ENTITY_ID.split('/').at(-1) })
const judge = (text: string) =>
  judgeResponse(text, { provider: 'entra', values, nameId: MIA, certificates: [signer.facts], now }, signOnCrypto)
const readers = [
  judge,
  (text: string) => readMetadata(text, { provider: 'entra', now, crypto: signOnCrypto }).findings,
  (text: string) => readCertificates(text, signOnCrypto).findings,
  (text: string) => readDiscovery(text, 'entra').findings,
]

const names = ['Response', 'Assertion', 'Signature', 'SignedInfo', 'Reference', 'Status', 'NameID', 'Object', 'a']
const spaces = [
  'urn:oasis:names:tc:SAML:2.0:protocol',
  'urn:oasis:names:tc:SAML:2.0:assertion',
  'urn:oasis:names:tc:SAML:2.0:metadata',
  'http://www.w3.org/2000/09/xmldsig#',
]
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom(...spaces),
      fc.constantFrom('', ' ID="x"', ' ID="y"', ' URI="#x"', ' Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"'),
      fc.array(fc.oneof({ maxDepth: 3 }, fc.constantFrom('text', '<!-- c -->', '<?p i?>', '&amp;'), tie('tree')), {
        maxLength: 4,
      }),
    )
    .map(([name, space, attributes, inside]) => `<${name} xmlns="${space}"${attributes}>${inside.join('')}</${name}>`),
}))

test('no text of any kind makes a reader throw, and each says something of it', () => {
  const base64 = fc.string().map((text) => Buffer.from(text).toString('base64'))
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), tree, base64), (text) => {
      for (const reader of readers.slice(0, 2)) expect(reader(text).length).toBeGreaterThan(0)
      for (const reader of readers) for (const { words } of reader(text)) expect(words).not.toMatch(/[\n\r]/)
    }),
    { numRuns: 25 },
  )
})

test('a good response of which anything was cut, doubled or replaced is called good only if it still says the same', () => {
  const span = fc.tuple(fc.nat(good.length), fc.nat(60))
  const kept = good.replaceAll(/\s+/g, ' ')
  fc.assert(
    fc.property(
      span,
      fc.constantFrom('cut', 'double', 'replace'),
      fc.string({ maxLength: 20 }),
      ([at, length], how, text) => {
        const part = good.slice(at, at + length)
        const put = how === 'cut' ? '' : how === 'double' ? part + part : text
        const changed = good.slice(0, at) + put + good.slice(at + length)
        const findings = judge(changed)
        const holds = findings.some(({ check, status }) => check === 'response.signature' && status === 'ok')
        // What the signature does not cover may differ: the declaration, its own white space, the certificate it brings.
        if (!holds || changed.replaceAll(/\s+/g, ' ') === kept) return
        const covered = (xml: string): string =>
          xml.replace(/<Signature[\s\S]*<\/Signature>/, '').replace(/^\s*<\?xml[^>]*\?>/, '')
        expect(canonical(covered(changed))).toBe(canonical(covered(good)))
      },
    ),
    { numRuns: 40 },
  )
})

const XMLNS = 'http://www.w3.org/2000/xmlns/'

/** By what a reader sees, whatever the white space in its tags, and the prefixes that it declares and does not use. */
function canonical(xml: string): string {
  const read = readXml(xml)
  const show = ({ local, namespace, attributes, children, text }: XmlElement): string =>
    JSON.stringify([
      local,
      namespace,
      attributes.flatMap((it) => (it.namespace === XMLNS ? [] : [`${it.local}=${it.value}`])).toSorted(),
      text,
      children.map(show),
    ])
  return read.ok ? show(read.root) : 'unreadable'
}

test.each<[string, string, RegExp]>([
  ['a document larger than the limit', `<a>${'x'.repeat(XML_LIMITS.characters)}</a>`, /larger/],
  ['more elements than the limit', `<a>${'<b/>'.repeat(XML_LIMITS.elements)}</a>`, /more than 10000 elements/],
  [
    'an element of too many attributes',
    `<a ${Array.from({ length: 5_000 }, (_, at) => `b${at}=""`).join(' ')}/>`,
    /too many attributes/,
  ],
  ['a DOCTYPE of a billion laughs', '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>', /DOCTYPE/],
  ['an entity that nobody declares', '<a>&lol;</a>', /not well-formed/],
  ['two roots', '<a/><b/>', /not well-formed/],
  ['a prefix that nobody declares', '<x:a/>', /not well-formed/],
])('%s is refused', (_what, text, words) => {
  const read = readXml(text)
  expect(read.ok ? 'it was read' : read.words).toMatch(words)
})

test('work is bounded: a response of more elements than any has is not verified, and one of as many as there may be is', () => {
  const inside = (count: number): string =>
    good.replace('<samlp:Status>', `<samlp:Extensions>${'<a/>'.repeat(count)}</samlp:Extensions><samlp:Status>`)
  const words = (count: number): string =>
    judge(inside(count))
      .map((it) => it.words)
      .join(' ')
  expect(words(2_900)).toContain('changed after it was signed')
  expect(words(3_000)).toContain('more than 3000 elements')
})

test('metadata in its good form is read, so that what is refused above is refused for a reason', () => {
  expect(
    readMetadata(metadataOf([signer]), { provider: 'okta', now, crypto: signOnCrypto }).facts?.certificates,
  ).toHaveLength(1)
})
