/**
 * From what went wrong to what the caller hears: the one place where errors meet HTTP.
 * Decides status and words; must not say more of a fault than its id.
 */
import type { FastifyError } from 'fastify'
import type { DomainRefusal } from '../operations/context.ts'
import { refusal, ScimError, type ScimStatus, type ScimType } from '../scim/errors.ts'
import { databaseUnavailable, OutcomeUnknown } from '../store/db.ts'

const MESSAGES: { readonly [K in DomainRefusal['kind']]: (refusal: Extract<DomainRefusal, { kind: K }>) => ScimError } =
  {
    'no-such-user': ({ id }) => new ScimError(404, `There is no user ${quoted(id)} on this connection.`),
    'user-name-taken': ({ userName }) =>
      new ScimError(
        409,
        `Another user of this connection has the userName ${quoted(userName)}; names are compared without regard to case.`,
        'uniqueness',
      ),
    busy: ({ id }) =>
      new ScimError(
        503,
        `User ${quoted(id)} is being changed by too many others at once; nothing was changed. Try again.`,
      ),
    'no-such-group': ({ id }) => new ScimError(404, `There is no group ${quoted(id)} on this connection.`),
    'group-name-taken': ({ displayName }) =>
      new ScimError(
        409,
        `Another group of this connection has the displayName ${quoted(displayName)}; names are compared without regard to case.`,
        'uniqueness',
      ),
    'group-busy': ({ id }) =>
      new ScimError(
        503,
        `Group ${quoted(id)} is being changed by too many others at once; nothing was changed. Try again.`,
      ),
    'unknown-members': ({ ids, count }) =>
      new ScimError(
        404,
        `Nothing was changed: there is no user or group ${ids.map(quoted).join(', ')}${count > ids.length ? ` (and ${count - ids.length} more)` : ''} on this connection that could be a member.`,
      ),
    'group-in-itself': ({ member }) =>
      refusal(
        'invalidValue',
        `Nothing was changed: the group ${quoted(member)} cannot be a member, since it is this group or contains it already.`,
      ),
    'refused-by-app': ({ app, cause, detail }) =>
      refusal(REFUSED_BY_APP[cause], `The app ${app} does not take this, so nothing was changed: ${detail}`),
  }

type RefusedByApp = Extract<DomainRefusal, { kind: 'refused-by-app' }>

/** An app's refusal for the person's sake: 409 makes providers look for who has the name, 400 shows the person's data. */
const REFUSED_BY_APP: Readonly<Record<RefusedByApp['cause'], ScimType>> = {
  'name-taken': 'uniqueness',
  disputed: 'uniqueness',
  'value-invalid': 'invalidValue',
  unmatched: 'invalidValue',
}

/** What a use-case refused, in SCIM's words. A new refusal does not compile until it has some. */
export function scimRefusal<K extends DomainRefusal['kind']>(refusal: Extract<DomainRefusal, { kind: K }>): ScimError {
  return (MESSAGES[refusal.kind] as (refusal: DomainRefusal) => ScimError)(refusal)
}

const quoted = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)

/** What Fastify itself refuses, by its code. */
const FRAMEWORK: Readonly<
  Record<string, { readonly status: ScimStatus; readonly detail: string; readonly scimType?: 'invalidSyntax' }>
> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, detail: 'The body is larger than the 1 MiB that is accepted.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    detail: 'Send content-type application/scim+json or application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    detail: 'The content-length does not match the body.',
    scimType: 'invalidSyntax',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    status: 400,
    detail: 'There is no body; a JSON object is needed.',
    scimType: 'invalidSyntax',
  },
  FST_ERR_MAX_PARAM_LENGTH: { status: 404, detail: 'There is nothing with an id as long as this.' },
  FST_ERR_BAD_URL: { status: 400, detail: 'The address holds an escape that is not valid.', scimType: 'invalidSyntax' },
}

export interface Fault {
  readonly error: ScimError
  /** The cause is ours: log it under the request's id. */
  readonly fault: boolean
}

/** Any error, as the SCIM error to answer with. */
export function scimErrorOf(error: unknown, requestId: string): Fault {
  if (error instanceof ScimError) return { error, fault: false }
  const known = FRAMEWORK[frameworkCode(error)]
  if (known !== undefined) return { error: new ScimError(known.status, known.detail, known.scimType), fault: false }
  const refused = requestFault(error)
  if (refused !== undefined) return { error: new ScimError(400, refused, 'invalidSyntax'), fault: false }
  if (error instanceof OutcomeUnknown)
    return {
      error: new ScimError(
        503,
        `The database went away in the middle of it, and whether the change was kept is not known. Read it again, or try again. (${requestId})`,
      ),
      fault: true,
    }
  if (databaseUnavailable(error))
    return {
      error: new ScimError(
        503,
        `The database does not answer just now; nothing was changed. Try again. (${requestId})`,
      ),
      fault: true,
    }
  return {
    error: new ScimError(
      500,
      `Something went wrong here; nothing was changed. The log has the cause under ${requestId}.`,
    ),
    fault: true,
  }
}

/**
 * Why the request itself could not be read, in words for its sender; undefined when that is not it. A body that breaks
 * off has the error code of a broken connection: Fastify's status tells it from one of the database's.
 */
export function requestFault(error: unknown): string | undefined {
  const status = isError(error) ? error.statusCode : undefined
  if (status === undefined || status < 400 || status > 499) return undefined
  return frameworkCode(error) === 'ECONNRESET'
    ? 'The connection was closed before the whole body had come.'
    : 'The request cannot be read.'
}

const frameworkCode = (error: unknown): string => (isError(error) && typeof error.code === 'string' ? error.code : '')

const isError = (error: unknown): error is FastifyError => error instanceof Error
