/**
 * What has changed at an identity provider since CXone was told of it.
 * Decides which changes lock people out; must not fetch anything, nor tell anybody.
 */
import { shortName } from './certificates.ts'
import type { CertificateFacts } from './certificate-facts.ts'
import { quoted } from './finding.ts'
import type { MetadataFacts } from './metadata.ts'

/** What is kept of metadata that was given or seen. */
export type KnownMetadata = MetadataFacts

/** Whole sentences; none where nothing has changed. CXone does not read metadata again by itself (facts, section 8.2, inferred). */
export function changesOf(given: KnownMetadata, seen: KnownMetadata): string[] {
  const said: string[] = []
  if (given.entityId !== seen.entityId)
    said.push(`The entity id was ${quoted(given.entityId)} and is ${quoted(seen.entityId)}.`)
  if (given.endpoint !== seen.endpoint)
    said.push(`The sign-in address was ${quoted(given.endpoint)} and is ${quoted(seen.endpoint)}.`)
  const added = without(seen.certificates, given.certificates)
  const gone = without(given.certificates, seen.certificates)
  if (added.length > 0) said.push(`New signing certificates: ${added.map(shortName).join('; ')}.`)
  if (gone.length > 0) said.push(`Signing certificates that are gone: ${gone.map(shortName).join('; ')}.`)
  return said
}

const without = (some: readonly CertificateFacts[], others: readonly CertificateFacts[]): CertificateFacts[] =>
  some.filter(({ fingerprint }) => !others.some((other) => other.fingerprint === fingerprint))
