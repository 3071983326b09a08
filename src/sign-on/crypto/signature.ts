/**
 * Verifies an XML signature, and gives back exactly what it covers.
 * Decides whether a certificate's key made it; must not judge what is signed, nor be asked before signatures.ts has found
 * the document to be one that may be verified at all (one reference, known transforms, no id twice).
 */
import { DOMParser } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import type { SignOnCrypto, Verified } from '../certificate-facts.ts'
import { NS } from '../saml-names.ts'
import { readCertificate } from './certificate.ts'

export const signOnCrypto: SignOnCrypto = { readCertificate, textOfBase64, verify }

/** Base64 as people copy it: with line breaks, of either alphabet; undefined where it is something else. */
function textOfBase64(base64: string): string | undefined {
  const compact = base64.replaceAll(/\s+/g, '')
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64').toString('utf8') : undefined
}

function verify(xml: string, of: 'response' | 'assertion', certificate: { readonly pem: string }): Verified {
  try {
    const signature = signatureOf(xml, of)
    if (signature === undefined) return { valid: false, why: 'unreadable' }
    // Only the certificate that was given counts, whatever key the message brings along.
    const signed = new SignedXml({ publicCert: certificate.pem, getCertFromKeyInfo: () => null })
    signed.loadSignature(signature)
    if (!signed.checkSignature(xml)) return { valid: false, why: 'altered' }
    const [bytes, ...more] = signed.getSignedReferences()
    if (bytes === undefined || more.length > 0) return { valid: false, why: 'unreadable' }
    return { valid: true, signed: bytes }
  } catch (error) {
    return { valid: false, why: reasonOf(error) }
  }
}

/** The library has no codes; its words are pinned by tests. */
const reasonOf = (error: unknown): 'other-key' | 'unreadable' =>
  error instanceof Error && /the signature value .* is incorrect/s.test(error.message) ? 'other-key' : 'unreadable'

function signatureOf(xml: string, of: 'response' | 'assertion') {
  const fail = (why: string): never => {
    throw new Error(why)
  }
  const document = new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(
    xml,
    'text/xml',
  )
  const root: Node | null = document.documentElement
  for (const node of Array.from(document.getElementsByTagNameNS(NS.signature, 'Signature'))) {
    const parent: Node | null = node.parentNode
    if (of === 'response' ? parent === root : parent !== null && parent.parentNode === root) return node
  }
  return undefined
}
