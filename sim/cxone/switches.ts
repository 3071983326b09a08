// Decides which behaviours of CXone nobody has seen written down are played which way. Holds the table and checks
// values against it; the behaviours themselves live where they act. No default may be changed without a look at the
// conformance suites that run under every value.
import { ACD_SWITCHES } from './acd/switches.ts'
import { SCIM_SWITCHES } from './scim/switches.ts'
import { amount, choice, type SwitchRow } from './switch-row.ts'
import { WAYS } from './switches-ways.ts'

export type { SwitchRow } from './switch-row.ts'

export const SWITCHES = {
  ...WAYS,

  // reading users
  searchUnknownFilter: choice('4.2, 10', 'A users search filter on an unknown field.', 'ignored', 'refused'),
  searchUserNameFilter: choice('4.2, 10', 'A users search filter on userName.', 'supported', 'ignored'),
  searchMatch: choice(
    '4.2',
    'A filter value without operation must equal the field, or be part of it.',
    'exact',
    'contains',
  ),
  filterScalar: choice('4.2', 'A filter value that is no list.', 'taken', 'refused'),
  searchDeleted: choice('4.1', 'Users search and deactivated users.', 'shows', 'hides', 'whenAsked'),
  searchFields: choice('4.2', 'The list of wanted fields in users search.', 'honoured', 'ignored'),
  searchMaxTop: amount('10', 'Most rows a search page holds; a larger top is cut silently.', {
    upTo: 100_000,
    values: [1000, 25],
  }),
  emptySearch: choice('5.7', 'A search that finds nothing.', 'list', 'noContent'),
  listDeleted: choice('4.2', 'The v1 list and includeDeleted.', 'honoursFlag', 'activeOnly'),
  listRows: choice('4.1', 'List and search rows lack attributes, views and acdInfos, or hold them.', 'lean', 'full'),
  hiddenFields: choice(
    '4.1',
    'Writable fields that no read returns: a few, the licence carriers too, none.',
    'few',
    'licence',
    'none',
  ),
  nullFields: choice('4.1', 'An empty optional field in a read.', 'null', 'absent'),
  getDeleted: choice('4.1', 'Reading a deactivated user by id.', 'found', 'notFound'),
  unknownUser: choice('4, 7', 'Status when a user id is not known.', 404, 400),
  roleEcho: choice('4.2', 'The role field of a read.', 'name', 'id'),
  creationDate: choice('4.1', 'Form of creationDate in reads.', 'iso', 'epochMs', 'absent'),
  readLagMs: amount('9.4', 'Milliseconds until v1 list and v2 search show a write.', {
    upTo: 600_000,
    values: [0, 250],
  }),

  // writing users
  createStatus: choice('4', 'Status of a successful create.', 200, 201),
  createdStatus: choice(
    '9.5',
    'A new user is UNREGISTERED, or PENDING with the invite already sent.',
    'unregistered',
    'pending',
  ),
  createWithoutUserName: choice(
    '4.2',
    'A create without userName takes the e-mail address, or fails.',
    'email',
    'refused',
  ),
  unknownFields: choice('4.2', 'Fields outside the request model.', 'ignored', 'refused'),
  countryInRequests: choice('4.2', 'country in a create or update, which the model lacks.', 'ignored', 'taken'),
  roleAccepted: choice('4.2', 'What the role field of a write may hold.', 'idOrName', 'id', 'name'),
  timeZoneCheck: choice('10', 'Time zones of writes are taken as they come, or must be IANA names.', 'none', 'iana'),
  userNameCase: choice('4.2', 'Case of userName as stored.', 'kept', 'lowered'),
  deletedHoldsName: choice('7', 'A deactivated user still holds the userName.', 'yes', 'no'),
  duplicateUserName: choice('9.7', 'Answer to a userName that is taken.', 'envelope', 'successFalse'),
  invalidWrite: choice('7', 'Answer to a write with bad data.', 'envelope', 'successFalse'),
  putMissing: choice('9.10', 'Optional fields an update leaves out.', 'clears', 'keeps'),
  putRequired: choice(
    '4.2',
    'An update needs all fields the model calls required, or only names, address and id.',
    'all',
    'few',
  ),
  putDeleted: choice('4.2', 'An update of a deactivated user.', 'refused', 'accepted'),
  renameWhilePending: choice('7', 'A changed userName while the user is PENDING.', 'refused', 'accepted'),
  verificationMail: choice(
    '7',
    'emailToBeVerified sends mail whenever it holds something, or when it is new.',
    'anyValue',
    'onChange',
  ),
  emailChange: choice(
    '7',
    'A changed emailAddress counts at once, or once it is verified.',
    'atOnce',
    'afterVerification',
  ),
  deactivateInactive: choice('9.6', 'Deactivating an inactive user.', 'returned', 'fine'),
  deactivateUnknown: choice('9.6', 'Deactivating an unknown id.', 'returned', 'refused'),
  deactivateTeamLead: choice('7', 'Deactivating somebody who leads a team.', 'allowed', 'returned'),
  reviveStatus: choice('9.5, 10', 'Status after revive.', 'asBefore', 'active', 'pending'),
  reviveNotDeleted: choice('9.5', 'Reviving a user who is not deactivated.', 'refused', 'fine'),
  inviteActive: choice('9.5', 'Inviting a user who is active already.', 'ignored', 'refused'),

  // roles
  rolesFirstPage: choice('4.5', 'Number of the first page in role search.', 1, 0),
  rolesPageSize: amount('4.5', 'Roles on a page when the search names no size.', { upTo: 10_000, values: [100, 3] }),

  rolePermissions: choice(
    '4.5',
    'Roles in a search name their permissions, or hold an empty list of them.',
    'listed',
    'empty',
  ),

  // access keys
  accessKeyList: choice(
    '2.6, 4.8',
    'The list of access keys without userId or agentId: all, those of the caller, or refused.',
    'all',
    'own',
    'refused',
  ),

  ...ACD_SWITCHES,
  ...SCIM_SWITCHES,
} as const satisfies Record<string, SwitchRow>

