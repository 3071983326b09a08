/**
 * Whether a response is meant for this CXone tenant, this person and this moment.
 * Decides what is compared with what; must not look at signatures.
 */
import { webAddress } from './address.ts'
import { doubtful, ok, quoted, unknown, wrong, type Finding } from './finding.ts'
import type { SignOnValue, SignOnValues } from './place.ts'
import { PROVIDER_WORDS, type Provider } from './providers.ts'
import { attributeOf, childOf, childrenOf, textOf } from './saml-names.ts'
import type { XmlElement } from './xml.ts'

export interface Expected {
  readonly provider: Provider
  readonly values: SignOnValues
  /** The entity id of the provider, where its metadata was given. */
  readonly issuer?: string | undefined
  /** What CXone knows the person by. */
  readonly nameId?: string | undefined
  /** When it was captured. Without it, what is over by now is not held against it. */
  readonly capturedAt?: Date | undefined
  readonly now: Date
}

/** Clocks of two companies; CXone's own tolerance is written nowhere. */
export const SKEW_SECONDS = 180

export function judgeConditions(response: XmlElement, assertion: XmlElement, expected: Expected): Finding[] {
  return [
    judgeIssuer(response, assertion, expected),
    judgeAudience(assertion, expected),
    ...judgeAddresses(response, assertion, expected),
    judgeNameId(assertion, expected),
    judgeTimes(assertion, expected),
    judgeStart(response, expected),
  ]
}

function judgeIssuer(response: XmlElement, assertion: XmlElement, { issuer, provider }: Expected): Finding {
  const { name, gives } = PROVIDER_WORDS[provider]
  const said = textOf(childOf(assertion, 'assertion', 'Issuer')) ?? textOf(childOf(response, 'assertion', 'Issuer'))
  if (said === undefined)
    return wrong('response.issuer', 'It does not say who issued it.', `Tell ${name}: each assertion names its issuer.`)
  if (issuer === undefined)
    return unknown(
      'response.issuer',
      `It was issued by ${quoted(said)}.`,
      `Compare it with ${gives.issuer}, and with what CXone has.`,
    )
  return said === issuer
    ? ok('response.issuer', `It was issued by ${quoted(said)}, as the metadata says.`)
    : wrong(
        'response.issuer',
        `It was issued by ${quoted(said)}, and the metadata is of ${quoted(issuer)}.`,
        `Metadata and response are of two applications or two organisations: take both from the same one at ${name}.`,
      )
}

function judgeAudience(assertion: XmlElement, { values, provider }: Expected): Finding {
  const fix = PROVIDER_WORDS[provider].fixes.audience
  const conditions = childOf(assertion, 'assertion', 'Conditions')
  const audiences = childrenOf(conditions, 'assertion', 'AudienceRestriction')
    .flatMap((it) => childrenOf(it, 'assertion', 'Audience'))
    .flatMap((it) => textOf(it) ?? [])
  const check = 'response.audience'
  const { value } = values.entityId
  if (audiences.length === 0) return wrong(check, 'It names no audience, so it is meant for anybody.', fix)
  if (value === undefined)
    return unknown(check, `Its audience is ${audiences.map((it) => quoted(it)).join(', ')}.`, values.entityId.why)
  if (audiences.includes(value)) return ok(check, `Its audience is ${quoted(value)}.`)
  return mismatch({ check, what: 'Its audience', said: audiences[0] ?? '', wanted: values.entityId, fix })
}

function judgeAddresses(response: XmlElement, assertion: XmlElement, { values, provider }: Expected): Finding[] {
  const { fixes } = PROVIDER_WORDS[provider]
  const said = [
    ['response.destination', 'Its destination', attributeOf(response, 'Destination')],
    ['response.recipient', 'Its recipient', attributeOf(bearerOf(assertion), 'Recipient')],
  ] as const
  const { value } = values.acs
  return said.map(([check, what, address]) => {
    if (address === undefined || address === '') return wrong(check, `${what} is missing.`, fixes.acs)
    if (value === undefined) return unknown(check, `${what} is ${quoted(address)}.`, values.acs.why)
    if (address === value) return ok(check, `${what} is ${quoted(address)}.`)
    return mismatch({ check, what, said: address, wanted: values.acs, fix: fixes.acs })
  })
}

interface Mismatch {
  readonly check: string
  readonly what: string
  readonly said: string
  readonly wanted: SignOnValue
  readonly fix: string
}

