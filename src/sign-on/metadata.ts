/**
 * Reads and judges the SAML metadata of an identity provider.
 * Decides what of it CXone needs; must not fetch it.
 */
import { webAddress } from './address.ts'
import type { CertificateFacts, SignOnCrypto } from './certificate-facts.ts'
import { distinct, judgeCertificates } from './certificates.ts'
import { doubtful, ok, quoted, wrong, type Finding } from './finding.ts'
import { PROVIDER_WORDS, type Provider } from './providers.ts'
import { attributeOf, childOf, childrenOf, is, textOf } from './saml-names.ts'
import { readXml, type XmlElement } from './xml.ts'

export interface MetadataFacts {
  readonly entityId: string
  /** Where CXone sends people: the address for HTTP-POST, else for HTTP-Redirect. */
  readonly endpoint: string
  readonly certificates: readonly CertificateFacts[]
}

export interface MetadataRead {
  /** Absent where the document cannot be used. */
  readonly facts?: MetadataFacts
  readonly findings: readonly Finding[]
}

export interface MetadataAround {
  readonly provider: Provider
  readonly now: Date
  readonly crypto: Pick<SignOnCrypto, 'readCertificate'>
}

const READABLE = 'metadata.readable'

export function readMetadata(text: string, around: MetadataAround): MetadataRead {
  const { gives } = PROVIDER_WORDS[around.provider]
  const refused = (words: string): MetadataRead => ({
    findings: [wrong(READABLE, words, `Take the metadata from: ${gives.metadata}.`)],
  })
  const read = readXml(text)
  if (!read.ok) return refused(read.words)
  const found = idpOf(read.root)
  if ('words' in found) return refused(found.words)
  const { entity, idp } = found
  const entityId = attributeOf(entity, 'entityID')?.trim()
  if (entityId === undefined || entityId === '') return refused('It names no entityID.')
  const endpoint = endpointOf(idp)
  if (endpoint === undefined) return refused('It names no address for signing in by HTTP-POST or HTTP-Redirect.')
  const certificates = signingCertificates(idp, around.crypto)
  if (certificates.length === 0) return refused('It holds no certificate for signing that can be read.')
  const facts = { entityId, endpoint, certificates }
  return {
    facts,
    findings: [...judgeDocument(facts, { entity, idp, ...around }), ...judgeCertificates(certificates, around)],
  }
}

function idpOf(
  root: XmlElement,
): { readonly entity: XmlElement; readonly idp: XmlElement } | { readonly words: string } {
  const entities = is(root, 'metadata', 'EntitiesDescriptor')
    ? childrenOf(root, 'metadata', 'EntityDescriptor')
    : [root]
  if (!entities.every((it) => is(it, 'metadata', 'EntityDescriptor')))
    return { words: `It is no SAML metadata but an element ${quoted(root.local, 60)}.` }
  const found = entities.flatMap((entity) =>
    childrenOf(entity, 'metadata', 'IDPSSODescriptor').map((idp) => ({ entity, idp })),
  )
  const [first, second] = found
  if (first !== undefined && second === undefined) return first
  if (second !== undefined) return { words: `It describes ${found.length} identity providers; one is wanted.` }
  const isService = entities.some((it) => childOf(it, 'metadata', 'SPSSODescriptor') !== undefined)
  return {
    words: isService
      ? "It is the metadata of a service provider (CXone's own side), not that of the identity provider."
      : 'It describes no identity provider.',
  }
}

const BINDINGS = ['HTTP-POST', 'HTTP-Redirect'] as const

function endpointOf(idp: XmlElement): string | undefined {
  const services = childrenOf(idp, 'metadata', 'SingleSignOnService')
  for (const binding of BINDINGS) {
    const service = services.find(
      (it) => attributeOf(it, 'Binding') === `urn:oasis:names:tc:SAML:2.0:bindings:${binding}`,
    )
    const location = attributeOf(service, 'Location')?.trim()
    if (location !== undefined && location !== '') return location
  }
  return undefined
}

/** Keys without a use are for signing too (SAML metadata, section 2.4.1.1). */
function signingCertificates(idp: XmlElement, { readCertificate }: MetadataAround['crypto']): CertificateFacts[] {
  const keys = childrenOf(idp, 'metadata', 'KeyDescriptor').filter((key) => attributeOf(key, 'use') !== 'encryption')
  const texts = keys
    .flatMap((key) => childrenOf(childOf(key, 'signature', 'KeyInfo'), 'signature', 'X509Data'))
    .flatMap((data) => childrenOf(data, 'signature', 'X509Certificate'))
    .flatMap((it) => textOf(it)?.replaceAll(/\s+/g, '') ?? [])
  return distinct(texts.slice(0, 20).flatMap((text) => readCertificate(text) ?? []))
}

interface Document extends MetadataAround {
  readonly entity: XmlElement
  readonly idp: XmlElement
}

function judgeDocument({ entityId, endpoint }: MetadataFacts, { entity, idp, provider, now }: Document): Finding[] {
  const { name, entityIds, gives } = PROVIDER_WORDS[provider]
  const found: Finding[] = [
    ok(READABLE, `It is the metadata of ${quoted(entityId)}, which signs people in at ${quoted(endpoint)}.`),
  ]
  if (!entityIds.some((it) => it.test(entityId)))
    found.push(
      doubtful(
        'metadata.provider',
        `Its entity id is ${quoted(entityId)}, which does not look like one of ${name}.`,
        `Compare it with ${gives.issuer}, or say with --idp whose it is.`,
      ),
    )
  if (webAddress(endpoint)?.scheme !== 'https')
    found.push(
      wrong(
        'metadata.endpoint',
        `People would sign in at ${quoted(endpoint)}, which is not encrypted.`,
        'Have the provider serve it under https.',
      ),
    )
  const until = attributeOf(entity, 'validUntil')
  if (until !== undefined && Date.parse(until) <= now.getTime())
    found.push(
      wrong(
        'metadata.valid',
        `The document itself was valid until ${quoted(until)} only.`,
        `Take it anew from: ${gives.metadata}.`,
      ),
    )
  const wantsSigned = attributeOf(idp, 'WantAuthnRequestsSigned')
  if (wantsSigned === 'true' || wantsSigned === '1')
    found.push(
      doubtful(
        'metadata.requests',
        'It wants signed requests, and whether CXone signs its requests is written nowhere.',
        `Switch it off at ${name}, or ask NICE support for the certificate of CXone.`,
      ),
    )
  return found
}
