/**
 * What a SCIM refusal is and how it looks on the wire.
 * Decides status and body of an error; must not know a server, a store or a logger.
 */
/** The refusals RFC 7644 section 3.12 and RFC 9865 section 2.1 name, each with the status it goes out with. */
export const STATUS_OF_SCIM_TYPE = {
  invalidFilter: 400,
  tooMany: 400,
  uniqueness: 409,
  mutability: 400,
  invalidSyntax: 400,
  invalidPath: 400,
  noTarget: 400,
  invalidValue: 400,
  invalidVers: 400,
  sensitive: 403,
  invalidCursor: 400,
  expiredCursor: 400,
  invalidCount: 400,
} as const satisfies Record<string, ScimStatus>

export type ScimType = keyof typeof STATUS_OF_SCIM_TYPE

export type ScimStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 406
  | 408
  | 409
  | 412
  | 413
  | 415
  | 428
  | 429
  | 431
  | 500
  | 501
  | 503

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** The error message of RFC 7644 section 3.12. `status` is text there, and clients check that it is. */
export interface ErrorBody {
  readonly schemas: readonly [typeof ERROR_SCHEMA]
  readonly status: string
  readonly scimType?: ScimType
  readonly detail: string
}

/**
 * A refusal the client hears. `detail` is public: it says what was wrong, where, and what would be right, and holds
 * no more of the client's own text than `shown` in json.ts lets through.
 */
export class ScimError extends Error {
  override readonly name = 'ScimError'
  readonly status: ScimStatus
  readonly scimType: ScimType | undefined

  constructor(status: ScimStatus, detail: string, scimType?: ScimType) {
    super(detail)
    this.status = status
    this.scimType = scimType
  }

  get detail(): string {
    return this.message
  }
}

/** A refusal that RFC 7644 has a word for: the word decides the status. */
export function refusal(scimType: ScimType, detail: string): ScimError {
  return new ScimError(STATUS_OF_SCIM_TYPE[scimType], detail, scimType)
}

export function errorBody(error: ScimError): ErrorBody {
  return {
    schemas: [ERROR_SCHEMA],
    status: String(error.status),
    ...(error.scimType === undefined ? {} : { scimType: error.scimType }),
    detail: error.detail,
  }
}
