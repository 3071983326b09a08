/**
 * A kept document as the resource that a client reads.
 * Decides what is added (schemas, id, meta) and what is never shown; must not decide who may read it.
 */
import { inOrder } from './arrange.ts'
import { isObject, type JsonObject } from './json.ts'
import { project, type Projection } from './projection.ts'
import type { ResourceDocument } from './resource.ts'
import type { ResourceType } from './schema/resource-type.ts'

export const LIST_RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

export interface Stored<Document extends ResourceDocument = ResourceDocument> {
  readonly id: string
  readonly document: Document
  /** Counts the accepted writes, from 1. */
  readonly version: number
  readonly createdAt: Date
  readonly modifiedAt: Date
  /** The SCIM base, such as `https://host/scim/v2`; with or without a slash at the end. */
  readonly baseUrl: string
  /** Attributes that are derived and not kept in the document, such as a user's groups. */
  readonly derived?: JsonObject | undefined
}

/**
 * The weak entity tag of a resource: RFC 7644 section 3.14. Its number counts what was written to it; what is shown with it
 * and kept elsewhere, such as a user's groups, stands behind a dot, since it changes without a write.
 */
export function versionTag(version: number, derived?: JsonObject): string {
  return derived === undefined ? `W/"${version}"` : `W/"${version}.${digest(JSON.stringify(derived))}"`
}

/** Two sums of 32 bits each, after FNV-1a: enough to tell a client's copy from what there is now, and no secret. */
function digest(text: string): string {
  let [left, right] = [0x811c9dc5, 0x9dc5811c]
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    left = Math.imul(left ^ unit, 0x01000193)
    right = Math.imul(right ^ unit, 0x01000197)
  }
  return `${(left >>> 0).toString(36)}${(right >>> 0).toString(36)}`
}

/** The absolute address of a resource: `meta.location`, and the Location header. */
export function locationOf(type: ResourceType, id: string, baseUrl: string): string {
  return `${baseUrl.endsWith('/') ? baseUrl.slice(0, -1) : baseUrl}${type.endpoint}/${encodeURIComponent(id)}`
}

/** A resource as RFC 7643 section 3 shapes it, cut to the projection if there is one. */
export function encodeResource(type: ResourceType, stored: Stored, projection?: Projection): JsonObject {
  const extensions = type.extensions.filter(({ urn }) => isObject(stored.document[urn]))
  const resource = inOrder(type, {
    ...stored.document,
    ...stored.derived,
    schemas: [type.schema.urn, ...extensions.map(({ urn }) => urn)],
    id: stored.id,
    meta: metaOf(type, stored),
  })
  return project(type, resource, projection)
}

function metaOf(type: ResourceType, stored: Stored): JsonObject {
  return {
    resourceType: type.name,
    created: stored.createdAt.toISOString(),
    lastModified: stored.modifiedAt.toISOString(),
    location: locationOf(type, stored.id, stored.baseUrl),
    version: versionTag(stored.version, stored.derived),
  }
}

export interface ListPage {
  /** All that match, whatever page is shown. */
  readonly totalResults: number
  readonly startIndex: number
  readonly resources: readonly JsonObject[]
}

/** RFC 7644 section 3.4.2. `itemsPerPage` is how many this page holds. */
export function listResponse({ totalResults, startIndex, resources }: ListPage): JsonObject {
  return {
    schemas: [LIST_RESPONSE_SCHEMA],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}
