/**
 * Judges a captured SAML response as CXone would, and says what to change at the provider.
 * Decides the order: what it is, how it is built, whose signature it bears, and only then what it says; must not believe
 * anything that the signature does not cover, where there is one that holds.
 */
import type { SignOnCrypto } from './certificate-facts.ts'
import { judgeConditions } from './conditions.ts'
import { openResponse } from './envelope.ts'
import { ok, quoted, wrong, type Finding } from './finding.ts'
import { PROVIDER_WORDS, type ProviderWords } from './providers.ts'
import { attributeOf, childOf, is, textOf } from './saml-names.ts'
import { algorithmName, examineStructure, isStrong, type SignatureFacts, type Structure } from './signatures.ts'
import { judgeSigner, type Around, type ResponseExpected } from './signer.ts'
import { readXml, XML_LIMITS, type XmlElement, type XmlLimits } from './xml.ts'

/** Verifying costs more than reading: a response with thousands of groups in it is one that nobody sends. */
const RESPONSE_LIMITS: XmlLimits = { ...XML_LIMITS, elements: 3_000 }

/** Never throws, whatever the text is. */
export function judgeResponse(text: string, expected: ResponseExpected, crypto: SignOnCrypto): Finding[] {
  const words = PROVIDER_WORDS[expected.provider]
  const opened = openResponse(text, crypto)
  if (!opened.ok) return [wrong('response.readable', opened.words, opened.fix)]
  const read = readXml(opened.xml, RESPONSE_LIMITS)
  if (!read.ok)
    return [wrong('response.readable', read.words, 'Capture the response again, straight from the browser.')]
  const { root } = read
  if (!is(root, 'protocol', 'Response')) return [notAResponse(root)]
  const status = judgeStatus(root, words)
  if (status !== undefined) return [status]
  const structure = examineStructure(root, read.comments)
  if (structure.refused.length > 0) return [...structure.refused]
  const { findings, signed } = judgeSignatures(opened.xml, structure, { expected, crypto })
  const judged = signed ?? root
  const assertion = childOf(judged, 'assertion', 'Assertion')
  if (structure.encrypted)
    findings.push(
      wrong('response.encrypted', 'Its assertion is encrypted, which CXone cannot read.', words.fixes.encryption),
    )
  else if (assertion === undefined)
    findings.push(
      wrong(
        'response.one-assertion',
        'It holds no assertion.',
        `Tell ${words.name}: a response that says Success holds one.`,
      ),
    )
  return assertion === undefined ? findings : [...findings, ...judgeConditions(judged, assertion, expected)]
}

function notAResponse(root: XmlElement): Finding {
  const what = is(root, 'assertion', 'Assertion')
    ? 'an assertion without the response around it'
    : is(root, 'protocol', 'AuthnRequest')
      ? 'a request of CXone, not the response of the provider'
      : is(root, 'metadata', 'EntityDescriptor')
        ? 'metadata; give it with --metadata'
        : `an element ${quoted(root.local, 60)}`
  return wrong(
    'response.readable',
    `It is no SAML 2.0 response but ${what}.`,
    'Copy SAMLResponse out of the form that the browser posts to CXone.',
  )
}

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'

/** The provider itself refused. */
function judgeStatus(root: XmlElement, { name, fixes }: ProviderWords): Finding | undefined {
  const status = childOf(root, 'protocol', 'Status')
  const code = childOf(status, 'protocol', 'StatusCode')
  const value = attributeOf(code, 'Value') ?? ''
  if (value === SUCCESS) return undefined
  const detail = attributeOf(childOf(code, 'protocol', 'StatusCode'), 'Value')
  const said = [
    value === '' ? 'nothing' : lastPart(value),
    detail && lastPart(detail),
    textOf(childOf(status, 'protocol', 'StatusMessage')),
  ]
  return wrong(
    'response.status',
    `${name} refused the sign-in: ${said
      .filter((it) => it !== undefined && it !== '')
      .map((it) => quoted(it ?? ''))
      .join(', ')}.`,
    `Mostly the person is not assigned to the application. ${fixes.users}`,
  )
}

/** The last part of a name that is a URN. */
const lastPart = (urn: string): string => urn.slice(urn.lastIndexOf(':') + 1)

interface Judged {
  readonly findings: Finding[]
  /** The response as the signature covers it. */
  readonly signed?: XmlElement
}

function judgeSignatures(xml: string, structure: Structure, around: Around): Judged {
  const words = PROVIDER_WORDS[around.expected.provider]
  const ofResponse = structure.signatures.find(({ of }) => of === 'response')
  const ofAssertion = structure.signatures.find(({ of }) => of === 'assertion')
  const place = judgePlace(ofResponse, ofAssertion, words)
  const signature = ofResponse ?? ofAssertion
  if (signature === undefined) return { findings: [place] }
  const algorithms = judgeAlgorithms(signature, words)
  if (algorithms.status === 'wrong' && !isPublicKey(signature)) return { findings: [place, algorithms] }
  const { finding, signed } = judgeSigner(xml, signature, around)
  return { findings: [place, algorithms, finding], ...(signed === undefined ? {} : { signed }) }
}

/** Facts, section 8.2: the response is signed, the assertion is not. */
function judgePlace(
  ofResponse: SignatureFacts | undefined,
  ofAssertion: SignatureFacts | undefined,
  { fixes }: ProviderWords,
): Finding {
  const check = 'response.signed'
  if (ofResponse !== undefined && ofAssertion === undefined)
    return ok(check, 'The response is signed and the assertion is not, as CXone wants it.')
  if (ofResponse !== undefined)
    return wrong(check, 'Response and assertion are both signed; CXone wants the response alone signed.', fixes.sign)
  return ofAssertion === undefined
    ? wrong(check, 'Nothing in it is signed; CXone wants the response signed.', fixes.sign)
    : wrong(
        check,
        'The assertion is signed instead of the response; CXone wants the response signed and the assertion not.',
        fixes.sign,
      )
}

const isPublicKey = ({ signatureAlgorithm }: SignatureFacts): boolean => !/hmac/i.test(signatureAlgorithm)

function judgeAlgorithms(signature: SignatureFacts, { fixes }: ProviderWords): Finding {
  const { signatureAlgorithm, digestAlgorithm } = signature
  const names = `${algorithmName(signatureAlgorithm)} with digest ${algorithmName(digestAlgorithm)}`
  const check = 'response.algorithm'
  return isStrong(signatureAlgorithm) && isStrong(digestAlgorithm)
    ? ok(check, `It is signed with ${names}.`)
    : wrong(check, `It is signed with ${quoted(names)}, which is not to be relied on.`, fixes.algorithm)
}
