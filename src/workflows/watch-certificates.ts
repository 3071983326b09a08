/**
 * One look at what an identity provider signs with: how long its certificates serve, and whether its metadata is still what
 * CXone was told.
 * Decides what becomes an open item of the app and when it is told again; must not decide when the next look comes.
 */
import type { HttpClient } from '../connectors/contract.ts'
import type { CertificateFacts, SignOnCrypto } from '../sign-on/certificate-facts.ts'
import { shortName } from '../sign-on/certificates.ts'
import { daysLeft, stageOf } from '../sign-on/expiry.ts'
import { changesOf } from '../sign-on/metadata-change.ts'
import { readMetadata, type MetadataFacts } from '../sign-on/metadata.ts'
import { PROVIDER_WORDS } from '../sign-on/providers.ts'
import type { Queryable } from '../store/db.ts'
import { saveFound, type FoundItem } from '../store/found-items.ts'
import { tellAgain, type SignOnRow, type Watched } from '../store/sso.ts'
import { fetchMetadata, refusedAddress } from './fetch-metadata.ts'

export interface WatchContext {
  readonly db: Queryable
  readonly fetch: HttpClient
  readonly crypto: Pick<SignOnCrypto, 'readCertificate'>
  readonly now: () => Date
}

export interface Look {
  readonly seen?: MetadataFacts | undefined
  /** Why the metadata could not be read. */
  readonly why?: string | undefined
  readonly told: Readonly<Record<string, number>>
}

const ENDS = 'certificate-ends'
const CHANGED = 'sign-on-changed'
const UNREAD = 'sign-on-unread'

/** Readings of the metadata in a row that may fail before it is an open item. */
const PATIENCE = 3

/** Those that CXone has: given by themselves, else those of the metadata that was given. */
export const watchedCertificates = ({
  certificates,
  metadata,
}: Pick<SignOnRow, 'certificates' | 'metadata'>): readonly CertificateFacts[] =>
  certificates.length > 0 ? certificates : (metadata?.certificates ?? [])

/** Safe to repeat: what is known already is neither opened nor told twice. */
export async function lookAt(context: WatchContext, watched: Watched): Promise<Look> {
  const { db } = context
  const read = await readAgain(context, watched)
  const seen = read.seen ?? watched.seen ?? undefined
  const certificates = watchedCertificates(watched)
  const now = context.now()
  const ending = certificates.flatMap((certificate) => endingItem(certificate, watched, now))
  const found = [...ending.map(({ item }) => item), ...changedItem(watched, seen), ...unreadItem(watched, read.why)]
  await saveFound(db, watched, { kinds: [ENDS, CHANGED, UNREAD], found, undecided: [] })
  const told: Record<string, number> = {}
  for (const { item, fingerprint, stage } of ending) {
    const before = watched.told[fingerprint]
    // The opening itself tells of the first stage that was met.
    if (before !== undefined && stage < before) await tellAgain(db, watched, item)
    told[fingerprint] = stage
  }
  return { ...read, told }
}

async function readAgain(
  { fetch, crypto, now }: WatchContext,
  { metadataUrl, provider, place }: Watched,
): Promise<Pick<Look, 'seen' | 'why'>> {
  if (metadataUrl === null || provider === null) return {}
  const refused = refusedAddress(metadataUrl, place?.issuer)
  if (refused !== undefined) return { why: refused }
  const fetched = await fetchMetadata(fetch, metadataUrl)
  if (!fetched.ok) return { why: fetched.words }
  const { facts, findings } = readMetadata(fetched.text, { provider, now: now(), crypto })
  return facts === undefined ? { why: findings[0]?.words ?? 'It cannot be read.' } : { seen: facts }
}

interface Ending {
  readonly item: FoundItem
  readonly fingerprint: string
  readonly stage: number
}

function endingItem(certificate: CertificateFacts, { app, provider }: Watched, now: Date): Ending[] {
  const stage = stageOf(certificate, now)
  if (stage === undefined) return []
  const left = daysLeft(certificate, now)
  const when = left <= 0 ? 'has ended: nobody can sign in' : left === 1 ? 'ends within a day' : `ends in ${left} days`
  const { fingerprint } = certificate
  const where = provider === null ? '' : ` ${PROVIDER_WORDS[provider].fixes.certificate}`
  const fix = `The signing certificate ${shortName(certificate)} ${when}. Make the next one at the provider, and change both sides on the same day.${where} Then: rollcall app sso ${app} --idp ${provider ?? 'PROVIDER'} --certificate FILE`
  return [{ item: { kind: ENDS, key: keyOf(certificate), fix }, fingerprint, stage }]
}

/** The same for as long as the certificate is the same. */
const keyOf = ({ subject, fingerprint }: CertificateFacts): string =>
  `${subject.slice(0, 80)} ${fingerprint.slice(0, 23)}`

function changedItem({ app, metadata, metadataUrl, provider }: Watched, seen: MetadataFacts | undefined): FoundItem[] {
  if (metadata === null || seen === undefined) return []
  const changes = changesOf(metadata, seen)
  if (changes.length === 0) return []
  const fix = `${changes.join(' ')} CXone does not notice by itself: bring the login authenticator up to date there, then say so with rollcall app sso ${app} --idp ${provider ?? 'PROVIDER'} --metadata ${metadataUrl ?? 'FILE'}`
  return [{ kind: CHANGED, key: '', fix }]
}

function unreadItem({ app, failures, metadataUrl, provider }: Watched, why: string | undefined): FoundItem[] {
  if (why === undefined || failures + 1 < PATIENCE) return []
  const fix = `Changes at the provider are not noticed, since ${metadataUrl ?? 'its metadata'} cannot be read: ${why} If the address is another one now, give it with rollcall app sso ${app} --idp ${provider ?? 'PROVIDER'} --metadata ADDRESS`
  return [{ kind: UNREAD, key: '', fix }]
}
