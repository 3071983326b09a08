/**
 * Setting up single sign-on into an app: the words for both sides, and the checks of what a provider gave.
 * Decides what is asked of the app, what is fetched and what is kept; must not judge anything itself (src/sign-on).
 */
import { ConnectorError, type Connector, type HttpClient } from '../connectors/contract.ts'
import type { CertificateFacts, SignOnCrypto } from '../sign-on/certificate-facts.ts'
import { judgeCertificates, readCertificates } from '../sign-on/certificates.ts'
import { isSound, unknown, wrong, type Finding } from '../sign-on/finding.ts'
import type { Protocol } from '../sign-on/guide.ts'
import { readMetadata, type MetadataFacts } from '../sign-on/metadata.ts'
import { readDiscovery } from '../sign-on/oidc.ts'
import { signOnValues, type SignOnPlace, type SignOnValues } from '../sign-on/place.ts'
import { PROVIDER_WORDS, type Provider } from '../sign-on/providers.ts'
import { judgeResponse } from '../sign-on/response.ts'
import type { Queryable } from '../store/db.ts'
import { textOfAppKey, type AppKey } from '../store/deliveries.ts'
import { keepGiven, keepPlace, readSignOn, type SignOnRow } from '../store/sso.ts'
import { fetchMetadata, refusedAddress } from './fetch-metadata.ts'
import { watchedCertificates } from './watch-certificates.ts'

export interface SignOnContext {
  readonly db: Queryable
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, { readonly connector: Connector }>
  readonly fetch: HttpClient
  readonly crypto: SignOnCrypto
  readonly now: () => Date
}

/** Where an app's people sign in: as it says now, or as it said before, with why it could not be asked. */
export interface KnownPlace {
  readonly place: SignOnPlace | undefined
  readonly why: string | undefined
}

/** `none`: apps of this type have no such sign-on; undefined where no such app is open. */
export async function placeOf({ db, targets }: SignOnContext, key: AppKey): Promise<KnownPlace | 'none' | undefined> {
  const connector = targets.get(textOfAppKey(key))?.connector
  if (connector === undefined) return undefined
  if (connector.signOnPlace === undefined) return 'none'
  try {
    const place = await connector.signOnPlace()
    await keepPlace(db, key, place)
    return { place, why: undefined }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return { place: (await readSignOn(db, key))?.place ?? undefined, why: error.refusal.detail }
  }
}

export interface CheckAsked extends AppKey {
  readonly provider: Provider
  readonly protocol: Protocol
  readonly metadata?: string | undefined
  readonly metadataUrl?: string | undefined
  readonly certificate?: string | undefined
  readonly response?: string | undefined
  /** What CXone knows the person by; or whose account is to be asked. */
  readonly nameId?: string | undefined
  readonly userName?: string | undefined
  readonly capturedAt?: Date | undefined
  /** As CXone shows them, instead of what is inferred. */
  readonly entityId?: string | undefined
  readonly acs?: string | undefined
  /** Who asks that it is kept and watched; nothing is kept without. */
  readonly keptBy?: string | undefined
}

export interface Checked {
  readonly ok: boolean
  readonly kept: boolean
  readonly findings: readonly Finding[]
  /** What goes into which field of CXone. */
  readonly values: Readonly<Record<string, string>>
}

/** What was given, checked together: a response is held against the metadata and certificates beside it, else the kept ones. */
export async function checkSignOn(context: SignOnContext, asked: CheckAsked, known: KnownPlace): Promise<Checked> {
  const document = await documentOf(context, asked, known)
  if ('words' in document) return refused('metadata.fetched', document.words)
  if (asked.protocol === 'oidc') return checkDiscovery(document.text, asked)
  const { crypto, now } = context
  const around = { provider: asked.provider, now: now(), crypto }
  const metadata = document.text === undefined ? undefined : readMetadata(document.text, around)
  const certificates = asked.certificate === undefined ? undefined : readCertificates(asked.certificate, crypto)
  const given = { facts: metadata?.facts, certificates: certificates?.certificates ?? [] }
  const findings = [
    ...(metadata?.findings ?? []),
    ...(certificates?.findings ?? []),
    ...judgeCertificates(given.certificates, around),
    ...disagreement(given.facts, given.certificates, asked.provider),
    ...(await judgeGivenResponse(context, { asked, known, given })),
  ]
  const kept = await keep(context, asked, given)
  return { ok: isSound(findings), kept, findings, values: valuesOf(given.facts) }
}

const refused = (check: string, words: string): Checked => ({
  ok: false,
  kept: false,
  findings: [wrong(check, words)],
  values: {},
})

function checkDiscovery(text: string | undefined, { provider }: CheckAsked): Checked {
  if (text === undefined)
    return refused('oidc.readable', 'For OpenID Connect, give the discovery document as metadata.')
  const { values, findings } = readDiscovery(text, provider)
  return { ok: isSound(findings), kept: false, findings, values }
}

