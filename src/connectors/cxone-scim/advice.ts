/**
 * What mends each refusal of native SCIM, for an administrator who has CXone before them.
 * Decides words only. Sources: facts, sections 2.6, 3.1 and 3.3.
 */
import type { ConnectorDefinition } from '../contract.ts'

const RESTART = 'and start Rollcall again'

export const advice: NonNullable<ConnectorDefinition<unknown>['advice']> = {
  'unknown-role': `Native SCIM lists no roles: name this one, with its id, under roles of this app in rollcall.yaml, ${RESTART}. If CXone itself misses a role, make the one called Agent in its Admin application, or choose another default role for SCIM on the Account Settings page.`,
  'unknown-team': `Native SCIM lists no teams: name this one, with its id, under teams of this app in rollcall.yaml, ${RESTART}.`,
  'unknown-authenticator': `Native SCIM lists no login authenticators: name this one, with its id, under authenticators of this app in rollcall.yaml, ${RESTART}.`,
  'policy-invalid': `Native SCIM gives role, team and login authenticator and nothing else: take skills, groups, further roles and licences out of the policy of this app, or use the type cxone.`,
  'right-missing': `Open the Account Settings page of CXone and allow for SCIM what the words above name. The employee that the access key belongs to needs Admin → Employees: Create and Edit.`,
  'credentials-refused': `In CXone's Admin application, open the employee that the access key belongs to: they must be active, and so must the key. A lost secret is never shown again: add a new access key, put it where rollcall.yaml says, ${RESTART}.`,
  unreachable: `If NICE reports no outage, see whether this machine reaches the address (proxy, firewall, DNS). Everything is tried again by itself.`,
  throttled: `CXone is asked more than it allows. Everything is tried again by itself, only more slowly.`,
  'answer-unexpected': `Native SCIM comes with some plans only. If yours has it, put its address under url of this app; if not, use the type cxone.`,
}
