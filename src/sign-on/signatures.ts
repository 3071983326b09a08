/**
 * Which elements of a response are signed, and how, as it is built.
 * Decides whether a document is one whose signature may be verified at all: one response, one assertion, no signature that
 * covers something else (XML signature wrapping); must not verify anything.
 */
import { wrong, type Finding } from './finding.ts'
import { attributeOf, childOf, childrenOf, everything, idsOf, is, textOf } from './saml-names.ts'
import type { XmlElement } from './xml.ts'

export interface SignatureFacts {
  readonly of: 'response' | 'assertion'
  readonly signatureAlgorithm: string
  readonly digestAlgorithm: string
  /** Base64 of the certificates that it brings along. */
  readonly certificates: readonly string[]
}

export interface Structure {
  readonly assertion: XmlElement | undefined
  readonly encrypted: boolean
  readonly signatures: readonly SignatureFacts[]
  /** Any of these, and nothing else is to be believed. */
  readonly refused: readonly Finding[]
}

const WRAPPED =
  'This is how a signed response is wrapped around a forged one, and no provider sends it. Capture the response again, straight from the browser; if it comes again, tell the provider.'

/** What comes with a signature of a SAML response (SAML core, section 5.4.4). */
const TRANSFORMS: ReadonlySet<string> = new Set([
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
])

export function examineStructure(root: XmlElement, comments: boolean): Structure {
  const all = everything(root)
  const assertions = all.filter(({ element }) => is(element, 'assertion', 'Assertion'))
  const refused: Finding[] = []
  const wrap = (words: string): number => refused.push(wrong('response.wrapped', words, WRAPPED))
  if (comments) wrap('It holds comments, which could cut a name in two.')
  if (assertions.length > 1)
    refused.push(wrong('response.one-assertion', `It holds ${assertions.length} assertions; CXone wants one.`, WRAPPED))
  if (assertions.some(({ parent }) => parent !== root))
    wrap('It holds an assertion that is not directly in the response.')
  if (all.some(({ element, parent }) => parent !== undefined && is(element, 'protocol', 'Response')))
    wrap('It holds a response inside the response.')
  const ids = all.flatMap(({ element }) => idsOf(element))
  if (new Set(ids).size < ids.length) wrap('The same ID stands on two of its elements.')
  const signatures: SignatureFacts[] = []
  for (const { element, parent } of all.filter((it) => is(it.element, 'signature', 'Signature'))) {
    const of = parent === root ? 'response' : parent === assertions[0]?.element ? 'assertion' : undefined
    const fault =
      of === undefined || parent === undefined ? 'A signature stands where none belongs.' : faultOf(element, parent)
    if (fault !== undefined) wrap(fault)
    else if (of !== undefined) signatures.push(factsOf(element, of))
  }
  if (new Set(signatures.map(({ of }) => of)).size < signatures.length) wrap('One of its elements has two signatures.')
  return {
    assertion: childOf(root, 'assertion', 'Assertion'),
    encrypted: all.some(({ element }) => is(element, 'assertion', 'EncryptedAssertion')),
    signatures,
    refused,
  }
}

/** What is not as SAML wants a signature to be (SAML core, section 5.4), in one sentence. */
function faultOf(signature: XmlElement, parent: XmlElement): string | undefined {
  const infos = childrenOf(signature, 'signature', 'SignedInfo')
  const references = childrenOf(infos[0], 'signature', 'Reference')
  if (infos.length !== 1 || references.length !== 1) return 'A signature covers more or less than one element.'
  const signs = attributeOf(references[0], 'URI')
  const id = attributeOf(parent, 'ID')
  if (id === undefined || signs !== `#${id}`) return 'A signature covers another element than the one it stands in.'
  if (childrenOf(signature, 'signature', 'Object').length > 0) return 'A signature holds an object of its own.'
  const transforms = childrenOf(childOf(references[0], 'signature', 'Transforms'), 'signature', 'Transform')
  const foreign = transforms.some((it) => !TRANSFORMS.has(attributeOf(it, 'Algorithm') ?? ''))
  return foreign || transforms.length > 2
    ? 'A signature covers not the element itself but something made of it.'
    : undefined
}

function factsOf(signature: XmlElement, of: SignatureFacts['of']): SignatureFacts {
  const info = childOf(signature, 'signature', 'SignedInfo')
  const method = attributeOf(childOf(info, 'signature', 'SignatureMethod'), 'Algorithm')
  const reference = childOf(info, 'signature', 'Reference')
  const digest = attributeOf(childOf(reference, 'signature', 'DigestMethod'), 'Algorithm')
  const data = childrenOf(childOf(signature, 'signature', 'KeyInfo'), 'signature', 'X509Data')
  const certificates = data.flatMap((it) => childrenOf(it, 'signature', 'X509Certificate')).slice(0, 5)
  return {
    of,
    signatureAlgorithm: method ?? '',
    digestAlgorithm: digest ?? '',
    certificates: certificates.map((it) => textOf(it)?.replaceAll(/\s+/g, '') ?? ''),
  }
}

/** Names of algorithms as people know them. */
export const algorithmName = (uri: string): string => {
  const name = uri.slice(uri.lastIndexOf('#') + 1)
  return name === '' || name === uri ? (uri === '' ? 'none' : uri.slice(0, 100)) : name
}

const STRONG = /^(?:rsa-|ecdsa-|rsa-pss-)?sha(?:256|384|512)$|^sha(?:256|384|512)-rsa-MGF1$/i

/** What may not be relied on any more: SHA-1 and MD5; a key that both sides share says nothing of who signed. */
export const isStrong = (uri: string): boolean => STRONG.test(algorithmName(uri))
