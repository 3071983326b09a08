/** How Entra reads an answer (facts 2.4 and 2.7). Reads nothing itself. */
import { answerReader } from '../answers.ts'

export const read = answerReader({
  unreadable: 'SystemForCrossDomainIdentityManagementServiceIncompatible',
  empty: 'SystemForCrossDomainIdentityManagementServiceIncompatible',
  // "404 is read as not SCIM compliant" (#1)
  notFoundIsNobody: false,
  needsFamilyName: true,
})
