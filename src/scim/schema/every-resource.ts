/**
 * The attributes that every resource has: RFC 7643 section 3.1.
 * Decides their rows; must not know a resource type.
 */
import { attribute, type Attribute } from './attribute.ts'

export const SCHEMAS = attribute({
  name: 'schemas',
  type: 'reference',
  multiValued: true,
  required: true,
  mutability: 'readOnly',
  returned: 'always',
  referenceTypes: ['uri'],
  description: 'The URNs of the schemas that the resource uses.',
})

export const ID = attribute({
  name: 'id',
  mutability: 'readOnly',
  returned: 'always',
  uniqueness: 'server',
  caseExact: true,
  description: 'The identifier given by this server. It never changes and is never used again.',
})

export const EXTERNAL_ID = attribute({
  name: 'externalId',
  caseExact: true,
  maxLength: 512,
  description: "The client's own identifier of the resource.",
})

const readOnly = (row: Parameters<typeof attribute>[0]): Attribute => attribute({ mutability: 'readOnly', ...row })

export const META = readOnly({
  name: 'meta',
  type: 'complex',
  description: 'What the server knows about the resource.',
  subAttributes: [
    readOnly({ name: 'resourceType', caseExact: true, description: 'The name of the resource type.' }),
    readOnly({ name: 'created', type: 'dateTime', description: 'When the resource was created.' }),
    readOnly({ name: 'lastModified', type: 'dateTime', description: 'When the resource was last changed.' }),
    readOnly({
      name: 'location',
      type: 'reference',
      referenceTypes: ['uri'],
      caseExact: true,
      description: 'The URL of the resource.',
    }),
    readOnly({ name: 'version', caseExact: true, description: 'The entity tag of the resource.' }),
  ],
})
