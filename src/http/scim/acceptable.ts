/**
 * What a client takes as an answer, and how it may pack what it sends: RFC 7644 section 3.8, RFC 9110 sections 12.5.1 and
 * 15.5.16. Decides whether plain SCIM JSON will do; must not choose another form, since there is none.
 */
import { ScimError } from '../../scim/errors.ts'
import { shown } from '../../scim/json.ts'

const FITTING: readonly string[] = ['*/*', 'application/*', 'application/json', 'application/scim+json']

/** Throws 406 where the header rules out every type that is spoken here. Without the header everything will do. */
export function checkAcceptable(header: string | undefined): void {
  if (header === undefined || header.trim() === '') return
  const ranges = header.slice(0, 8_192).toLowerCase().split(',')
  if (ranges.some(isFitting)) return
  throw new ScimError(406, `Answers are application/scim+json; accept that or application/json, not ${shown(header)}.`)
}

/** Throws 415 for a body that is compressed: unpacked it could be any size. */
export function checkUnpacked(encoding: string | undefined): void {
  if (encoding === undefined || /^\s*(?:identity\s*)?$/i.test(encoding)) return
  throw new ScimError(
    415,
    `A body with content-encoding ${shown(encoding)} is not taken; send it as it is, without the header.`,
  )
}

function isFitting(range: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
  return FITTING.includes(type) && !parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter))
}
