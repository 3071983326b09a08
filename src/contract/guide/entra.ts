/**
 * Connecting Microsoft Entra ID: what to paste where, what it sends and what it cannot live with.
 * Decides the words (facts section 2, 10 and 11); must not know whether any of it was done.
 */
import { ENTERPRISE, mappingTable, NOT_MAPPED } from './attributes.ts'
import { before, watch } from './closing.ts'
import { inferred, list, steps, table, text, type Guide, type Part, type Place } from './shape.ts'

/** The flag in the tenant URL that asks for PATCH as the RFC has it (facts 2.1). */
export const ENTRA_FLAG = 'aadOptscim062020'

export const ENTRA = (place: Place): Guide => ({
  provider: 'entra',
  title: 'Connecting Microsoft Entra ID',
  intro: 'The values to paste into an Entra enterprise application so that it pushes people and groups to Rollcall.',
  parts: [
    before(place, 'entra'),
    application(),
    connect(place),
    attributes(),
    SCOPE,
    watch(place),
    TEST,
    LEAVERS,
    PITFALLS,
  ],
})

const application = (): Part => ({
  title: '1. An application',
  blocks: [
    steps({
      say: "*Enterprise applications*, *New application*, *Create your own application*, *Integrate any other application you don't find in the gallery (Non-gallery)*. Where people sign in to CXone through such an application already, take that one.",
    }),
    text(inferred('the names of menus, here and below, are those of published manuals; Microsoft moves them.')),
  ],
})

const connect = ({ base }: Place): Part => ({
  title: '2. Where it pushes',
  blocks: [
    steps(
      {
        say: '*Provisioning*, *Provisioning Mode*: Automatic, *Admin Credentials*:',
        fields: [
          ['Tenant URL', `\`${base}?${ENTRA_FLAG}\``],
          ['Secret Token', 'a token of the connection, without `Bearer `. Never leave it empty'],
        ],
      },
      { say: '*Test Connection*. *Save*.' },
    ),
    list(
      `With \`?${ENTRA_FLAG}\` changes arrive closer to the standard. Without it, or with \`AzureAdScimPatch2017\`, the older form arrives. Rollcall reads both; the flag makes \`scim log\` easier to read.`,
      'With an empty Secret Token Entra sends a token of its own, signed by Microsoft. Rollcall does not take it, and the test fails with 401.',
      `Where the console asks for *OAuth 2.0 client credentials* (the normal choice of new gallery applications) it wants a token endpoint, which is \`${originOf(base)}/oauth/token\`, a client identifier and a client secret: \`oauth\` of the connection in rollcall.yaml declares them.`,
    ),
  ],
})

const originOf = (base: string): string => base.replace(/\/scim\/v2$/, '')

const attributes = (): Part => ({
  title: '3. Attributes',
  blocks: [
    text(
      '*Provisioning*, *Mappings*, *Provision Microsoft Entra ID Users*. ' +
        inferred("the names on the left are those of Microsoft's directory as its default mapping uses them."),
    ),
    mappingTable('Entra', [
      ['`userPrincipalName`', 'userName'],
      ['`givenName`', 'name.givenName'],
      ['`surname`', 'name.familyName'],
      ['`mail`', 'emails[type eq "work"].value'],
      ['`Switch([IsSoftDeleted], , "False", "True", "True", "False")`', 'active'],
      ['`mobile`', 'phoneNumbers[type eq "mobile"].value'],
      ['an attribute of yours; there is no default', 'timezone'],
      ['`displayName`', 'displayName'],
      ['`jobTitle`', 'title'],
      ['`department`', `${ENTERPRISE}:department`],
      ['`employeeId`', `${ENTERPRISE}:employeeNumber`],
      ['`mailNickname`, the default', 'externalId'],
    ]),
    list(
      'Matching: `userName`, precedence 1. It must find nobody or exactly one, so use nothing that two people can share.',
      'Take every other mapping out if you like: addresses, fax numbers and the rest are kept here and go no further.',
      'Map each type (`work`, `mobile`) once: two of one type are ambiguous to Entra.',
      '`manager` may stay: Rollcall keeps it as a reference and shows it as one.',
      'Groups (*Provision Microsoft Entra ID Groups*): `displayName`, `externalId`, `members`, as they are. Switch the mapping off if no groups are to come; the test then asks for none.',
      'App roles: `SingleAppRoleAssignment`, `AppRoleAssignmentsComplex` and `AssertiveAppRoleAssignmentsComplex` onto `roles` are all read. `entitlements` cannot be a target in Entra.',
    ),
    NOT_MAPPED,
  ],
})

const SCOPE: Part = {
  title: '4. Who is pushed',
  blocks: [
    steps(
      { say: '*Settings*, *Scope*: *Sync only assigned users and groups*.' },
      { say: '*Users and groups*: assign one person first. *Provision on demand* pushes that one at once.' },
      {
        say: '*Provisioning Status*: On. A cycle runs about every 40 minutes; the first may take hours. If nothing changed, nothing may arrive for a day or more.',
      },
    ),
  ],
}

const TEST: Part = {
  title: 'What the test sends',
  blocks: [
    table(
      ['call', 'right answer'],
      [
        ['`GET /Users?filter=userName eq "<a random id>"`, or by whatever attribute matches', '200 and an empty list'],
        [
          '`GET /Groups?excludedAttributes=members&filter=displayName eq "<a random id>"`, where groups are mapped',
          '200 and an empty list',
        ],
      ],
    ),
    text(
      'It has been seen without any `User-Agent`. A firewall before Rollcall that refuses such calls makes the test fail: exempt `/scim/v2` from such rules.',
    ),
  ],
}

const LEAVERS: Part = {
  title: 'Leavers',
  blocks: [
    list(
      'Unassigning, disabling or deleting a person sends `active` false. Rollcall takes the access away first, before any other change.',
      'Entra deletes for good 30 days after a deletion. Rollcall answers 204; the name is free again, and who gets it next is somebody else.',
      'Restoring sends `active` true. Memberships are not sent again, so Rollcall has kept them.',
      'This comes with the next cycle, up to 40 minutes later. *Provision on demand* does not wait for it.',
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
          'the test fails and `connection watch` shows nothing',
          'the call does not get here: certificate not from a public authority, TLS older than 1.2, a firewall',
          '`rollcall connection check`; let the service tag AzureActiveDirectory in',
        ],
        ['401', 'another token, or an empty Secret Token', 'paste it again'],
        [
          '"not SCIM compliant", quarantine',
          'a 404 to the test: the tenant URL does not end in `/scim/v2` before the `?`',
          'paste it again',
        ],
        [
          'people of a cycle fail one by one',
          'their data; Entra shows the reason Rollcall gave',
          'mend it in the directory; the next cycle tries again',
        ],
        [
          'the job is in quarantine',
          'more than 40 % of at least 5000 calls failed; it now comes every 6, 12, 24 hours, and stops after four weeks',
          'mend the cause, then *Restart provisioning*',
        ],
        ['the same update in every cycle', 'Entra reads something else than it sent', '`rollcall scim log` shows both'],
      ],
    ),
  ],
}
