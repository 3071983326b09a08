/**
 * What mends each refusal of CXone, for an administrator who has its console before them.
 * Decides words only. Sources: facts, sections 2.6 (keys and the user they belong to), 4.4, 4.5 (teams, roles), 7 (limits);
 * where the facts know no menu, NICE's page is named instead of a guess.
 */
import type { AttributeName } from '../../identity/account.ts'
import type { ConnectorDefinition } from '../contract.ts'

const RESTART = 'and start Rollcall again'

/** Where a person sets what no call sets. */
export const BY_HAND: Readonly<Partial<Record<AttributeName, string>> & { other: string }> = {
  licence: `Set it by hand: in CXone's Admin application, under Employees, open the employee, choose Edit, and tick under Attributes what the template account of the policy has ticked (NICE's help, admin/employees/setupemployees.htm).`,
  other: `Set it by hand: in CXone's Admin application, under Employees, open the employee and choose Edit.`,
}

export const advice: NonNullable<ConnectorDefinition<unknown>['advice']> = {
  'unknown-role': `Make the role in CXone's Admin application, or make it active again: one that is inactive or a draft cannot be given to anybody (NICE's help, admin/security/manageroles.htm). Or name another one under defaults of this app in rollcall.yaml, ${RESTART}.`,
  'unknown-team': `Make the team in CXone's Admin application, or make it active again. Or name another one under defaults of this app in rollcall.yaml, ${RESTART}.`,
  'unknown-skill': `Make the skill in CXone's ACD application, or make it active again: one that is inactive is given to nobody. Or name another one in the policy of this app.`,
  'unknown-group': `Make the group in CXone's ACD application, or make it active again. Or name another one in the policy of this app.`,
  'unknown-authenticator': `CXone lists its login authenticators to nobody, so Rollcall knows those that somebody is on. Name this one, with its id, under authenticators of this app in rollcall.yaml, ${RESTART}; or make it in CXone's Admin application, Security Settings → Login Authenticator (NICE's help, admin/security/loginauthenticators/manageloginauthenticators.htm).`,
  'unknown-licence': `The account whose licence attributes are to be copied is not there, deactivated ones included. Make an employee with the right boxes ticked under Attributes in CXone's Admin application, and name it in the policy of this app (NICE's help, admin/employees/setupemployees.htm).`,
  'unknown-manager': `Whom somebody reports to gets an account first, or the policy of this app names somebody else. It is tried again by itself.`,
  'not-mirrored': `The ACD half of CXone gets to know new employees by itself, mostly within seconds. Everything is tried again by itself; if it lasts, look for the person in CXone's ACD application under ACD Users, and give NICE's support the name if they are not there.`,
  'policy-invalid': `What the policy of this app asks for is what CXone gives to nobody: a level that no skill has (settings proficiencyMin and proficiencyMax), or more than ten roles beside the primary one. Change the policy.`,
  'ceiling-reached': `The business unit has as many users as its contract allows. In CXone's Admin application, deactivate employees who have left (Employees, status Inactive; deactivated ones do not count), or have NICE raise the user limit. Where the limit is counted otherwise, the setting respectUserLimit: false leaves it to CXone.`,
  'right-missing': `In CXone's Admin application, open the role of the employee that the access key belongs to (NICE's help, admin/security/manageroles.htm). Accounts need Admin → Employees: Create and Edit (View comes with them); what else the policy of this app asks for needs the rights that the connector's readme lists: ACD users, skills, groups and teams, Login Authenticator, Access Key.`,
  'credentials-refused': `In CXone's Admin application, open the employee that the access key belongs to: they must be active, since deactivating them ends their keys, and the key itself must be active. A lost secret is never shown again: add a new access key there (NICE's help, admin/security/manageaccesskeys.htm), put it where rollcall.yaml says, ${RESTART}. With a registered application, its client id and secret have to be right too, and auth.application.authMethod as it was registered.`,
  unreachable: `If NICE reports no outage, see whether this machine reaches the address (proxy, firewall, DNS). Everything is tried again by itself.`,
  throttled: `CXone is asked more than it allows; other programs with access to this business unit count too. Everything is tried again by itself, only more slowly.`,
  'answer-unexpected': `CXone answers with errors of its own. If it lasts, give NICE's support the words above and the time. Everything is tried again by itself.`,
}
