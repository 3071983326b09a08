/**
 * The core User: RFC 7643 sections 4.1 and 8.7.1.
 * Decides the rows of its attributes; must not know what becomes of them in an app.
 */
import { attribute, plural, type Attribute } from './attribute.ts'

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

const named = (name: string, description: string): Attribute => attribute({ name, description })

export const USER_ATTRIBUTES: readonly Attribute[] = [
  attribute({
    name: 'userName',
    required: true,
    uniqueness: 'server',
    maxLength: 512,
    description: 'The name to sign in with. Unique without regard to case, shown as it was sent.',
  }),
  attribute({
    name: 'name',
    type: 'complex',
    description: "The parts of the person's name.",
    subAttributes: [
      named('formatted', 'The full name as it is to be shown.'),
      named('familyName', 'The family name.'),
      named('givenName', 'The given name.'),
      named('middleName', 'The middle names.'),
      named('honorificPrefix', 'A title before the name.'),
      named('honorificSuffix', 'A suffix after the name.'),
    ],
  }),
  named('displayName', 'The name shown to other people.'),
  named('nickName', 'What the person is called by friends.'),
  attribute({
    name: 'profileUrl',
    type: 'reference',
    referenceTypes: ['external'],
    caseExact: true,
    description: 'The address of a page about the person.',
  }),
  named('title', 'The job title.'),
  named('userType', 'The relation to the organisation, such as employee or contractor.'),
  named('preferredLanguage', 'The preferred language, as in Accept-Language.'),
  named('locale', 'How dates, numbers and currency are written, such as de-DE.'),
  named('timezone', 'The IANA time zone, such as Europe/Berlin.'),
  attribute({
    name: 'active',
    type: 'boolean',
    initial: true,
    description: 'Whether the person may use the service. A new user without it is active.',
  }),
  attribute({
    name: 'password',
    mutability: 'writeOnly',
    returned: 'never',
    caseExact: true,
    description: 'Accepted and discarded at once: never stored, never forwarded.',
  }),
  attribute({
    name: 'emails',
    type: 'complex',
    multiValued: true,
    description: 'E-mail addresses.',
    subAttributes: plural('e-mail address', ['work', 'home', 'other']),
  }),
  attribute({
    name: 'phoneNumbers',
    type: 'complex',
    multiValued: true,
    description: 'Telephone numbers.',
    subAttributes: plural('telephone number', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
  }),
  attribute({
    name: 'ims',
    type: 'complex',
    multiValued: true,
    description: 'Addresses for instant messages.',
    subAttributes: plural('instant messaging address', ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo']),
  }),
  attribute({
    name: 'photos',
    type: 'complex',
    multiValued: true,
    description: 'Addresses of pictures of the person.',
    subAttributes: plural('picture', ['photo', 'thumbnail'], {
      type: 'reference',
      referenceTypes: ['external'],
      caseExact: true,
    }),
  }),
  attribute({
    name: 'addresses',
    type: 'complex',
    multiValued: true,
    description: 'Postal addresses.',
    subAttributes: [
      named('formatted', 'The whole address, ready for a label.'),
      named('streetAddress', 'Street, house number, post box.'),
      named('locality', 'The city.'),
      named('region', 'The state or region.'),
      named('postalCode', 'The postal code.'),
      named('country', 'The country, as ISO 3166-1 alpha-2.'),
      attribute({ name: 'type', canonicalValues: ['work', 'home', 'other'], description: 'What the address is for.' }),
      attribute({
        name: 'primary',
        type: 'boolean',
        description: 'Whether this is the preferred address. True at most once.',
      }),
    ],
  }),
  attribute({
    name: 'groups',
    type: 'complex',
    multiValued: true,
    mutability: 'readOnly',
    description: 'The groups the user belongs to. Changed through the groups only.',
    subAttributes: [
      attribute({ name: 'value', mutability: 'readOnly', description: 'The id of the group.' }),
      attribute({
        name: '$ref',
        type: 'reference',
        referenceTypes: ['Group'],
        mutability: 'readOnly',
        description: 'The URL of the group.',
      }),
      attribute({ name: 'display', mutability: 'readOnly', description: 'The name of the group.' }),
      attribute({
        name: 'type',
        mutability: 'readOnly',
        canonicalValues: ['direct', 'indirect'],
        description: 'Whether the user is a member itself or through another group.',
      }),
    ],
  }),
  attribute({
    name: 'entitlements',
    type: 'complex',
    multiValued: true,
    description: 'What the user is entitled to.',
    subAttributes: plural('entitlement', []),
  }),
  attribute({
    name: 'roles',
    type: 'complex',
    multiValued: true,
    description: 'The roles of the user.',
    subAttributes: plural('role', []),
  }),
  attribute({
    name: 'x509Certificates',
    type: 'complex',
    multiValued: true,
    description: 'Certificates of the user.',
    subAttributes: plural('certificate', [], { type: 'binary', caseExact: true }),
  }),
]
