/**
 * What every answer under /scim/v2 must look like, whatever was asked: the response shape that all public suites check
 * (facts 11, last paragraph; RFC 7644 3.1, 3.12). Pure.
 */
import { isObject } from './match.ts'

export interface ReplayAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'
const BULK_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'
const CONFIG_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'
const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** One sentence for each rule that the answer breaks. */
export function shapeFaults(answer: ReplayAnswer): string[] {
  if (answer.status === 204 || answer.status === 304) return answer.body === '' ? [] : [`a ${answer.status} has a body`]
  const faults: string[] = []
  const type = answer.headers['content-type'] ?? 'none'
  if (!/^application\/scim\+json *(;|$)/i.test(type)) faults.push(`content type is ${type}, not application/scim+json`)
  const body = parse(answer.body)
  if (!isObject(body)) return [...faults, `the body is no JSON object: ${answer.body.slice(0, 80)}`]
  if (/"password"\s*:/i.test(answer.body)) faults.push('a password is returned')
  const schemas: unknown = body['schemas']
  if (!Array.isArray(schemas) || schemas.length === 0) return [...faults, 'schemas is missing']
  if (answer.status >= 400) return [...faults, ...errorFaults(answer.status, body, schemas)]
  if (schemas.includes(LIST_SCHEMA)) return [...faults, ...listFaults(body)]
  // No resource, or the one that there is once and that has no id: RFC 7643 section 5.
  if (schemas.includes(BULK_SCHEMA) || schemas.includes(CONFIG_SCHEMA)) return faults
  return [...faults, ...resourceFaults(answer, body)]
}

function errorFaults(status: number, body: Readonly<Record<string, unknown>>, schemas: readonly unknown[]): string[] {
  const faults: string[] = []
  if (!schemas.includes(ERROR_SCHEMA)) faults.push(`schemas of an error is ${JSON.stringify(schemas)}`)
  if (body['status'] !== String(status))
    faults.push(`status is ${JSON.stringify(body['status'])}, not the string "${status}"`)
  if (typeof body['detail'] !== 'string' || body['detail'] === '') faults.push('an error has no detail')
  return faults
}

function listFaults(body: Readonly<Record<string, unknown>>): string[] {
  const faults = ['totalResults', 'startIndex', 'itemsPerPage']
    .filter((name) => !Number.isInteger(body[name]))
    .map((name) => `${name} is ${JSON.stringify(body[name])}, not an integer`)
  const resources: unknown = body['Resources'] ?? []
  if (!Array.isArray(resources)) return [...faults, 'Resources is no list']
  const elements: readonly unknown[] = resources
  if (elements.length > 0 && body['itemsPerPage'] !== elements.length)
    faults.push('itemsPerPage is not the number of Resources')
  return [...faults, ...elements.flatMap((one) => (isObject(one) ? identityFaults(one) : ['a resource is no object']))]
}

function resourceFaults(answer: ReplayAnswer, body: Readonly<Record<string, unknown>>): string[] {
  const faults = identityFaults(body)
  const meta = isObject(body['meta']) ? body['meta'] : {}
  if (typeof meta['location'] !== 'string' || !meta['location'].endsWith(`/${String(body['id'])}`)) {
    faults.push(`meta.location is ${JSON.stringify(meta['location'])}`)
  }
  if (answer.status === 201 && answer.headers['location'] !== meta['location']) {
    faults.push(
      `Location is ${JSON.stringify(answer.headers['location'])}, meta.location ${JSON.stringify(meta['location'])}`,
    )
  }
  return faults
}

function identityFaults(resource: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = []
  if (typeof resource['id'] !== 'string' || resource['id'] === '') faults.push('a resource has no id')
  if (!Array.isArray(resource['schemas'])) faults.push('a resource has no schemas')
  // Asked for `attributes=id`, an answer holds what is always returned and nothing else.
  const cut = Object.keys(resource).every((name) => name === 'id' || name === 'schemas')
  if (!cut && (!isObject(resource['meta']) || resource['meta']['resourceType'] === undefined))
    faults.push('meta.resourceType is missing')
  return faults
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
