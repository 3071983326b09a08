/**
 * What mends each refusal of a SCIM server, for an administrator.
 * Decides words only.
 */
import type { ConnectorDefinition } from '../contract.ts'

const RESTART = 'and start Rollcall again'

export const advice: NonNullable<ConnectorDefinition<unknown>['advice']> = {
  'unknown-group': `Make the group on the server that this app writes to, or name another one in the policy of this app.`,
  'unknown-manager': `Whom somebody reports to gets an account first, or the policy of this app names somebody else. It is tried again by itself.`,
  'policy-invalid': `A SCIM service has groups and nothing else to give: take roles, teams, skills and licences out of the policy of this app.`,
  'right-missing': `Give the credentials under auth of this app, on the server, the right to read and write users and groups.`,
  'credentials-refused': `Make new credentials on the server, put them where rollcall.yaml says under auth of this app, ${RESTART}.`,
  unreachable: `See whether this machine reaches the url of this app (proxy, firewall, DNS, certificate). Everything is tried again by itself.`,
  throttled: `The server is asked more than it allows; lower rate of this app. Everything is tried again by itself, only more slowly.`,
  'answer-unexpected': `Check the url of this app: it is the SCIM base address, mostly ending in /scim/v2. If it is right, give whoever runs the server the words above and the time.`,
}
