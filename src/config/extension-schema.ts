/**
 * The keys under `extensions:` of a tenant: schema extensions and extra attributes.
 * Decides what may be declared; must not know the schemas there are (src/scim/schema).
 */
import { z } from 'zod'

const NAME_RULE =
  'Begin with a letter; then letters, digits, "-" and "_". `constructor` and `prototype` cannot be names.'
const URN_RULE = 'Write a URN such as urn:acme:scim:schemas:extension:agent:2.0:User.'

const name = z.string().regex(/^(?!(?:constructor|prototype)$)[A-Za-z][A-Za-z0-9_-]{0,62}$/, NAME_RULE)

const SIMPLE_TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'] as const

const fields = {
  name: name.describe('Name of the attribute.'),
  description: z.string().default('').describe('What it is, for people who read /Schemas.'),
  required: z.boolean().default(false).describe('Whether it must be there wherever its schema is used.'),
  caseExact: z.boolean().default(false).describe('Whether its text is compared with regard to case.'),
  canonicalValues: z
    .array(z.string())
    .default([])
    .describe('Values that are usual. Advice to clients; others are accepted too.'),
  referenceTypes: z
    .array(z.string().min(1))
    .default([])
    .describe('For `type: reference`: `User`, `Group`, `external` or `uri`.'),
}

export const subAttributeSchema = z
  .strictObject({ ...fields, type: z.enum(SIMPLE_TYPES).default('string').describe('Type of its values.') })
  .describe('A part of a complex attribute.')

export const attributeSchema = z
  .strictObject({
    ...fields,
    type: z
      .enum([...SIMPLE_TYPES, 'complex'])
      .default('string')
      .describe('Type of its values.'),
    multiValued: z.boolean().default(false).describe('Whether it is a list.'),
    returned: z
      .enum(['default', 'request'])
      .default('default')
      .describe('`request` shows it only to clients that ask for it with `attributes`.'),
    indexed: z
      .boolean()
      .default(false)
      .describe(
        'Whether filters that ask for one value of it with `eq` use an index. Only for users and text that is no list. An index makes every change of a user dearer.',
      ),
    attributes: z.array(subAttributeSchema).default([]).describe('Its parts, for `type: complex`.'),
  })
  .superRefine((attribute, context) => {
    const complain = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message })
    if ((attribute.type === 'complex') !== attribute.attributes.length > 0)
      complain('attributes', 'Write the parts of an attribute of `type: complex`, and of no other.')
    if (attribute.indexed && (attribute.multiValued || !['string', 'reference'].includes(attribute.type)))
      complain('indexed', 'Only an attribute of `type: string` or `reference` that is no list can be indexed.')
    if (hasTwins(attribute.attributes.map((part) => part.name)))
      complain('attributes', 'Give each part a name of its own; case makes no difference.')
  })
  .describe('An attribute that RFC 7643 does not have.')

export const extensionSchema = z
  .strictObject({
    schema: z
      .string()
      .regex(/^urn:[A-Za-z0-9][A-Za-z0-9-]{1,31}:[A-Za-z0-9][\w.:-]{0,200}[A-Za-z0-9]$/, URN_RULE)
      .describe(
        'URN of the extension. The URN of a schema there is, such as the enterprise extension, adds attributes to that.',
      ),
    resource: z.enum(['User', 'Group']).default('User').describe('What it extends.'),
    name: z.string().min(1).max(100).optional().describe('Name of the schema. Left out: the end of the URN.'),
    description: z.string().default('').describe('What it is for.'),
    attributes: z.array(attributeSchema).min(1).describe('Its attributes.'),
  })
  .superRefine(({ resource, attributes }, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', path: ['attributes'], message })
    if (hasTwins(attributes.map((attribute) => attribute.name)))
      complain('Give each attribute a name of its own; case makes no difference.')
    if (resource !== 'User' && attributes.some(({ indexed }) => indexed))
      complain('Only attributes of users can be indexed.')
  })
  .describe('Attributes that RFC 7643 does not have: accepted, checked, shown in /Schemas, and found by filters.')

const hasTwins = (names: readonly string[]): boolean =>
  new Set(names.map((one) => one.toLowerCase())).size < names.length
