/** How OneLogin reads an answer (facts 3.3). Reads nothing itself. */
import { answerReader } from '../answers.ts'

export const read = answerReader({
  unreadable: 'the answer is no JSON',
  empty: 'the answer has no id',
  notFoundIsNobody: true,
  // What a user has is the template's choice.
  needsFamilyName: false,
})
