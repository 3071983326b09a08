/**
 * What mends each refusal of CXone, for an administrator who has its console before them.
 * Decides words only. Sources: facts, sections 2.6 (keys and the user they belong to), 4.4, 4.5 (teams, roles), 7 (limits);
 * where the facts know no menu, NICE's page is named instead of a guess.
 */
import type { ConnectorDefinition } from '../contract.ts'

const RESTART = 'and start Rollcall again'

export const advice: NonNullable<ConnectorDefinition<unknown>['advice']> = {
  'unknown-role': `Make the role in CXone's Admin application, or make it active again: one that is inactive or a draft cannot be given to anybody (NICE's help, admin/security/manageroles.htm). Or name another one under defaults of this app in rollcall.yaml, ${RESTART}.`,
  'unknown-team': `Make the team in CXone's Admin application, or make it active again. Or name another one under defaults of this app in rollcall.yaml, ${RESTART}.`,
  'right-missing': `In CXone's Admin application, open the role of the employee that the access key belongs to (NICE's help, admin/security/manageroles.htm), and tick Admin → Employees: Create and Edit (View comes with them).`,
  'credentials-refused': `In CXone's Admin application, open the employee that the access key belongs to: they must be active, since deactivating them ends their keys, and the key itself must be active. A lost secret is never shown again: add a new access key there (NICE's help, admin/security/manageaccesskeys.htm), put it where rollcall.yaml says, ${RESTART}.`,
  unreachable: `If NICE reports no outage, see whether this machine reaches the address (proxy, firewall, DNS). Everything is tried again by itself.`,
  throttled: `CXone is asked more than it allows; other programs with access to this business unit count too. Everything is tried again by itself, only more slowly.`,
  'answer-unexpected': `CXone answers with errors of its own. If it lasts, give NICE's support the words above and the time. Everything is tried again by itself.`,
}
