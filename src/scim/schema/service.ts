/**
 * The schemas of the discovery resources: RFC 7643 sections 5, 6, 7 and 8.7.2, RFC 9865 section 4.
 * Decides the rows of their attributes; must not know what this server offers.
 */
import { attribute, type Attribute, type AttributeRow } from './attribute.ts'

export const SERVICE_PROVIDER_CONFIG_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'
export const RESOURCE_TYPE_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'
export const SCHEMA_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema'

const fixed = (row: AttributeRow): Attribute => attribute({ mutability: 'readOnly', ...row })
const text = (name: string, description: string, more: Partial<AttributeRow> = {}): Attribute =>
  fixed({ name, description, ...more })
const flag = (name: string, description: string): Attribute =>
  fixed({ name, type: 'boolean', required: true, description })
const number = (name: string, description: string): Attribute =>
  fixed({ name, type: 'integer', required: true, description })
const address = (name: string, description: string, more: Partial<AttributeRow> = {}): Attribute =>
  fixed({ name, type: 'reference', referenceTypes: ['external'], caseExact: true, description, ...more })
const parts = (name: string, description: string, subAttributes: readonly Attribute[]): Attribute =>
  fixed({ name, type: 'complex', required: true, description, subAttributes })

export const SERVICE_PROVIDER_CONFIG_ATTRIBUTES: readonly Attribute[] = [
  address('documentationUri', 'Where people read about this service.'),
  parts('patch', 'Whether PATCH is supported.', [flag('supported', 'Whether it is.')]),
  parts('bulk', 'Whether and how far bulk requests are supported.', [
    flag('supported', 'Whether they are.'),
    number('maxOperations', 'Most operations of one request.'),
    number('maxPayloadSize', 'Most bytes of one request.'),
  ]),
  parts('filter', 'Whether and how far filters are supported.', [
    flag('supported', 'Whether they are.'),
    number('maxResults', 'Most resources of one answer.'),
  ]),
  parts('changePassword', 'Whether passwords can be changed.', [flag('supported', 'Whether they can.')]),
  parts('sort', 'Whether lists can be sorted.', [flag('supported', 'Whether they can.')]),
  parts('etag', 'Whether entity tags are supported.', [flag('supported', 'Whether they are.')]),
  fixed({
    name: 'authenticationSchemes',
    type: 'complex',
    multiValued: true,
    required: true,
    description: 'How clients sign in.',
    subAttributes: [
      text('type', 'The kind of the scheme.', {
        required: true,
        canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
      }),
      text('name', 'Its usual name.', { required: true }),
      text('description', 'What it is.', { required: true }),
      address('specUri', 'Where it is specified.'),
      address('documentationUri', 'Where people read about it.'),
      flag('primary', 'Whether it is the preferred one.'),
    ],
  }),
  fixed({
    name: 'pagination',
    type: 'complex',
    description: 'How long lists are read in parts.',
    subAttributes: [
      flag('cursor', 'Whether by cursors.'),
      flag('index', 'Whether by index.'),
      text('defaultPaginationMethod', 'Which of them where a request names none.', {
        canonicalValues: ['cursor', 'index'],
      }),
      number('defaultPageSize', 'Resources of an answer where a request says nothing.'),
      number('maxPageSize', 'Most resources of one answer.'),
      number('cursorTimeout', 'Seconds for which a cursor is good.'),
    ],
  }),
]

export const RESOURCE_TYPE_ATTRIBUTES: readonly Attribute[] = [
  text('id', 'The identifier of the resource type.'),
  text('name', 'Its name.', { required: true, caseExact: true }),
  text('description', 'What it is.'),
  address('endpoint', 'Its path below the base address.', { required: true, referenceTypes: ['uri'] }),
  address('schema', 'The URN of its schema.', { required: true, referenceTypes: ['uri'] }),
  fixed({
    name: 'schemaExtensions',
    type: 'complex',
    multiValued: true,
    description: 'The schemas that may extend it.',
    subAttributes: [
      address('schema', 'The URN of the extension.', { required: true, referenceTypes: ['uri'] }),
      flag('required', 'Whether every resource has it.'),
    ],
  }),
]

const characteristics = (inner: readonly Attribute[]): readonly Attribute[] => [
  text('name', "The attribute's name.", { required: true, caseExact: true }),
  text('type', 'The type of its values.', {
    required: true,
    canonicalValues: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex'],
  }),
  flag('multiValued', 'Whether it has several values.'),
  text('description', 'What it is.', { caseExact: true }),
  flag('required', 'Whether every resource has it.'),
  text('canonicalValues', 'Values that are usual.', { multiValued: true, caseExact: true }),
  fixed({ name: 'caseExact', type: 'boolean', description: 'Whether its text is compared with regard to case.' }),
  text('mutability', 'Who may change it and when.', {
    caseExact: true,
    canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  }),
  text('returned', 'When it is part of an answer.', {
    caseExact: true,
    canonicalValues: ['always', 'never', 'default', 'request'],
  }),
  text('uniqueness', 'Among whom its value is unique.', {
    caseExact: true,
    canonicalValues: ['none', 'server', 'global'],
  }),
  text('referenceTypes', 'What it may refer to.', { multiValued: true, caseExact: true }),
  ...inner,
]

const subAttributes = (inner: readonly Attribute[]): Attribute =>
  fixed({
    name: 'subAttributes',
    type: 'complex',
    multiValued: true,
    description: 'The parts of a complex attribute.',
    subAttributes: characteristics(inner),
  })

export const SCHEMA_ATTRIBUTES: readonly Attribute[] = [
  text('id', 'The URN of the schema.', { required: true, caseExact: true }),
  text('name', 'Its name.', { required: true, caseExact: true }),
  text('description', 'What it is for.', { caseExact: true }),
  fixed({
    name: 'attributes',
    type: 'complex',
    multiValued: true,
    required: true,
    description: 'Its attributes.',
    subAttributes: characteristics([subAttributes([])]),
  }),
]
