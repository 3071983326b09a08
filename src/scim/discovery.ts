/**
 * What a service says about itself: RFC 7643 sections 5 to 7, RFC 7644 section 4, RFC 9865 section 4.
 * Decides the form of its documents from the schema table; must not know HTTP.
 */
import { listResponse } from './encode.ts'
import type { JsonDraft, JsonObject } from './json.ts'
import type { Attribute } from './schema/attribute.ts'
import type { ResourceType, Schema } from './schema/resource-type.ts'
import {
  RESOURCE_TYPE_ATTRIBUTES,
  RESOURCE_TYPE_SCHEMA,
  SCHEMA_ATTRIBUTES,
  SCHEMA_SCHEMA,
  SERVICE_PROVIDER_CONFIG_ATTRIBUTES,
  SERVICE_PROVIDER_CONFIG_SCHEMA,
} from './schema/service.ts'

/** How far the service goes. */
export interface ServiceLimits {
  readonly maxOperations: number
  readonly maxPayloadSize: number
  readonly maxResults: number
  readonly defaultPageSize: number
  readonly cursorTimeout: number
}

export interface Service {
  readonly types: readonly ResourceType[]
  /** The SCIM base, without a slash at the end. */
  readonly baseUrl: string
  readonly limits: ServiceLimits
}

/** Each document under its path below the base, in lower case. */
export function discoveryDocuments(service: Service): ReadonlyMap<string, JsonObject> {
  const documents = new Map<string, JsonObject>([['/serviceproviderconfig', providerConfig(service)]])
  const addAll = (path: string, resources: readonly (JsonObject & { readonly id: string })[]): void => {
    documents.set(path.toLowerCase(), listResponse({ totalResults: resources.length, startIndex: 1, resources }))
    for (const resource of resources) documents.set(`${path}/${resource.id}`.toLowerCase(), resource)
  }
  addAll(
    '/ResourceTypes',
    service.types.map((type) => resourceTypeDocument(type, service)),
  )
  addAll(
    '/Schemas',
    schemasOf(service.types).map((schema) => schemaDocument(schema, service)),
  )
  return documents
}

type Described = Pick<Schema, 'urn' | 'name' | 'description' | 'attributes'>

const SERVICE_SCHEMAS: readonly Described[] = [
  {
    urn: SERVICE_PROVIDER_CONFIG_SCHEMA,
    name: 'ServiceProviderConfig',
    description: 'What the service supports',
    attributes: SERVICE_PROVIDER_CONFIG_ATTRIBUTES,
  },
  {
    urn: RESOURCE_TYPE_SCHEMA,
    name: 'ResourceType',
    description: 'A type of resources',
    attributes: RESOURCE_TYPE_ATTRIBUTES,
  },
  { urn: SCHEMA_SCHEMA, name: 'Schema', description: 'A schema', attributes: SCHEMA_ATTRIBUTES },
]

function schemasOf(types: readonly ResourceType[]): readonly Described[] {
  return [...types.flatMap(({ schema, extensions }) => [schema, ...extensions]), ...SERVICE_SCHEMAS]
}

function metaOf(resourceType: string, location: string): JsonObject {
  return { resourceType, location }
}

function providerConfig({ baseUrl, limits }: Service): JsonObject {
  const supported = { supported: true }
  return {
    schemas: [SERVICE_PROVIDER_CONFIG_SCHEMA],
    patch: supported,
    bulk: { ...supported, maxOperations: limits.maxOperations, maxPayloadSize: limits.maxPayloadSize },
    filter: { ...supported, maxResults: limits.maxResults },
    changePassword: { supported: false },
    sort: supported,
    etag: supported,
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'A token of the connection, sent as "Authorization: Bearer <token>".',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
      {
        type: 'oauth2',
        name: 'OAuth 2.0 client credentials',
        description: 'An access token of /oauth/token, where the connection has a client.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6749',
      },
      {
        type: 'httpbasic',
        name: 'HTTP Basic',
        description: 'A user name and password, where the connection has them.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc7617',
      },
    ],
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: limits.defaultPageSize,
      maxPageSize: limits.maxResults,
      cursorTimeout: limits.cursorTimeout,
    },
    meta: metaOf('ServiceProviderConfig', `${baseUrl}/ServiceProviderConfig`),
  }
}

function resourceTypeDocument(type: ResourceType, { baseUrl }: Service): JsonObject & { readonly id: string } {
  const { name, endpoint, description, schema, extensions } = type
  return {
    schemas: [RESOURCE_TYPE_SCHEMA],
    id: name,
    name,
    endpoint,
    description,
    schema: schema.urn,
    schemaExtensions: extensions.map(({ urn }) => ({ schema: urn, required: false })),
    meta: metaOf('ResourceType', `${baseUrl}/ResourceTypes/${name}`),
  }
}

function schemaDocument(schema: Described, { baseUrl }: Service): JsonObject & { readonly id: string } {
  const { urn, name, description, attributes } = schema
  return {
    schemas: [SCHEMA_SCHEMA],
    id: urn,
    name,
    description,
    attributes: attributes.map(attributeDocument),
    meta: metaOf('Schema', `${baseUrl}/Schemas/${urn}`),
  }
}

/** RFC 7643 section 7. Case matters to text only; lists that are empty are left out. */
function attributeDocument(row: Attribute): JsonObject {
  const draft: JsonDraft = {
    name: row.name,
    type: row.type,
    multiValued: row.multiValued,
    description: row.description,
    required: row.required,
  }
  if (row.type === 'string' || row.type === 'reference' || row.type === 'binary') draft['caseExact'] = row.caseExact
  draft['mutability'] = row.mutability
  draft['returned'] = row.returned
  draft['uniqueness'] = row.uniqueness
  if (row.canonicalValues.length > 0) draft['canonicalValues'] = row.canonicalValues
  if (row.referenceTypes.length > 0) draft['referenceTypes'] = row.referenceTypes
  if (row.subAttributes.length > 0) draft['subAttributes'] = row.subAttributes.map(attributeDocument)
  return draft
}
