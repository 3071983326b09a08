/**
 * Runs the transaction of a group's change.
 * Decides when it is run again and what is believed when its commit got no answer; must not know what it does.
 */
import type { Queryable } from '../store/db.ts'
import { FAN_OUT_KEY } from '../store/fan-outs.ts'
import type { GroupWritten } from '../store/groups.ts'
import { wasCommitted } from '../store/transactions.ts'
import { deadlocked } from '../store/violations.ts'
import { wakeApps, type Caller, type OperationContext, type Result } from './context.ts'
import { madeAfterAll } from './lost-answer.ts'

const TRIES = 5

/** What a transaction has come to; `written` only where something was. */
export interface GroupOutcome<T> {
  readonly result: Result<T>
  readonly written?: GroupWritten
}

/** Resolves once all is committed, with whoever has something to do now woken. */
export async function commitGroup<T>(
  context: OperationContext,
  caller: Caller,
  { id, work }: { readonly id: string; readonly work: (tx: Queryable) => Promise<GroupOutcome<T>> },
): Promise<Result<T>> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const outcome = await commitOnce(context, work)
    if (outcome === 'deadlocked') continue
    const { result, written } = outcome
    if (written !== undefined) {
      wakeApps(context, caller.tenant, written.apps)
      if (written.fansOut) context.wake.wake(FAN_OUT_KEY)
    }
    return result
  }
  return { ok: false, refusal: { kind: 'group-busy', id } }
}

async function commitOnce<T>(
  { db }: OperationContext,
  work: (tx: Queryable) => Promise<GroupOutcome<T>>,
): Promise<GroupOutcome<T> | 'deadlocked'> {
  let done: GroupOutcome<T> | undefined
  try {
    return await db.transaction(async (tx) => {
      done = await work(tx)
      return done
    })
  } catch (error) {
    if (deadlocked(error)) return 'deadlocked'
    const outcome = done
    const transaction = outcome?.written?.transaction
    if (outcome === undefined || transaction === undefined) throw error
    return madeAfterAll(db, error, async () => ((await wasCommitted(db, transaction)) ? outcome : undefined))
  }
}
