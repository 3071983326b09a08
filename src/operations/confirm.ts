/**
 * Waits with the answer to a provider until an app has taken the change, or refuses it.
 * Decides how long; must not hold a database connection while it waits, nor decide what waits and what an outcome means:
 * that is the table in reconcile/answer.ts.
 */
import { waitsWith, type ForeseenCause, type Method } from '../reconcile/answer.ts'
import { acceptNow, answerKey, readDecision, type AppRefusal, type Version } from '../store/confirmations.ts'
import { databaseUnavailable, OutcomeUnknown } from '../store/db.ts'
import type { Confirm } from '../store/users.ts'
import type { Caller, OperationContext, Result } from './context.ts'

/** A wake-up may be lost between processes; this is what that costs. */
const LOOK_AGAIN_MS = 1_000
/** After its time a request looks this long for a database that is away. */
const DATABASE_MS = 3_000

/** How a request may wait for an app. */
export interface Patience {
  /** At most. */
  readonly seconds: number
  /** What was known when it came. */
  readonly foreseen: ForeseenCause
}

export interface Confirming<T> {
  /** What the request may turn out to be. */
  readonly methods: readonly Method[]
  /** Without patience it is answered at once. */
  readonly work: (patience: Patience | undefined) => Promise<T>
}

/**
 * Runs `work`, in one of the connection's places where its request may wait. Answered at once is who asks through a
 * connection that does not confirm, and whatever the table says so of: as things are foreseen, or with all places taken.
 */
export async function confirming<T>(
  { answers }: OperationContext,
  caller: Caller,
  { methods, work }: Confirming<T>,
): Promise<T> {
  const mayWait = (cause: ForeseenCause): boolean =>
    methods.some((method) => answers.answerTo(cause, method, 'asked') === 'wait')
  if (caller.confirm === undefined) return work(undefined)
  const seen = answers.foresee(caller)
  if (!mayWait(seen)) return work(undefined)
  const place = `${caller.tenant}/${caller.connection}`
  const entered = answers.enter(place)
  const foreseen = entered ? seen : 'backlog'
  try {
    return await work(mayWait(foreseen) ? { ...caller.confirm, foreseen } : undefined)
  } finally {
    if (entered) answers.leave(place)
  }
}

/** What the accepting statement goes by, now that the method is known. */
export function confirmOf(
  { answers }: OperationContext,
  method: Method,
  patience: Patience | undefined,
): Confirm | undefined {
  if (patience === undefined || answers.answerTo(patience.foreseen, method, 'asked') !== 'wait') return undefined
  return { seconds: patience.seconds, when: waitsWith(method, answers.answerTo) }
}

export interface Awaited extends Version {
  readonly method: Method
  readonly seconds: number
}

/**
 * Until the version is decided, or the table says that it need not be: by it the answer is 2xx after `seconds`, and what an
 * app says later is told otherwise. Resolves with the refusal, or undefined for 2xx. Throws {@link OutcomeUnknown} where
 * the database is away to the end.
 */
export async function awaitAnswer(
  { db, answers }: OperationContext,
  caller: Caller,
  { method, seconds, ...version }: Awaited,
): Promise<AppRefusal | undefined> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const decision = await readDecision(db, caller, version).catch(ifAway('waiting' as const))
    if (decision === 'accepted') return undefined
    if (decision !== 'waiting') return decision
    const left = end - performance.now()
    const answer = answers.answerTo(left > 0 ? 'no-outcome-yet' : 'time-over', method, 'waiting')
    if (answer === 'accept' && (await acceptNow(db, caller, version).catch(ifAway(false)))) return undefined
    if (left <= -DATABASE_MS) throw new OutcomeUnknown({ cause: new Error('the database does not answer') })
    await answers.wait(answerKey(version.id), Math.max(50, Math.min(left, LOOK_AGAIN_MS)))
  }
}

/** A database that is away decides nothing; anything else is a fault. */
const ifAway =
  <T>(value: T) =>
  (error: unknown): T => {
    if (!databaseUnavailable(error)) throw error
    return value
  }

/** What an app refused, as the use-case's result. */
export const refusedByApp = (refusal: AppRefusal): Result<never> => ({
  ok: false,
  refusal: { kind: 'refused-by-app', ...refusal },
})
