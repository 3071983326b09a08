/**
 * A certificate and its key, as two files hold them.
 * Decides whether the two can be served together, and until when; must not read a file or serve anything.
 */
import { createPrivateKey, createHash, X509Certificate } from 'node:crypto'

export interface TlsPair {
  /** With the chain, as it stands in the file. */
  readonly cert: string
  readonly key: string
  /** Of both texts, to tell pairs apart. */
  readonly digest: string
  readonly from: Date
  readonly until: Date
  /** It names itself as its issuer: nobody who does not know it trusts it. */
  readonly selfSigned: boolean
  /** Whether it stands for this host name or address. */
  readonly isFor: (host: string) => boolean
}

/** Why two texts are no pair, in words for whoever put them there. */
export class TlsPairError extends Error {
  override readonly name = 'TlsPairError'
}

export const digestOf = (cert: string, key: string): string =>
  createHash('sha256').update(cert).update('\0').update(key).digest('hex')

/** Throws {@link TlsPairError} for what is half-written, no certificate, no key, or does not belong together. */
export function readPair(cert: string, key: string): TlsPair {
  const certificates = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const begun = cert.split('-----BEGIN ').length - 1
  const [first, ...chain] = certificates
  if (first === undefined) throw new TlsPairError('the certificate file holds no whole certificate in PEM form')
  if (begun !== certificates.length)
    throw new TlsPairError('the certificate file breaks off, or holds something else too')
  const leaf = parsed(first)
  for (const link of chain) parsed(link)
  if (!belongs(leaf, key)) throw new TlsPairError('the key is not the one of the certificate')
  return {
    cert,
    key,
    digest: digestOf(cert, key),
    from: leaf.validFromDate,
    until: leaf.validToDate,
    selfSigned: leaf.issuer === leaf.subject,
    isFor: (host) => leaf.checkHost(host) !== undefined || leaf.checkIP(host) !== undefined,
  }
}

function parsed(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new TlsPairError('the certificate file holds a certificate that cannot be read', { cause })
  }
}

function belongs(leaf: X509Certificate, key: string): boolean {
  try {
    return leaf.checkPrivateKey(createPrivateKey(key))
  } catch (cause) {
    throw new TlsPairError('the key file holds no private key in PEM form without a passphrase', { cause })
  }
}
