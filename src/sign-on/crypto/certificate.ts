/**
 * Reads a certificate with Node's cryptography.
 * Decides what is taken from it; must not judge it.
 */
import { X509Certificate } from 'node:crypto'
import type { CertificateFacts } from '../certificate-facts.ts'

/** Larger than any certificate with an RSA key of 16,384 bits. */
const MOST_CHARACTERS = 32_768

export function readCertificate(base64: string): CertificateFacts | undefined {
  if (base64.length > MOST_CHARACTERS) return undefined
  try {
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'))
    const { publicKey } = certificate
    const type = publicKey.asymmetricKeyType
    const bits = publicKey.asymmetricKeyDetails?.modulusLength
    // Node 24.9 and later tell.
    const { signatureAlgorithm }: { signatureAlgorithm?: string | undefined } = certificate
    return {
      pem: certificate.toString(),
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      fingerprint: certificate.fingerprint256,
      notBefore: certificate.validFromDate.toISOString(),
      notAfter: certificate.validToDate.toISOString(),
      key: type === 'rsa' || type === 'ec' ? type : 'other',
      ...(bits === undefined ? {} : { bits }),
      ...(signatureAlgorithm === undefined ? {} : { signedWith: signatureAlgorithm }),
    }
  } catch {
    // Whatever OpenSSL cannot read is no certificate to us.
    return undefined
  }
}

/** Node gives one line a part. */
const oneLine = (name: string): string => name.split('\n').join(', ').slice(0, 500)
