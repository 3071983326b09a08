// Decides how native SCIM refuses (facts 3.4, 7): status, scimType and the shape of the body. Does not decide when.
import { envelope, type Refusal, springBody } from '../refusal.ts'
import type { Switches } from '../switches.ts'

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'

const SCIM_TYPES: Readonly<Record<string, string>> = {
  INVALID_FILTER: 'invalidFilter',
  INVALID_PATH: 'invalidPath',
  MALFORMED_JSON: 'invalidSyntax',
}

export interface Told {
  readonly status: number
  readonly scimType?: string
}

export function toldBy({ kind, code }: Refusal, switches: Switches): Told {
  switch (kind) {
    case 'unknown':
    case 'unknownUser':
      return { status: 404 }
    case 'forbidden':
      return { status: switches.scimForbids }
    case 'duplicate':
      return { status: switches.scimDuplicate, scimType: 'uniqueness' }
    case 'limit':
      return switches.userLimit === 'forbidden' ? { status: 403 } : { status: 400, scimType: 'tooMany' }
    case 'bad':
    case 'invalid':
      return { status: 400, scimType: SCIM_TYPES[code] ?? 'invalidValue' }
  }
}

export function errorBody(
  told: Told,
  said: { code: string; detail: string; path: string },
  switches: Switches,
): unknown {
  const { status, scimType } = told
  if (switches.scimErrorBody === 'spring') return springBody(status, said.detail, said.path)
  if (switches.scimErrorBody === 'envelope') return envelope(said.code, said.detail)
  // RFC 7644 section 3.12: the status is a string.
  const type = scimType === undefined ? {} : { scimType }
  return { schemas: [ERROR], status: String(status), ...type, detail: said.detail }
}
