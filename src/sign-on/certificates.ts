/**
 * Judges the certificates that a provider signs with.
 * Decides what is read out of a file, which keys are strong enough, and how long a certificate still serves; must not fetch
 * anything.
 */
import type { CertificateFacts, SignOnCrypto } from './certificate-facts.ts'
import { daysLeft, WARN_DAYS } from './expiry.ts'
import { doubtful, ok, quoted, unknown, wrong, type Finding } from './finding.ts'
import { PROVIDER_WORDS, type Provider } from './providers.ts'

const LARGEST_FILE = 200_000
const MOST_CERTIFICATES = 20
const PEM =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]{1,40000}?)-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g

export interface CertificatesRead {
  readonly certificates: readonly CertificateFacts[]
  readonly findings: readonly Finding[]
}

/** Certificates in a file as text: PEM, or the base64 of one. A private key in it is refused with all the rest. */
export function readCertificates(text: string, crypto: Pick<SignOnCrypto, 'readCertificate'>): CertificatesRead {
  const refused = (words: string, fix: string): CertificatesRead => ({
    certificates: [],
    findings: [wrong('certificate.readable', words, fix)],
  })
  if (text.length > LARGEST_FILE)
    return refused(`The file is larger than ${LARGEST_FILE} characters.`, 'Give the certificate alone.')
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return refused(
      'The file holds a private key, which must never leave the provider; nothing of it was kept.',
      'Download the certificate alone. If this key is the one that the provider signs with, have the provider make a new certificate.',
    )
  const blocks = [...text.matchAll(PEM)].map(([, base64 = '']) => base64)
  const given = blocks.length > 0 ? blocks : [text]
  const read = given
    .slice(0, MOST_CERTIFICATES)
    .map((base64) => crypto.readCertificate(base64.replaceAll(/\s+/g, '')))
    .filter((it) => it !== undefined)
  if (read.length === 0 || read.length < given.length)
    return refused(
      given.length === 1
        ? 'The file is no certificate.'
        : `Of ${given.length} certificates in the file, ${read.length} can be read.`,
      'Give an X.509 certificate as PEM (it begins with -----BEGIN CERTIFICATE-----) or as the base64 of its DER.',
    )
  return { certificates: distinct(read), findings: [] }
}

export const distinct = (certificates: readonly CertificateFacts[]): CertificateFacts[] => [
  ...new Map(certificates.map((it) => [it.fingerprint, it])).values(),
]

export interface Judging {
  readonly provider: Provider
  readonly now: Date
}

/** All that are given; CXone holds one (facts, section 8.2, inferred). */
export function judgeCertificates(certificates: readonly CertificateFacts[], judging: Judging): Finding[] {
  const { fixes } = PROVIDER_WORDS[judging.provider]
  const several =
    certificates.length > 1
      ? [
          doubtful(
            'certificate.one',
            `There are ${certificates.length} signing certificates: ${certificates.map(shortName).join('; ')}. CXone holds one, and takes only what is signed with that.`,
            `Find out which one signs now (a captured response tells, with --response), and upload that one. ${fixes.certificate}`,
          ),
        ]
      : []
  return [...several, ...certificates.flatMap((certificate) => judgeCertificate(certificate, judging))]
}

export const shortName = ({ subject, fingerprint, notAfter }: CertificateFacts): string =>
  `${quoted(subject, 80)} (SHA-256 ${fingerprint.slice(0, 23)}…, until ${notAfter.slice(0, 10)})`

function judgeCertificate(certificate: CertificateFacts, { provider, now }: Judging): Finding[] {
  const { fixes } = PROVIDER_WORDS[provider]
  return [
    judgeTime(certificate, now, fixes.certificate),
    judgeKey(certificate, fixes),
    judgeSignature(certificate, fixes.algorithm),
  ]
}

function judgeTime(certificate: CertificateFacts, now: Date, fix: string): Finding {
  const name = shortName(certificate)
  const left = daysLeft(certificate, now)
  if (Date.parse(certificate.notBefore) > now.getTime())
    return wrong('certificate.valid', `The certificate ${name} is valid only from ${certificate.notBefore}.`, fix)
  if (left <= 0)
    return wrong('certificate.valid', `The certificate ${name} has expired on ${certificate.notAfter}.`, fix)
  const first = WARN_DAYS[0]
  if (left <= first)
    return doubtful(
      'certificate.valid',
      `The certificate ${name} expires in ${left === 1 ? 'a day' : `${left} days`}.`,
      `Make the next one at the provider now, and change both sides on the same day. ${fix}`,
    )
  return ok('certificate.valid', `The certificate ${name} serves for another ${left} days.`)
}

/** NIST SP 800-131A: RSA below 2,048 bits is not to be used. */
const LEAST_BITS = 2048

function judgeKey({ key, bits = 0 }: CertificateFacts, fixes: { readonly certificate: string }): Finding {
  if (key !== 'rsa')
    return doubtful(
      'certificate.key',
      'The key of the certificate is no RSA key. NICE names none but RSA in its descriptions.',
      `Have the provider make an RSA certificate of 2,048 bits. ${fixes.certificate}`,
    )
  return bits >= LEAST_BITS
    ? ok('certificate.key', `Its key is RSA with ${bits} bits.`)
    : wrong(
        'certificate.key',
        `Its RSA key has ${bits} bits, which is too weak.`,
        `Have the provider make a certificate of ${LEAST_BITS} bits or more. ${fixes.certificate}`,
      )
}

function judgeSignature({ signedWith, subject, issuer }: CertificateFacts, fix: string): Finding {
  if (signedWith === undefined)
    return unknown('certificate.algorithm', 'With which algorithm the certificate itself is signed could not be told.')
  if (!/sha-?1(?!\d)|md5/i.test(signedWith))
    return ok('certificate.algorithm', `The certificate is signed with ${signedWith}.`)
  return subject === issuer
    ? ok(
        'certificate.algorithm',
        `The certificate is signed by itself, with ${signedWith}, which weakens nothing: what counts is the algorithm of the responses.`,
      )
    : doubtful('certificate.algorithm', `The certificate is signed with ${signedWith}, which is broken.`, fix)
}