/** What is only inferred may be wrong itself, where the address is one of CXone. */
function mismatch({ check, what, said, wanted: { value = '', certainty, why }, fix }: Mismatch): Finding {
  const near = said.trim().replace(/\/+$/, '').toLowerCase() === value.toLowerCase()
  const how = near ? ' They differ only in letters, blanks or a slash at the end, which counts all the same.' : ''
  const words = `${what} is ${quoted(said)}, and CXone wants ${quoted(value)}.${how}`
  const sameHost = webAddress(said)?.host === webAddress(value)?.host
  return certainty === 'inferred' && sameHost && !near
    ? doubtful(check, words, `${why} If it is what the response says, give it with --entity-id. Else: ${fix}`)
    : wrong(check, words, fix)
}

const bearerOf = (assertion: XmlElement): XmlElement | undefined => {
  const confirmations = childrenOf(childOf(assertion, 'assertion', 'Subject'), 'assertion', 'SubjectConfirmation')
  const bearer = confirmations.find((it) => attributeOf(it, 'Method') === 'urn:oasis:names:tc:SAML:2.0:cm:bearer')
  return childOf(bearer, 'assertion', 'SubjectConfirmationData')
}

function judgeNameId(assertion: XmlElement, { nameId, provider }: Expected): Finding {
  const check = 'response.name-id'
  const fix = PROVIDER_WORDS[provider].fixes.nameId
  const element = childOf(childOf(assertion, 'assertion', 'Subject'), 'assertion', 'NameID')
  const said = textOf(element)
  if (said === undefined) return wrong(check, 'It holds no NameID, so CXone cannot know who it is about.', fix)
  const format = attributeOf(element, 'Format') ?? ''
  if (format.endsWith(':transient'))
    return wrong(check, 'Its NameID is transient: another one each time, so that nobody is ever found by it.', fix)
  if (nameId === undefined)
    return unknown(
      check,
      `Its NameID is ${quoted(said)}.`,
      'It must equal the federated identity (External Identity) of the account in CXone; --user compares the two.',
    )
  if (said === nameId) return ok(check, `Its NameID is ${quoted(said)}, as the federated identity in CXone.`)
  const letters = said.toLowerCase() === nameId.toLowerCase() ? ' They differ only in capital letters.' : ''
  return wrong(
    check,
    `Its NameID is ${quoted(said)}, and the federated identity in CXone is ${quoted(nameId)}.${letters}`,
    fix,
  )
}

function judgeTimes(assertion: XmlElement, { capturedAt, now }: Expected): Finding {
  const check = 'response.times'
  const conditions = childOf(assertion, 'assertion', 'Conditions')
  const bearer = bearerOf(assertion)
  const from = timeOf(attributeOf(conditions, 'NotBefore'))
  const ends = [conditions, bearer].flatMap((it) => timeOf(attributeOf(it, 'NotOnOrAfter')) ?? [])
  const until = ends.length === 0 ? undefined : Math.min(...ends)
  if (until === undefined || Number.isNaN(until) || Number.isNaN(from ?? 0))
    return wrong(
      check,
      'It does not say until when it is valid.',
      'Tell the provider: conditions and confirmation of an assertion name an end (NotOnOrAfter).',
    )
  const span = `It was valid ${from === undefined ? '' : `from ${iso(from)} `}until ${iso(until)}`
  const at = (capturedAt ?? now).getTime()
  const skew = SKEW_SECONDS * 1000
  if (from !== undefined && at < from - skew)
    return wrong(
      check,
      `${span}, and it came at ${iso(at)}: the provider's clock is ahead.`,
      'Set the clock of the machine that signs (at a provider of your own), or of the one that captured it.',
    )
  if (at < until + skew) return ok(check, `${span}, and it came at ${iso(at)}.`)
  return capturedAt === undefined
    ? unknown(
        check,
        `${span}, which is over by now, as of any response that was captured.`,
        'With --at TIME it is held against the moment when it came.',
      )
    : wrong(
        check,
        `${span}, and it came at ${iso(at)}: too late, or the provider's clock is behind.`,
        'Sign in again. If it comes again, set the clock of the machine that signs.',
      )
}

/** NaN where it is no time. */
const timeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text))
const iso = (time: number): string => (Number.isNaN(time) ? 'no time' : new Date(time).toISOString())

function judgeStart(response: XmlElement, { provider }: Expected): Finding {
  const { name, tile } = PROVIDER_WORDS[provider]
  return attributeOf(response, 'InResponseTo') === undefined
    ? doubtful(
        'response.started',
        `It answers no request: the sign-in was started at ${name}, which CXone takes only where NICE has allowed it.`,
        `Have people start at CXone, with the launch link. ${tile}`,
      )
    : ok('response.started', 'The sign-in was started at CXone.')
}
