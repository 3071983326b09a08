/**
 * Connecting Okta: what to paste where, what it sends and what it cannot live with.
 * Decides the words (facts section 1, 10 and 11); must not know whether any of it was done.
 */
import { mappingTable, NOT_MAPPED } from './attributes.ts'
import { before, watch } from './closing.ts'
import { inferred, list, steps, table, text, type Guide, type Part, type Place } from './shape.ts'

export const OKTA = (place: Place): Guide => ({
  provider: 'okta',
  title: 'Connecting Okta',
  intro: 'The values to paste into an Okta application so that it pushes people and groups to Rollcall.',
  parts: [
    before(place, 'okta'),
    application(),
    connect(place),
    toApp(),
    attributes(),
    watch(place),
    TEST,
    GROUPS,
    LEAVERS,
    PITFALLS,
  ],
})

const application = (): Part => ({
  title: '1. An application',
  blocks: [
    steps(
      {
        say: '*Applications*, *Applications*, *Create App Integration*, SAML 2.0 or SWA. Where people sign in to CXone through such an application already, take that one: provisioning can be added to it.',
      },
      {
        say: 'Tab *General*, *App Settings*, *Edit*: *Provisioning*: SCIM. *Save*. There is a tab *Provisioning* now.',
      },
    ),
    text(
      'Such an application of the integration wizard changes people with PUT, and group members with PUT too. An application from the catalogue, or the SCIM template, deactivates with PATCH and changes members with PATCH. Rollcall takes both.',
    ),
  ],
})

const connect = ({ base }: Place): Part => ({
  title: '2. Where it pushes',
  blocks: [
    steps(
      {
        say: 'Tab *Provisioning*, *Integration*, *Edit*:',
        fields: [
          ['SCIM connector base URL', `\`${base}\``],
          ['Unique identifier field for users', '`userName`'],
          [
            'Supported provisioning actions',
            'Push New Users, Push Profile Updates, and Push Groups if groups are to come; Import New Users and Profile Updates only if Okta shall read who is there',
          ],
          ['Authentication Mode', 'HTTP Header'],
          ['Authorization', 'a token of the connection. Rollcall reads it with and without `Bearer ` before it'],
        ],
      },
      { say: '*Test Connector Configuration*. It must succeed for the actions that were ticked. *Save*.' },
    ),
    text(
      'The template and the wizard also offer *Basic Auth*: then *Username* and *Password* are those that `basic` of the connection in rollcall.yaml declares. *OAuth 2* there means the authorization code flow with a person who consents, which a connection does not have: take HTTP Header.',
    ),
  ],
})

const toApp = (): Part => ({
  title: '3. What it pushes',
  blocks: [
    steps(
      {
        say: '*Provisioning*, *To App*, *Edit*:',
        fields: [
          ['Create Users', 'on'],
          ['Update User Attributes', 'on'],
          ['Deactivate Users', 'on: without it nobody is ever taken away'],
          ['Sync Password', 'off'],
        ],
      },
      { say: 'Tab *Sign On*: an application user name in the form of an e-mail address, since CXone takes no other.' },
      { say: 'Tab *Assignments*: one person first, then groups.' },
    ),
  ],
})

const attributes = (): Part => ({
  title: '4. Attributes',
  blocks: [
    text(
      '*Provisioning*, *To App*, *Attribute Mappings*. ' +
        inferred("the names on the left are those of Okta's standard profile; yours may differ."),
    ),
    mappingTable('Okta', [
      ['application user name (tab *Sign On*)', 'userName'],
      ['`user.firstName`', 'name.givenName'],
      ['`user.lastName`', 'name.familyName'],
      ['`user.email`', 'emails[type eq "work"].value'],
      ['assigned and active', 'active'],
      ['`user.mobilePhone`', 'phoneNumbers[type eq "mobile"].value'],
      ['`user.timezone`', 'timezone'],
      ['`user.displayName`', 'displayName'],
      ['`user.title`', 'title'],
      ['`user.department`', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department'],
      ['`user.employeeNumber`', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber'],
      ["Okta's own id of the user, sent by itself", 'externalId'],
    ]),
    NOT_MAPPED,
    text(
      'Okta sends a random password with every create, also with *Sync Password* off. Nothing is to be done about it.',
    ),
  ],
})

const TEST: Part = {
  title: 'What the test sends',
  blocks: [
    table(
      ['call', 'right answer'],
      [
        ['`GET /Users?startIndex=1&count=2`', '200 and a list'],
        ['`GET /Groups?startIndex=1&count=100`, where Push Groups is ticked', '200 and a list'],
      ],
    ),
    text('Every call carries `User-Agent: Okta SCIM Client 1.0.0`.'),
  ],
}

const GROUPS: Part = {
  title: 'Groups',
  blocks: [
    list(
      'Tab *Push Groups*: *Find groups by name*, one by one, or by rule. Okta looks for a group of the name first, then creates it or, where you say so, links it.',
      'Push the people before their groups. A member that is not there is passed over and noted in `scim log`; it is a member after the next push.',
      '*Push now* on an empty group empties it. *Unlink* asks whether the group is deleted or left in place.',
      'Do not take one and the same Okta group for assignment and for push if its members are to be in it at once. ' +
        inferred('members that were not created yet are missing until the next push.'),
    ),
  ],
}

const LEAVERS: Part = {
  title: 'Leavers',
  blocks: [
    list(
      'Unassigning or deactivating a person sends `active: false`. Okta never deletes a user. Rollcall takes the access away first, before any other change, and keeps the person readable.',
      'Suspending a person in Okta sends nothing: they keep their account. Unassign or deactivate whoever must lose access.',
      'Assigning again sends `active: true` to the same id; group memberships were kept.',
    ),
  ],
}

const PITFALLS: Part = {
  title: 'Pitfalls',
  blocks: [
    table(
      ['what you see', 'what it is', 'what to do'],
      [
        [
          'the address is not accepted',
          'Okta wants https and no underscore anywhere in the base URL',
          'another host name',
        ],
        [
          '"Error authenticating: null"',
          'what answered was not Rollcall, or not JSON: another address, or a page of the proxy',
          '`rollcall connection check`',
        ],
        [
          '401',
          'another token than the connection has',
          'paste it again; `rollcall connection watch` says whether it came at all',
        ],
        ['404', 'the base URL ends elsewhere than in `/scim/v2`', 'paste it again; a slash at the end does no harm'],
        ['an import brings nobody inactive', 'Okta leaves inactive users out', 'nothing'],
        ['pushes pause for minutes', 'a 429; Okta waits as long as `Retry-After` says', 'nothing'],
        ['no answer', 'Okta waits 60 s', '`rollcall app show` says what stands in the way'],
      ],
    ),
  ],
}
