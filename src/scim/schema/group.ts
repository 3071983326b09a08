/**
 * The Group: RFC 7643 sections 4.2 and 8.7.1.
 * Decides the rows of its attributes; must not know how membership is kept.
 */
import { attribute, type Attribute } from './attribute.ts'

export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'

export const GROUP_ATTRIBUTES: readonly Attribute[] = [
  attribute({
    name: 'displayName',
    required: true,
    uniqueness: 'server',
    maxLength: 512,
    description: 'The name of the group. Unique without regard to case.',
  }),
  attribute({
    name: 'members',
    type: 'complex',
    multiValued: true,
    maxElements: Number.POSITIVE_INFINITY,
    description: 'The users and groups that belong to the group.',
    subAttributes: [
      attribute({ name: 'value', mutability: 'immutable', maxLength: 512, description: 'The id of the member.' }),
      attribute({
        name: '$ref',
        type: 'reference',
        referenceTypes: ['User', 'Group'],
        mutability: 'immutable',
        description: 'The URL of the member.',
      }),
      attribute({
        name: 'type',
        mutability: 'immutable',
        canonicalValues: ['User', 'Group'],
        description: 'What the member is.',
      }),
      attribute({ name: 'display', description: 'The name of the member, for people to read.' }),
    ],
  }),
]