export type SwitchName = keyof typeof SWITCHES
export type Switches = { -readonly [K in SwitchName]: (typeof SWITCHES)[K]['values'][number] }
export type SwitchValue = string | number

export const SWITCH_NAMES = Object.keys(SWITCHES) as SwitchName[]

/** Which half of the simulator a switch belongs to, so that a suite can leave out what its client never calls. */
export function partOf(name: SwitchName): 'ways' | 'userHub' | 'acd' | 'scim' {
  if (Object.hasOwn(WAYS, name)) return 'ways'
  if (Object.hasOwn(ACD_SWITCHES, name)) return 'acd'
  return Object.hasOwn(SCIM_SWITCHES, name) ? 'scim' : 'userHub'
}

export function defaultSwitches(): Switches {
  return Object.fromEntries(SWITCH_NAMES.map((name) => [name, SWITCHES[name].values[0]])) as Switches
}

/**
 * What is wrong with the settings, or nothing.
 *
 * @returns one sentence naming the switch and the allowed values
 */
export function complaintAbout(settings: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(SWITCHES, name)) return `no switch is called "${name}"; there are: ${SWITCH_NAMES.join(', ')}`
    const row: SwitchRow = SWITCHES[name as SwitchName]
    if (row.upTo !== undefined && Number.isInteger(value) && Number(value) >= 0 && Number(value) <= row.upTo) continue
    if (row.values.includes(value as SwitchValue)) continue
    const allowed = row.upTo === undefined ? row.values.join(', ') : `a whole number from 0 to ${row.upTo}`
    return `switch "${name}" cannot be ${JSON.stringify(value)}; allowed: ${allowed}`
  }
  return undefined
}
