/** How Okta reads an answer (facts 1.3 and 1.4): the words its administrators see. Reads nothing itself. */
import { answerReader } from '../answers.ts'

/** What Okta's administrators see for every error body that is not SCIM JSON. */
export const UNREADABLE_ERROR = 'Error authenticating: null'

export const read = answerReader({
  unreadable: UNREADABLE_ERROR,
  empty: 'returned empty user',
  notFoundIsNobody: true,
  needsFamilyName: true,
})
