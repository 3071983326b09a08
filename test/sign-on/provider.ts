/**
 * An identity provider that signs people in, rightly and wrongly: certificates and responses made anew by libraries that the
 * product does not use. Must not be used by product code.
 */
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { generate } from 'selfsigned'
import { signOnCrypto } from '../../src/sign-on/crypto/signature.ts'
import type { CertificateFacts } from '../../src/sign-on/certificate-facts.ts'

export interface Signer {
  readonly key: string
  readonly cert: string
  readonly facts: CertificateFacts
}

const DAY_MS = 86_400_000

/** A certificate that serves from and until so many days from now. */
export async function makeSigner(
  name: string,
  days: { readonly from?: number; readonly to?: number; readonly bits?: number } = {},
): Promise<Signer> {
  const { from = -10, to = 365, bits = 2048 } = days
  const made = await generate([{ name: 'commonName', value: name }], {
    keySize: bits,
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + from * DAY_MS),
    notAfterDate: new Date(Date.now() + to * DAY_MS),
  })
  const facts = signOnCrypto.readCertificate(bare(made.cert))
  if (facts === undefined) throw new Error('the certificate just made cannot be read')
  return { key: made.private, cert: made.cert, facts }
}

/** The base64 of a PEM. */
export const bare = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s+/g, '')

export const ENTITY_ID = 'https://cxone.niceincontact.com/11eb0000-aaaa-bbbb-cccc-0242ac110002'
export const ACS = 'https://cxone.niceincontact.com/auth/authorize?tenantId=11eb0000-aaaa-bbbb-cccc-0242ac110002'
export const IDP = 'http://www.okta.com/exk1fcia6d6EMsf331d8'
export const MIA = 'mia.roth@acme.test'

export interface ResponseOptions {
  readonly signer: Signer
  readonly signs?: 'response' | 'assertion' | 'both' | 'nothing'
  readonly audience?: string
  readonly acs?: string
  readonly nameId?: string
  readonly nameIdFormat?: string
  readonly algorithm?: 'sha1' | 'sha256'
  /** Encrypts the assertion for its holder. */
  readonly encryptFor?: Signer
  readonly started?: 'by CXone' | 'by the provider'
  readonly status?: string
}

interface Samlp {
  getSamlResponse(
    options: Readonly<Record<string, unknown>>,
    user: object,
    done: (error: Error | null, xml: string) => void,
  ): void
}
const samlp = createRequire(import.meta.url)('samlp') as Samlp

/** The XML of a response, as a provider makes it. */
export async function makeResponse(options: ResponseOptions): Promise<string> {
  const { signer, signs = 'response', audience = ENTITY_ID, acs = ACS, nameId = MIA, algorithm = 'sha256' } = options
  const { encryptFor, started = 'by CXone', status } = options
  const nameIdentifier = { nameIdentifier: nameId, nameIdentifierFormat: options.nameIdFormat }
  const make = promisify<Readonly<Record<string, unknown>>, object, string>(samlp.getSamlResponse)
  return make(
    {
      cert: signer.cert,
      key: signer.key,
      issuer: IDP,
      audience,
      destination: acs,
      recipient: acs,
      signAssertion: signs === 'assertion' || signs === 'both',
      signResponse: signs === 'response' || signs === 'both',
      signatureAlgorithm: `rsa-${algorithm}`,
      digestAlgorithm: algorithm,
      lifetimeInSeconds: 300,
      profileMapper: () => ({ getClaims: () => ({ team: 'Billing' }), getNameIdentifier: () => nameIdentifier }),
      ...(started === 'by CXone' ? { inResponseTo: '_request-of-cxone' } : {}),
      ...(status === undefined ? {} : { samlStatusCode: status }),
      ...(encryptFor === undefined
        ? {}
        : {
            encryptionPublicKey: encryptFor.cert,
            encryptionCert: encryptFor.cert,
            encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
          }),
    },
    {},
  )
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Metadata as Okta gives it, for these signers. */
export function metadataOf(
  signers: readonly Signer[],
  {
    entityId = IDP,
    endpoint = 'https://acme.okta.com/app/acme_cxone/exk1/sso/saml',
  }: { readonly entityId?: string; readonly endpoint?: string } = {},
): string {
  const keys = signers.map(
    ({ cert }) =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${bare(cert)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="${entityId}" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${endpoint}"/></md:IDPSSODescriptor></md:EntityDescriptor>`
}
