/**
 * The checks there are, in the order in which they are made, with the words that belong to each.
 * Decides names, what a failure blocks, where it is mended and how to check by hand; must not check anything.
 * Sources: facts, sections 2.6 (rights of the service user), 3.1, 4.5, 5, 7, 8.1. Where the facts know no menu, NICE's help
 * page is named instead of a guess.
 */

export interface Check {
  readonly needed: boolean
  readonly blocks: string
  /** What mends it, unless the finding knows better. */
  readonly fix: string
  readonly byHand: string
}

const ADMIN = 'In CXone’s Admin application'
const HELP = 'NICE’s help'
const ROLE_OF_KEY = `${ADMIN}, open the role of the employee that the access key belongs to (${HELP}, admin/security/manageroles.htm)`

/** A right of the key's role: where it is ticked, and where it is looked up. */
const right = (words: string, blocks: string, needed: boolean): Check => ({
  needed,
  blocks,
  fix: `${ROLE_OF_KEY} and give it ${words}. A role that other people have is better left alone: make one for this key.`,
  byHand: `${ROLE_OF_KEY} and see whether it has ${words}.`,
})

export const CHECKS = {
  address: {
    needed: true,
    blocks: 'Everything: nothing of CXone can be reached.',
    fix: 'Correct area or issuer of this app in rollcall.yaml, and start Rollcall again.',
    byHand: 'Open the address in a browser on the machine that runs Rollcall.',
  },
  clock: {
    needed: true,
    blocks:
      'Tokens are renewed too late or thrown away too early, single sign-on fails, and times in the log are wrong.',
    fix: 'Have the clock of the machine that runs Rollcall set by NTP, for example with chrony or systemd-timesyncd.',
    byHand: 'Compare `date -u` on the machine that runs Rollcall with any clock on the internet.',
  },
  'sign-in': {
    needed: true,
    blocks: 'Everything: nobody gets an account, and nobody’s account is disabled.',
    fix: `${ADMIN}, open the employee that the access key belongs to: they must be active, since deactivating them ends their keys, and the key itself must be active. A lost secret is never shown again: add a new key there (${HELP}, admin/security/manageaccesskeys.htm), put it where rollcall.yaml says, and start Rollcall again.`,
    byHand: `${ADMIN}, open the employee that the access key belongs to and see whether they and the key are active.`,
  },
  region: {
    needed: true,
    blocks:
      'Addresses for native SCIM and single sign-on are made from it, and a sign-in at another area works by courtesy only.',
    fix: 'Correct area or issuer of this app in rollcall.yaml, and start Rollcall again.',
    byHand: 'The area is the first part of the address at which people sign in to CXone, for example na1.',
  },
  api: {
    needed: true,
    blocks: 'Everything: no account can be read or written.',
    fix: 'Let the machine that runs Rollcall reach the address that discovery names (proxy, firewall, DNS). If it does, ask NICE’s support whether the contract includes API access.',
    byHand: 'See whether the machine that runs Rollcall reaches the API address of your area.',
  },
  'employees-view': right(
    'Admin → Employees: View',
    'Everything: whoever has an account already would not be found.',
    true,
  ),
  'key-owner': {
    needed: true,
    blocks: 'The key ends with the employee that it belongs to, and Rollcall cannot keep its hands off that account.',
    fix: `${ADMIN}, open Employees, find the employee that the access key belongs to, and activate them; then add a new access key, since those of somebody deactivated stay ended (${HELP}, admin/security/manageaccesskeys.htm).`,
    byHand: `${ADMIN}, look for the employee whose page lists the access key: is their status Active? Name them under protect.userNames of this app in rollcall.yaml.`,
  },
  'key-owner-free': {
    needed: false,
    blocks: 'Nothing. The employee that the key belongs to is charged for like an agent.',
    fix: `${ADMIN}, open the employee that the access key belongs to and clear every box under Attributes (${HELP}, admin/employees/setupemployees.htm).`,
    byHand: `${ADMIN}, open the employee that the access key belongs to: no box under Attributes should be ticked.`,
  },
  'access-keys-view': right(
    'Admin → Access Key: View',
    'Invitations, and knowing whose key this is, where the token does not say it.',
    false,
  ),
  'roles-view': right('View of roles', 'Giving anybody a role, hence creating accounts.', true),
  role: {
    needed: true,
    blocks: 'Creating accounts: each needs a primary role.',
    fix: `${ADMIN}, make the role or make it active again: an inactive one and a draft are given to nobody (${HELP}, admin/security/manageroles.htm). Or name another one under defaults of this app in rollcall.yaml, and start Rollcall again.`,
    byHand: `${ADMIN}, look whether there is a role of this name and whether it is active (${HELP}, admin/security/manageroles.htm).`,
  },
  'employees-create': right('Admin → Employees: Create', 'Creating accounts.', true),
  'employees-edit': right(
    'Admin → Employees: Edit',
    'Changing, disabling and reactivating accounts: leavers keep theirs.',
    true,
  ),
  'teams-view': right('View of teams', 'Giving anybody a team, hence creating accounts.', true),
  team: {
    needed: true,
    blocks: 'Creating accounts: each needs a team.',
    fix: `${ADMIN}, make the team or make it active again. Or name another one under defaults of this app in rollcall.yaml, and start Rollcall again.`,
    byHand: `${ADMIN}, look whether there is a team of this name and whether it is active.`,
  },
  acd: {
    needed: true,
    blocks: 'Skills, groups, and every attribute that the ACD keeps; accounts can be made and disabled without it.',
    fix: 'If NICE reports no outage, ask their support whether the ACD services of the API are open to this business unit. If a version is named under settings.acdVersion of this app, take it out.',
    byHand: 'Ask NICE’s support which versions of the ACD services (incontactapi) your business unit answers.',
  },
  'business-unit-view': right(
    'View of the business unit',
    'Knowing the user limit: only CXone itself then refuses one account too many.',
    false,
  ),
  ceiling: {
    needed: true,
    blocks: 'Creating and reactivating accounts.',
    fix: `${ADMIN}, deactivate employees who have left (Employees, status Inactive; deactivated ones do not count), or have NICE raise the user limit.`,
    byHand: 'The users tab of the billing report shows the limit and how many are configured.',
  },
  'acd-users-view': right('ACD users: View', 'Reading accounts whole: skills, groups and what the ACD keeps.', true),
  'acd-users-edit': right(
    'ACD users: Edit',
    'Where the policy gives them: skills, country, city, employee number, reports-to; and ending sessions of leavers.',
    false,
  ),
  'skills-view': right('Skills: View', 'Reading accounts whole, and giving skills.', true),
  'skills-edit': right('Skills: Edit', 'Taking skills away, where the policy gives them.', false),
  'groups-view': right('Groups: View', 'Reading accounts whole, and giving groups.', true),
  'groups-edit': right('Groups: Edit', 'Groups, where the policy gives them.', false),
  'login-authenticator-edit': right(
    'Login Authenticator: Edit',
    'Putting people on a login authenticator, where the policy does that.',
    false,
  ),
  authenticators: {
    needed: false,
    blocks: 'Policies can name a login authenticator by its id only, and nobody knows who is to be asked in by e-mail.',
    fix: 'Name them under authenticators of this app in rollcall.yaml, `{ id, name, system }` each, with `system: true` for the one with passwords of CXone. CXone lists their names to nobody: they are in its Admin application, Security Settings → Login Authenticator.',
    byHand: `${ADMIN}, Security Settings → Login Authenticator lists them (${HELP}, admin/security/loginauthenticators/manageloginauthenticators.htm).`,
  },
  'native-scim': {
    needed: false,
    blocks: 'Nothing that this app does: it goes without. An app of type cxone-scim needs it.',
    fix: 'Native SCIM is a matter of the contract: ask NICE. Rollcall does not need it.',
    byHand: `${ADMIN}, Account Settings shows SCIM options where the contract has it.`,
  },
} as const satisfies Readonly<Record<string, Check>>

export type CheckName = keyof typeof CHECKS
