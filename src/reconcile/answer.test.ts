import { describe, expect, test } from 'vitest'
import {
  ANSWERS,
  answerTo,
  REFUSED_CAUSES,
  type Answer,
  type AnswerCause,
  type AnswerState,
  type Method,
} from './answer.ts'

const METHODS: readonly Method[] = ['create', 'change', 'deactivate', 'delete', 'group']
const STATES: readonly AnswerState[] = ['asked', 'waiting', 'written', 'answered']
const CAUSES = Object.keys(ANSWERS) as AnswerCause[]

/** DESIGN 4.1 said once more, cause by cause, in the order of STATES: for create and change. */
const EXPECTED: Readonly<Record<AnswerCause, readonly [Answer, Answer, Answer, Answer]>> = {
  'name-taken': ['wait', 'refuse', 'accept', 'late'],
  'value-invalid': ['wait', 'refuse', 'accept', 'late'],
  disputed: ['wait', 'refuse', 'accept', 'late'],
  unmatched: ['wait', 'refuse', 'accept', 'late'],
  deleted: ['wait', 'accept', 'accept', 'late'],
  'account-gone': ['wait', 'accept', 'accept', 'late'],
  'not-verified': ['wait', 'accept', 'accept', 'late'],
  'unknown-manager': ['wait', 'accept', 'accept', 'late'],
  'not-mirrored': ['wait', 'accept', 'accept', 'late'],
  'unknown-skill': ['wait', 'accept', 'accept', 'retry'],
  'unknown-group': ['wait', 'accept', 'accept', 'retry'],
  'unknown-authenticator': ['wait', 'accept', 'accept', 'retry'],
  'unknown-licence': ['wait', 'accept', 'accept', 'retry'],
  'policy-invalid': ['wait', 'accept', 'accept', 'retry'],
  'ceiling-reached': ['wait', 'accept', 'accept', 'retry'],
  'unknown-role': ['wait', 'accept', 'accept', 'retry'],
  'unknown-team': ['wait', 'accept', 'accept', 'retry'],
  'right-missing': ['wait', 'accept', 'accept', 'retry'],
  'credentials-refused': ['wait', 'accept', 'accept', 'retry'],
  throttled: ['wait', 'accept', 'accept', 'retry'],
  unreachable: ['wait', 'accept', 'accept', 'retry'],
  'answer-unexpected': ['wait', 'accept', 'accept', 'retry'],
  delivered: ['wait', 'accept', 'accept', 'retry'],
  'looking-again': ['wait', 'wait', 'wait', 'retry'],
  'no-outcome-yet': ['wait', 'wait', 'wait', 'retry'],
  'time-over': ['wait', 'accept', 'accept', 'retry'],
  'breaker-open': ['accept', 'accept', 'accept', 'retry'],
  held: ['accept', 'accept', 'accept', 'retry'],
  backlog: ['accept', 'accept', 'accept', 'retry'],
  'nothing-to-write': ['accept', 'accept', 'accept', 'retry'],
}

describe.each(CAUSES)('what a provider hears of %s', (cause) => {
  test.each(STATES.map((state, index) => [state, index] as const))(
    'on a create or a change that is %s',
    (state, index) => {
      for (const method of ['create', 'change'] as const)
        expect(answerTo(cause, method, state)).toBe(EXPECTED[cause][index])
    },
  )
  test.each(STATES)(
    'on a deactivation, a deletion or a group, %s: never refused, never late, never waited for',
    (state) => {
      for (const method of ['deactivate', 'delete', 'group'] as const) {
        const answer = answerTo(cause, method, state)
        // 'looking-again' and the like are answers of an app that is asked; these are answered before.
        expect(answer).toBe(state === 'answered' ? 'retry' : 'accept')
      }
    },
  )
})

test('only a person’s own data is refused, only while nothing was written, and every such cause has its words', () => {
  const refused = CAUSES.filter((cause) =>
    METHODS.some((method) => STATES.some((state) => answerTo(cause, method, state) === 'refuse')),
  )
  expect(refused.toSorted()).toEqual([...REFUSED_CAUSES].toSorted())
  for (const cause of CAUSES)
    for (const method of METHODS)
      for (const state of ['asked', 'written', 'answered'] as const)
        expect(answerTo(cause, method, state)).not.toBe('refuse')
})
