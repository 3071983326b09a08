/**
 * Entity tags in requests: RFC 7644 section 3.14.
 * Decides whether the version a client knows is the one there is; must not read a resource.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { versionTag } from '../../scim/encode.ts'
import { ScimError } from '../../scim/errors.ts'
import { shown } from '../../scim/json.ts'

/** What a request without preconditions asks of a version. */
export const UNCONDITIONAL = (): void => {}

/**
 * What a change asks of the version that it is made from: RFC 9110 section 13.1. Throws 412 where it is another;
 * {@link UNCONDITIONAL} where it asks nothing.
 */
export function preconditions(headers: IncomingHttpHeaders): (current: { readonly version: number }) => void {
  if (headers['if-match'] === undefined && headers['if-none-match'] === undefined) return UNCONDITIONAL
  const match = ifMatch(headers['if-match'])
  return (current) => {
    match(current)
    if (!names(headers['if-none-match'] ?? '', ofVersion(current.version))) return
    throw new ScimError(
      412,
      `The resource is ${versionTag(current.version)}, and If-None-Match wants nothing done then. Leave the header out.`,
    )
  }
}

/** Throws 412 where `If-Match` names other versions than the resource has. Without the header everything passes. */
export function ifMatch(header: string | undefined): (current: { readonly version: number }) => void {
  if (header === undefined) return UNCONDITIONAL
  return ({ version }) => {
    if (names(header, ofVersion(version))) return
    throw new ScimError(
      412,
      `The resource has changed meanwhile: it is ${versionTag(version)}, not ${shown(header)}. Read it again.`,
    )
  }
}

/** Whether `If-None-Match` says that the client has just what this tag stands for: 304 where it only reads. */
export const isKnown = (header: string | undefined, tag: string): boolean =>
  header !== undefined && names(header, (named) => `W/"${named}"` === tag)

/** A change is made from what was written, whatever stands beside it: {@link versionTag}. */
const ofVersion =
  (version: number) =>
  (named: string): boolean =>
    named.split('.', 1)[0] === String(version)

/** Weak comparison, since all tags here are weak: RFC 9110 section 8.8.3.2. */
function names(header: string, isMeant: (named: string) => boolean): boolean {
  if (header.trim() === '*') return true
  for (const [, named = ''] of header.slice(0, 8_192).matchAll(/"([^"]*)"/g)) if (isMeant(named)) return true
  return false
}
