/**
 * Connecting OneLogin: what to paste where, what it sends and what it cannot live with.
 * Decides the words (facts section 3, 10 and 11); must not know whether any of it was done.
 */
import { ENTERPRISE, mappingTable, NOT_MAPPED } from './attributes.ts'
import { before, watch } from './closing.ts'
import { inferred, list, steps, table, text, type Guide, type Part, type Place } from './shape.ts'

export const ONELOGIN = (place: Place): Guide => ({
  provider: 'onelogin',
  title: 'Connecting OneLogin',
  intro: 'The values to paste into a OneLogin connector so that it pushes people and groups to Rollcall.',
  parts: [
    before(place, 'onelogin'),
    connector(),
    connect(place),
    attributes(),
    workflow(),
    watch(place),
    TEST,
    GROUPS,
    LEAVERS,
    PITFALLS,
  ],
})

/** The user template. Text in it that is empty is read as not there. */
export const ONELOGIN_TEMPLATE = JSON.stringify(
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
    userName: '{$parameters.scimusername}',
    displayName: '{$user.display_name}',
    name: { givenName: '{$user.firstname}', familyName: '{$user.lastname}' },
    emails: [{ value: '{$user.email}', type: 'work', primary: true }],
    title: '{$parameters.title}',
    [ENTERPRISE]: { department: '{$parameters.department}' },
  },
  null,
  2,
)

const connector = (): Part => ({
  title: '1. A connector',
  blocks: [
    steps({
      say: '*Applications*, *Add App*: *SCIM Provisioner with SAML (SCIM v2 Enterprise)*, or *Core* if no department is needed. *Save*.',
    }),
    list(
      'Take v2. The 1.1 connectors change group members in another way; Rollcall reads that too, and marks it `scim-1.1` in `scim log`.',
      inferred('the names of menus, here and below, are those of published manuals.'),
    ),
  ],
})

const connect = ({ base }: Place): Part => ({
  title: '2. Where it pushes',
  blocks: [
    steps(
      {
        say: 'Tab *Configuration*, *API Connection*:',
        fields: [
          ['SCIM Base URL', `\`${base}\``],
          ['SCIM Bearer Token', 'a token of the connection, without `Bearer `'],
          ['Custom Headers', 'leave it empty'],
        ],
      },
      { say: '*SCIM JSON Template*, replacing what stands there:', paste: ONELOGIN_TEMPLATE },
      { say: '*API Status*: *Enable*. This is the test. *Save*.' },
    ),
    text(
      'The template is free text: a comma too many, and every push is answered 400. The macros are those that public templates use; `{$parameters.…}` are parameters of the connector.',
    ),
  ],
})

const attributes = (): Part => ({
  title: '3. Attributes',
  blocks: [
    text('Tab *Parameters*: *SCIM Username* takes the e-mail address. The others come from the template:'),
    mappingTable('OneLogin', [
      ['`{$parameters.scimusername}`', 'userName'],
      ['`{$user.firstname}`', 'name.givenName'],
      ['`{$user.lastname}`', 'name.familyName'],
      ['`{$user.email}`', 'emails[type eq "work"].value'],
      ['set by OneLogin when somebody is suspended', 'active'],
      ['a parameter of yours', 'phoneNumbers[type eq "mobile"].value'],
      ['a parameter of yours', 'timezone'],
      ['`{$user.display_name}`', 'displayName'],
      ['`{$parameters.title}`', 'title'],
      ['`{$parameters.department}`', `${ENTERPRISE}:department`],
    ]),
    list(
      'OneLogin changes people with PUT, so what the template does not have would be cleared. With `profile: onelogin` the data of an extension that is absent is kept; an attribute of the core is cleared.',
      'Leave `"id"`, `"meta"` and `"groups"` out. They do no harm.',
    ),
    NOT_MAPPED,
  ],
})

const workflow = (): Part => ({
  title: '4. What it pushes',
  blocks: [
    steps(
      {
        say: 'Tab *Provisioning*:',
        fields: [
          ['Enable provisioning', 'on'],
          [
            'Require admin approval before this action is performed',
            'off for Create, Delete and Update once it works; on, each waits for a click',
          ],
          [
            "When users are deleted in OneLogin, or the user's app access is removed",
            'Suspend. Delete works too; *Do nothing* leaves leavers their account',
          ],
          ['When user accounts are suspended in OneLogin', 'Suspend. It is a setting of its own'],
        ],
      },
      { say: 'Tab *Access*: the roles whose people are pushed. Begin with one person.' },
    ),
  ],
})

const TEST: Part = {
  title: 'What the test sends',
  blocks: [
    table(['call', 'right answer'], [['`GET /Users?filter=userName+eq+"<nobody>"&`', '200 and an empty list']]),
    text(
      '`User-Agent` is there and empty, blanks are `+`, and addresses end in a stray `&` or `?`. Rollcall reads all of that; a firewall before it must as well. Later OneLogin reads `GET /Users` and `GET /Groups`, the latter to fill its list of groups.',
    ),
  ],
}

const GROUPS: Part = {
  title: 'Groups',
  blocks: [
    list(
      'Groups come from roles or mappings: tab *Parameters*, *Groups*, *Include in User Provisioning*, and a rule in tab *Rules* that sets groups. Only groups that are assigned through the connector arrive.',
      'Members come as PATCH. Renaming and deleting a group in OneLogin is not documented: look at `scim log` when you try it.',
    ),
  ],
}

const LEAVERS: Part = {
  title: 'Leavers',
  blocks: [
    list(
      'By your choice in step 4: *Suspend* sends a PUT with `active` false, *Delete* sends DELETE. Rollcall takes the access away first in both cases.',
      'Try it once with the test person, and see the PUT in `rollcall scim log`. ' +
        inferred(
          'if it comes without `active`, add `"active": "{$user.active}"` to the template. A PUT without `active` changes nothing about it.',
        ),
      'Coming back is a PUT with `active` true, to the same id; memberships were kept.',
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
          '400 to every push',
          'the template is no JSON, or has a value of the wrong type',
          '`rollcall scim log` names the place',
        ],
        ['401', 'another token', 'paste it again; `rollcall connection watch` says whether it came at all'],
        ['404', 'the base URL ends elsewhere than in `/scim/v2`', 'paste it again'],
        ['pushes stay *Pending*', 'they wait for approval', 'tab *Users*, or the boxes of step 4'],
        [
          'title or mobile number is gone',
          'the template does not have it, and a PUT says what there is',
          'put it into the template',
        ],
      ],
    ),
    text('How long OneLogin waits for an answer, and how fast it pushes, is not published.'),
  ],
}
