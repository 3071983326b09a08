// Decides which behaviours of the ACD half, and of what UserHub hands over to it, are played which way. Holds rows of
// the table in ../switches.ts; the behaviours themselves live where they act.
import { amount, choice, type SwitchRow } from '../switch-row.ts'

export const ACD_SWITCHES = {
  // the mirror between UserHub and ACD
  acdLagMs: amount('9.4', 'Milliseconds until the ACD shows a write of UserHub.', { upTo: 600_000, values: [0, 250] }),
  acdUserMapping: choice(
    '0',
    'The loginId in acdUserMappings is the agentId, is another number, or is not there.',
    'agentId',
    'other',
    'absent',
  ),
  acdActive: choice(
    '0, 4.1',
    'An agent is active unless the user is deactivated, or once the user was activated.',
    'unlessDeleted',
    'onceActivated',
  ),
  userHubGroups: choice(
    '4.7',
    'groupIds of a user are the ACD groups, changed from either side, or something else.',
    'acdGroups',
    'separate',
  ),
  reviveSkills: choice('10', 'Skills of an agent whose user is revived.', 'kept', 'lost'),
  reviveGroups: choice('10', 'Groups of an agent whose user is revived.', 'kept', 'lost'),
  deactivateLoggedIn: choice(
    '7, 10',
    'Deactivating a user whose agent is logged in ends the session, leaves it, or is returned.',
    'endsSession',
    'keepsSession',
    'returned',
  ),
  changesWhileLoggedIn: choice(
    '7',
    'A changed userName or team of a user whose agent is logged in.',
    'taken',
    'refused',
  ),

  // what UserHub takes for the whole agent
  userLimit: choice(
    '5.7, 6',
    'A create or revive beyond the userLimit of the business unit.',
    'envelope',
    'successFalse',
    'forbidden',
    'unchecked',
  ),
  createSecondaryRoles: choice('4.2', 'secondaryRoleIds of a create.', 'taken', 'ignored'),
  createGroups: choice('4.2, 4.7', 'groupIds of a create.', 'taken', 'ignored'),
  createAttributes: choice('4.2, 4.7', 'applicationAttributes of a create.', 'taken', 'ignored'),
  createBillable: choice('4.2, 4.7', 'billable of a create.', 'taken', 'ignored'),
  putLicence: choice('4.7', 'billable and applicationAttributes of an update.', 'taken', 'ignored'),
  tokensOfKeyOff: choice('2.6, 4.8', 'Access tokens of a key that was switched off or deleted.', 'live', 'die'),
  keyOfDeactivated: choice('2.6', 'Making an access key for a deactivated user.', 'refused', 'made'),

  // the form of ACD answers
  acdVersions: choice('5, 9.14', 'Versions of the ACD that answer.', '20-34', '20-31', '26-34'),
  acdErrorBody: choice('7', 'Second field of an ACD error: error_description or errorDescription.', 'snake', 'camel'),
  acdEmpty: choice('5.7', 'An ACD list that holds nothing.', 'list', 'noContent'),
  acdOne: choice(
    '5.2, 5.3, 5.5',
    'One skill, team, group or business unit comes bare, inside its name, or as a list of one.',
    'bare',
    'named',
    'list',
  ),
  acdPaging: choice('5.7', 'Skills, groups and profiles come whole, or in pages like agents.', 'few', 'everything'),
  acdMaxTop: amount('5.7', 'Most rows an ACD page holds.', { upTo: 10_000, values: [100, 7] }),
  acdOverTop: choice('5.7', 'A top above that is cut, or refused.', 'cut', 'refused'),
  pageOrder: choice(
    '5.7',
    'Lists of agents and users without an order come as created, or last changed first: rows move while paging.',
    'created',
    'lastChanged',
  ),
  rowWrapping: choice(
    '5, 7',
    'Row results come in resultSet where the facts say so, always, or never.',
    'documented',
    'always',
    'never',
  ),
  allRowsFailed: choice(
    '7',
    'Status of a batch of which every row failed, and of a failed update of one agent.',
    200,
    400,
  ),
  unknownAgent: choice(
    '5.1',
    'Reading an agent that is not there: 404, 400, or a list of none.',
    'notFound',
    'badRequest',
    'empty',
  ),
  agentPathIds: choice(
    '0, 5.1',
    'The user id in agent paths is taken where the facts say so, or everywhere.',
    'documented',
    'everywhere',
  ),
  agentSearchRows: choice('5.1', 'Results of an agent search: a list of lists, or one list.', 'nested', 'flat'),

  // agents
  agentsListed: choice('5.1', 'The list of agents without isActive.', 'all', 'activeOnly'),
  agentCreate: choice('5.1', 'Making an agent in the ACD.', 'refused', 'creates'),
  agentIdentity: choice(
    '0, 5.1',
    'Fields that UserHub owns, in an update of an agent: left alone, refused, or taken and carried to UserHub.',
    'ignored',
    'refused',
    'taken',
  ),
  agentMissing: choice('5.1', 'Fields that an update of an agent leaves out.', 'keeps', 'clears'),
  agentHidden: choice('5.1', 'Fields of an agent that no ACD read returns: none, or a few.', 'none', 'few'),
  inactiveAgentWrites: choice('5.1, 10', 'Changes to an inactive agent, its skills and groups.', 'refused', 'taken'),
  inactiveAgentSkills: choice('10', 'Skills of an inactive agent are shown, or not.', 'shown', 'hidden'),
  logoutLagMs: amount('5.6', 'Milliseconds until a logout has happened; above 0 it answers 202.', {
    upTo: 600_000,
    values: [0, 250],
  }),
  logoutLoggedOut: choice('5.1', 'Logging out or setting the state of an agent without a session.', 'refused', 'fine'),
  historyDays: amount('5.7', 'Longest range of days that history and performance take.', {
    upTo: 10_000,
    values: [366, 30],
  }),

  // skills and groups
  proficiencyMost: amount('5.2', 'Highest proficiency; the lowest is 1.', { upTo: 100, values: [20, 5] }),
  proficiencyForm: choice('5.2', 'A proficiency is read as a number, or as text.', 'number', 'text'),
  proficiencyBeyond: choice('5.2', 'A proficiency out of range fails its row, or is cut.', 'fails', 'cut'),
  assignPresent: choice(
    '5.2, 5.5',
    'Adding what the agent has already: done again, a failed row, or success that changes nothing.',
    'updates',
    'fails',
    'unchanged',
  ),
  assignRetired: choice('5.2, 5.5', 'Assigning a skill or group that is not active.', 'fails', 'taken'),
  changeAbsent: choice('5.2', 'Updating a skill the agent does not have.', 'fails', 'assigns'),
  removeAbsent: choice('5.2, 5.5', 'Removing what the agent does not have.', 'fine', 'fails'),
  removedSkill: choice('5.2', 'A removed skill is gone, or stays as an inactive assignment.', 'gone', 'inactive'),
  deleteBody: choice(
    '5.2',
    'The body of DELETE agents/{id}/skills is taken, overlooked so that nothing is removed, or refused.',
    'taken',
    'overlooked',
    'refused',
  ),
} as const satisfies Record<string, SwitchRow>
