/**
 * What a provider hears when its change meets an app: one table for every cause, method and state.
 * Decides who is told what; must not know HTTP, nor wait for anything.
 *
 * The rule behind the table: an app's fault never reaches a provider as a person's refusal, since that would quarantine
 * its job and stop its deactivations; and a refusal means that nothing changed, here or in any app.
 */

/** What the provider asked for. A change that deactivates is `deactivate`, whatever else it says. */
export type Method = 'create' | 'change' | 'deactivate' | 'delete' | 'group'

/**
 * Where the request is: `asked`, not committed yet; `waiting`, committed, unanswered, and nothing was written to an app for
 * it; `written`, an app was written to for it, or may have been; `answered`, with 2xx.
 */
export type AnswerState = 'asked' | 'waiting' | 'written' | 'answered'

/**
 * `wait`: no answer yet. `accept`: 2xx now. `refuse`: 4xx, and everything goes back. `late`: refused after a 2xx, so the
 * identity stays as it is and is tried again with its next change, and daily. `retry`: nothing to tell; delivery goes on by
 * itself.
 */
export type Answer = 'wait' | 'accept' | 'refuse' | 'late' | 'retry'

type Row = Readonly<Record<AnswerState, Answer>>
type Rows = Readonly<Record<Method, Row>>

/** Never refused, never taken back: tried until done. */
const ALWAYS: Row = { asked: 'accept', waiting: 'accept', written: 'accept', answered: 'retry' }
const NEVER_REFUSED = { deactivate: ALWAYS, delete: ALWAYS, group: ALWAYS } as const

const rows = (row: Row): Rows => ({ create: row, change: row, ...NEVER_REFUSED })

/** The person's own data, as this app sees them, and it is final. Not known before an app was asked. */
const PERSON = rows({ asked: 'wait', waiting: 'refuse', written: 'accept', answered: 'late' })
/** The person's data, but it cannot be put right at the provider: 2xx, and somebody is asked. */
const PERSON_HERE = rows({ asked: 'wait', waiting: 'accept', written: 'accept', answered: 'late' })
/** The app as a whole: everybody waits for the same thing, and it is an open item of the app. */
const APP = rows({ asked: 'wait', waiting: 'accept', written: 'accept', answered: 'retry' })
/** Known before anything is asked: waiting would tell nothing. */
const AT_ONCE = rows({ asked: 'accept', waiting: 'accept', written: 'accept', answered: 'retry' })
/** Not an answer yet. */
const NOTHING_YET = rows({ asked: 'wait', waiting: 'wait', written: 'wait', answered: 'retry' })

/** Every cause. The first part are the codes of the connectors' refusals and the planner's conflicts. */
export const ANSWERS = {
  'name-taken': PERSON,
  'value-invalid': PERSON,
  disputed: PERSON,
  unmatched: PERSON,
  deleted: PERSON_HERE,
  'account-gone': PERSON_HERE,
  'not-verified': PERSON_HERE,
  'unknown-manager': PERSON_HERE,
  'not-mirrored': PERSON_HERE,
  'unknown-role': APP,
  'unknown-team': APP,
  'unknown-skill': APP,
  'unknown-group': APP,
  'unknown-authenticator': APP,
  'unknown-licence': APP,
  'policy-invalid': APP,
  'ceiling-reached': APP,
  'right-missing': APP,
  'credentials-refused': APP,
  throttled: APP,
  unreachable: APP,
  'answer-unexpected': APP,
  /** The account record is written and read back. */
  delivered: APP,
  /** The app refuses for a reason that may pass within seconds, such as our own create being found under the name. */
  'looking-again': NOTHING_YET,
  'no-outcome-yet': NOTHING_YET,
  /** `confirmSeconds` are over. */
  'time-over': APP,
  /** The app is left alone for a while. */
  'breaker-open': AT_ONCE,
  /** A plan of this person waits for somebody. */
  held: AT_ONCE,
  /** More waits than can be delivered in `confirmSeconds` at the present rate, or too many requests wait already. */
  backlog: AT_ONCE,
  /** No app is attached, or it is only observed. */
  'nothing-to-write': AT_ONCE,
} as const satisfies Record<string, Rows>

export type AnswerCause = keyof typeof ANSWERS

/** Causes for which a provider can be refused: each has its words and status in http/errors.ts. */
export const REFUSED_CAUSES = ['name-taken', 'value-invalid', 'disputed', 'unmatched'] as const satisfies AnswerCause[]

export type RefusedCause = (typeof REFUSED_CAUSES)[number]

export type AnswerTo = (cause: AnswerCause, method: Method, state: AnswerState) => Answer

/** What to tell the provider. Total: every cause, method and state has its cell. */
export const answerTo: AnswerTo = (cause, method, state) => ANSWERS[cause][method][state]

/** All that can be known of a change before it is committed: these decide whether its request waits at all. */
export const FORESEEN_CAUSES = [
  'nothing-to-write',
  'breaker-open',
  'held',
  'backlog',
  'no-outcome-yet',
] as const satisfies AnswerCause[]

export type ForeseenCause = (typeof FORESEEN_CAUSES)[number]

/** With which of them a request of this method waits. */
export const waitsWith = (method: Method, answer: AnswerTo = answerTo): readonly ForeseenCause[] =>
  FORESEEN_CAUSES.filter((cause) => answer(cause, method, 'asked') === 'wait')
