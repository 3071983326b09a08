/**
 * Whose signature a response bears: one whose certificate was given, one whose certificate it brings along, or nobody's.
 * Decides when a signature holds, and for which bytes; must not look at what they say.
 */
import type { CertificateFacts, SignOnCrypto } from './certificate-facts.ts'
import { distinct, shortName } from './certificates.ts'
import type { Expected } from './conditions.ts'
import { doubtful, ok, unknown, wrong, type Finding } from './finding.ts'
import { PROVIDER_WORDS } from './providers.ts'
import { is } from './saml-names.ts'
import type { SignatureFacts } from './signatures.ts'
import { readXml, type XmlElement } from './xml.ts'

export interface ResponseExpected extends Expected {
  /** Those that CXone may have: of the metadata, or given. */
  readonly certificates: readonly CertificateFacts[]
}

export interface Around {
  readonly expected: ResponseExpected
  readonly crypto: SignOnCrypto
}

export interface SignerJudged {
  readonly finding: Finding
  /** The response as the signature covers it; absent where none holds, or the assertion is what is signed. */
  readonly signed?: XmlElement
}

const CHECK = 'response.signature'
const CAPTURE = 'Capture the response again, straight from the browser.'
/** Of the certificates that are given, so many are tried: each costs a verification. */
const MOST_TRIED = 5

/** Call for a document that signatures.ts has let through. */
export function judgeSigner(xml: string, signature: SignatureFacts, { expected, crypto }: Around): SignerJudged {
  const [own] = distinct(signature.certificates.flatMap((base64) => crypto.readCertificate(base64) ?? []))
  if (expected.certificates.length === 0) return { finding: nobodys(own) }
  for (const certificate of expected.certificates.slice(0, MOST_TRIED)) {
    const verified = crypto.verify(xml, signature.of, certificate)
    if (verified.valid) return holds(verified.signed, signature, { certificate, expected })
    // The same for every certificate.
    if (verified.why !== 'other-key') return { finding: BROKEN[verified.why] }
  }
  return { finding: strangers(own, expected) }
}

const BROKEN = {
  unreadable: wrong(CHECK, 'Its signature cannot be read.', CAPTURE),
  altered: wrong(
    CHECK,
    'It was changed after it was signed: what the signature covers is not what is there.',
    'Capture the response again, without an editor or a proxy in between. If it comes again, something between provider and browser changes it.',
  ),
} as const

const nobodys = (own: CertificateFacts | undefined): Finding =>
  unknown(
    CHECK,
    `Whose signature it is cannot be told without a certificate.${own === undefined ? '' : ` It names ${shortName(own)}.`}`,
    'Give the one that CXone has, with --certificate or --metadata.',
  )

function strangers(own: CertificateFacts | undefined, { certificates, provider }: ResponseExpected): Finding {
  const { certificate: fix } = PROVIDER_WORDS[provider].fixes
  const given = certificates.map(shortName).join('; ')
  if (own === undefined || certificates.some(({ fingerprint }) => fingerprint === own.fingerprint))
    return wrong(CHECK, `It is not signed with the key of the certificate given, ${given}.`, fix)
  return wrong(
    CHECK,
    `It is signed with another certificate than the one given: it names ${shortName(own)}, given is ${given}.`,
    `The provider's certificate was changed. ${fix}`,
  )
}

interface Holding {
  readonly certificate: CertificateFacts
  readonly expected: ResponseExpected
}

/** The bytes are read anew: nothing else of the document is believed from here on. */
function holds(bytes: string, { of }: SignatureFacts, { certificate, expected }: Holding): SignerJudged {
  const read = readXml(bytes)
  const fits = (root: XmlElement): boolean =>
    of === 'response' ? is(root, 'protocol', 'Response') : is(root, 'assertion', 'Assertion')
  if (!read.ok || !fits(read.root))
    return { finding: wrong(CHECK, 'Its signature holds, but not for what it stands in.', CAPTURE) }
  return { finding: judgeTime(certificate, expected), ...(of === 'response' ? { signed: read.root } : {}) }
}

function judgeTime(certificate: CertificateFacts, { capturedAt, now, provider }: ResponseExpected): Finding {
  const { certificate: fix } = PROVIDER_WORDS[provider].fixes
  const name = shortName(certificate)
  const at = (capturedAt ?? now).getTime()
  if (at > Date.parse(certificate.notAfter))
    return wrong(CHECK, `Its signature holds, but the certificate ${name} has expired.`, fix)
  return at < Date.parse(certificate.notBefore)
    ? doubtful(CHECK, `Its signature holds, but the certificate ${name} was not valid yet.`, fix)
    : ok(CHECK, `Its signature is that of the certificate ${name}.`)
}
