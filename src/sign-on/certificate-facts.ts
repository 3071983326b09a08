/**
 * What Node's cryptography is asked for a sign-on, as data and as one interface.
 * Decides shapes only, so that whoever judges needs no Node (crypto/ has the parts that do).
 */

export interface CertificateFacts {
  readonly pem: string
  readonly subject: string
  readonly issuer: string
  /** SHA-256, in pairs with colons. */
  readonly fingerprint: string
  /** RFC 3339. */
  readonly notBefore: string
  readonly notAfter: string
  readonly key: 'rsa' | 'ec' | 'other'
  /** Of an RSA key. */
  readonly bits?: number
  /** With what it is signed itself, where that can be told: `sha256WithRSAEncryption`. */
  readonly signedWith?: string
}

/** The signature of a message, verified with one certificate. */
export type Verified =
  | { readonly valid: true; /** Exactly the bytes that are signed, canonical. */ readonly signed: string }
  | {
      readonly valid: false
      /** `altered`: what is signed is not what was signed. `other-key`: the signature is not from this certificate's key. */
      readonly why: 'altered' | 'other-key' | 'unreadable'
    }

export interface SignOnCrypto {
  /** A certificate from the base64 of its DER; undefined where it is none. Never throws. */
  readCertificate(base64: string): CertificateFacts | undefined
  /** The UTF-8 text in base64; undefined where it is none. */
  textOfBase64(base64: string): string | undefined
  /** Verifies the one signature that is a child of the root of `xml`, or of its one assertion. Never throws. */
  verify(xml: string, of: 'response' | 'assertion', certificate: CertificateFacts): Verified
}
