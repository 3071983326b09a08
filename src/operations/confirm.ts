/**
 * Waits with the answer to a provider until an app has taken the change, or refuses it.
 * Decides how long; must not hold a database connection while it waits, nor decide what an outcome means.
 */
import { acceptNow, answerKey, readDecision, type AppRefusal, type Version } from '../store/confirmations.ts'
import { databaseUnavailable, OutcomeUnknown } from '../store/db.ts'
import type { Caller, OperationContext, Result } from './context.ts'

/** A wake-up may be lost between processes; this is what that costs. */
const LOOK_AGAIN_MS = 1_000
/** After its time a request looks this long for a database that is away. */
const DATABASE_MS = 3_000

/**
 * Runs `work` with the seconds its request may wait for an app; undefined where it is answered at once, since the
 * connection does not confirm, all places are taken, or more waits already than could be delivered in that time.
 */
export async function confirming<T>(
  { answers }: OperationContext,
  caller: Caller,
  work: (seconds: number | undefined) => Promise<T>,
): Promise<T> {
  const place = `${caller.tenant}/${caller.connection}`
  const waits = caller.confirm !== undefined && answers.worthWaiting(caller) && answers.enter(place)
  try {
    return await work(waits ? caller.confirm?.seconds : undefined)
  } finally {
    if (waits) answers.leave(place)
  }
}

/**
 * Until the version is decided, and at most `seconds`; then it is accepted, and what an app says later is told otherwise.
 * Resolves with the refusal, or undefined for 2xx. Throws {@link OutcomeUnknown} where the database is away to the end.
 */
export async function awaitAnswer(
  { db, answers }: OperationContext,
  caller: Caller,
  { seconds, ...version }: Version & { readonly seconds: number },
): Promise<AppRefusal | undefined> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const decision = await readDecision(db, caller, version).catch(ifAway('waiting' as const))
    if (decision === 'accepted') return undefined
    if (decision !== 'waiting') return decision
    const left = end - performance.now()
    if (left <= 0 && (await acceptNow(db, caller, version).catch(ifAway(false)))) return undefined
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