async function documentOf(
  { fetch }: SignOnContext,
  { metadata, metadataUrl }: CheckAsked,
  { place }: KnownPlace,
): Promise<{ readonly text: string | undefined } | { readonly words: string }> {
  if (metadataUrl === undefined) return { text: metadata }
  const no = refusedAddress(metadataUrl, place?.issuer)
  if (no !== undefined) return { words: no }
  const fetched = await fetchMetadata(fetch, metadataUrl)
  return fetched.ok ? { text: fetched.text } : { words: fetched.words }
}

interface GivenNow {
  readonly facts: MetadataFacts | undefined
  readonly certificates: readonly CertificateFacts[]
}

/** The certificate that CXone has is to be one that the provider signs with. */
function disagreement(
  facts: MetadataFacts | undefined,
  certificates: readonly CertificateFacts[],
  provider: Provider,
): Finding[] {
  if (facts === undefined || certificates.length === 0) return []
  const known = new Set(facts.certificates.map(({ fingerprint }) => fingerprint))
  if (certificates.some(({ fingerprint }) => known.has(fingerprint))) return []
  const { certificate: fix } = PROVIDER_WORDS[provider].fixes
  return [
    wrong(
      'certificate.current',
      'The certificate given is none of those in the metadata: the provider signs with another.',
      fix,
    ),
  ]
}

const valuesOf = (facts: MetadataFacts | undefined): Readonly<Record<string, string>> =>
  facts === undefined ? {} : { 'Identity Provider Endpoint URL': facts.endpoint, 'Issuer (entity id)': facts.entityId }

/** Only what can be used is kept. */
async function keep({ db }: SignOnContext, asked: CheckAsked, { facts, certificates }: GivenNow): Promise<boolean> {
  const { keptBy, provider, metadataUrl } = asked
  if (keptBy === undefined || (facts === undefined && certificates.length === 0)) return false
  await keepGiven(db, asked, {
    provider,
    metadata: facts && { facts, url: metadataUrl },
    certificates: certificates.length === 0 ? undefined : certificates,
    actor: keptBy,
  })
  return true
}

interface ResponseAsked {
  readonly asked: CheckAsked
  readonly known: KnownPlace
  readonly given: GivenNow
}

async function judgeGivenResponse(context: SignOnContext, { asked, known, given }: ResponseAsked): Promise<Finding[]> {
  const { response, provider, capturedAt } = asked
  if (response === undefined) return []
  const kept = await readSignOn(context.db, asked)
  const person = await federatedIdOf(context, asked)
  const expected = {
    provider,
    values: valuesWith(asked, known),
    issuer: (given.facts ?? kept?.metadata)?.entityId,
    nameId: person.nameId,
    certificates: certificatesFor(given, kept),
    capturedAt,
    now: context.now(),
  }
  return [...person.findings, ...judgeResponse(response, expected, context.crypto)]
}

function certificatesFor({ facts, certificates }: GivenNow, kept: SignOnRow | undefined): readonly CertificateFacts[] {
  if (certificates.length > 0) return certificates
  if (facts !== undefined) return facts.certificates
  return kept === undefined ? [] : watchedCertificates(kept)
}

/** What a person read off CXone is certain. */
function valuesWith({ entityId, acs }: CheckAsked, { place }: KnownPlace): SignOnValues {
  const values = signOnValues(place ?? { issuer: 'https://cxone.niceincontact.com' })
  const said = (value: string) => ({ value, certainty: 'documented', why: 'As it was given.' }) as const
  return {
    ...values,
    ...(entityId === undefined ? {} : { entityId: said(entityId) }),
    ...(acs === undefined ? {} : { acs: said(acs) }),
  }
}

/** By the account of that name, where one was named. */
async function federatedIdOf(
  { targets }: SignOnContext,
  asked: CheckAsked,
): Promise<{ readonly nameId: string | undefined; readonly findings: Finding[] }> {
  const { nameId, userName } = asked
  const connector = targets.get(textOfAppKey(asked))?.connector
  if (nameId !== undefined || userName === undefined || connector === undefined) return { nameId, findings: [] }
  const check = 'account.federated-id'
  try {
    const account = await connector.readOne('account', { userName }, { whole: true })
    if (account === 'absent')
      return { nameId, findings: [wrong(check, `There is no account "${userName}" in ${asked.app}.`)] }
    const held = account.attributes.federatedId
    if (held != null) return { nameId: held, findings: [] }
    const words = `The account "${userName}" has no federated identity, so whoever the provider names is nobody.`
    const fix = 'Give it one: federatedId in the policy, owned always, from what the provider sends as NameID.'
    return {
      nameId,
      findings: [
        held === null ? wrong(check, words, fix) : unknown(check, 'CXone did not show the federated identity.'),
      ],
    }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return { nameId, findings: [unknown(check, `The account could not be read: ${error.refusal.detail}`)] }
  }
}
