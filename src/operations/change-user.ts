/**
 * Changes an identity that exists: the part that replace, patch and delete have in common.
 * Decides how two writers of one identity are kept apart; must not know what the change is.
 */
import type { Method } from '../reconcile/answer.ts'
import { userNameKey } from '../identity/user-name.ts'
import { sameJson } from '../scim/json.ts'
import type { UserDocument } from '../scim/resource.ts'
import { stepAside } from '../store/shown-accounts.ts'
import { lockUser, readUser, updateUser, type Accepted, type StoredUser } from '../store/users.ts'
import type { Queryable } from '../store/db.ts'
import { retryIdentity } from '../store/deliveries.ts'
import { answerKey } from '../store/confirmations.ts'
import { awaitAnswer, confirming, confirmOf, refusedByApp, type Patience } from './confirm.ts'
import { wakeApps, type Caller, type OperationContext, type Result } from './context.ts'
import { madeAfterAll } from './lost-answer.ts'
import { columnsOf, emailKeysOf, type UserColumns } from './user-columns.ts'

/** Throws where the identity is not as the client knows it (If-Match): nothing is changed then. Called with the newest version. */
export type UserCheck = (current: StoredUser) => void

export interface UserChange {
  readonly id: string
  /** `user.created`: of what only showed an account until now (create-user.ts). */
  readonly kind: 'user.created' | 'user.replaced' | 'user.patched' | 'user.deleted'
  /** From the current document to the next; pure, since it may run more than once. The same document means nothing changes. */
  readonly next: (current: StoredUser) => UserDocument
}

/** Tries without a lock before it waits for one: nearly always nobody else is there. */
const FREE_TRIES = 2
const TRIES = 10

/**
 * Makes a change to the newest version of an identity. What `next` throws leaves everything as it was. One committed
 * statement, as in create-user; where the connection confirms, what an app refuses is taken back before this resolves.
 */
export function changeUser(context: OperationContext, caller: Caller, change: UserChange): Promise<Result<StoredUser>> {
  const work = async (patience: Patience | undefined): Promise<Result<StoredUser>> => {
    const result = await commit(context, caller, { change, patience })
    if (!result.ok) return result
    const { user, apps, confirms } = result.value
    wakeApps(context, caller.tenant, apps)
    // A request that waits with an older version is answered by this one.
    if (caller.confirm !== undefined) context.wake.wake(answerKey(user.id))
    const refusal =
      confirms !== undefined && patience !== undefined
        ? await awaitAnswer(context, caller, { ...user, method: confirms, seconds: patience.seconds })
        : undefined
    return refusal === undefined ? { ok: true, value: user } : refusedByApp(refusal)
  }
  return confirming(context, caller, {
    methods: change.kind === 'user.deleted' ? ['delete'] : ['change', 'deactivate'],
    work,
  })
}

interface Asked {
  readonly change: UserChange
  readonly patience: Patience | undefined
}

async function commit(context: OperationContext, caller: Caller, { change, patience }: Asked): Promise<Changed> {
  let meant: StoredUser | undefined
  const means = (next: StoredUser): void => {
    meant = next
  }
  for (let attempt = 0; attempt < TRIES; attempt++) {
    meant = undefined
    const once = { change, patience, means }
    const changing =
      attempt < FREE_TRIES
        ? changeOnce(context, caller, { ...once, db: context.db, read: readUser })
        : context.db.transaction((tx) => changeOnce(context, caller, { ...once, db: tx, read: lockUser }))
    const result = await changing.catch((error: unknown) => {
      const next = meant
      if (next === undefined) throw error
      return madeAfterAll(context.db, error, () => findMade(context, caller, { change, meant: next }))
    })
    if (result !== 'stale' && !(await freesName(context, caller, result))) return result
  }
  return { ok: false, refusal: { kind: 'busy', id: change.id } }
}

/** A name that was taken by an account which is only shown: it steps aside, and the change is tried again. */
const freesName = async ({ db }: OperationContext, caller: Caller, result: Changed): Promise<boolean> =>
  !result.ok &&
  result.refusal.kind === 'user-name-taken' &&
  (await stepAside(db, caller, userNameKey(result.refusal.userName)))

/** `confirms`: as what its answer waits for an app, if it does. */
type Changed = Result<{ user: StoredUser; apps: readonly string[]; confirms: Method | undefined }>

/** The change as it stands, if it is the newest; the apps were not named then, and the next sweep wakes them. */
async function findMade(
  { db }: OperationContext,
  caller: Caller,
  { change, meant }: { change: UserChange; meant: StoredUser },
): Promise<Changed | undefined> {
  const made: Changed = { ok: true, value: { user: meant, apps: [], confirms: 'change' } }
  const current = await readUser(db, caller, change.id)
  if (current === undefined && change.kind === 'user.deleted') return made
  if (current?.version === meant.version - 1) return undefined
  if (current?.version === meant.version && sameJson(current.document, meant.document)) return made
  throw new Error('somebody else has changed it since')
}

interface Once extends Asked {
  /** Called with what is about to be written. */
  readonly means: (next: StoredUser) => void
  readonly db: Queryable
  readonly read: typeof readUser
}

async function changeOnce(
  context: OperationContext,
  caller: Caller,
  { change, patience, means, db, read }: Once,
): Promise<Changed | 'stale'> {
  const current = await read(db, caller, change.id)
  if (current === undefined) return { ok: false, refusal: { kind: 'no-such-user', id: change.id } }
  const deleted = change.kind === 'user.deleted'
  const document = change.next(current)
  // Whoever writes to what only shows an account makes it theirs, also by saying of it what it says.
  if (document === current.document && !deleted && current.shown !== true) {
    // Nothing to write; but asked for once more, so what was refused is tried once more.
    const apps = await retryIdentity(db, { tenant: caller.tenant, connection: caller.connection, id: change.id })
    // Asked for while the same still waits: both hear the same.
    return { ok: true, value: { user: current, apps, confirms: 'change' } }
  }
  const columns = columnsOf(document)
  const at = context.now()
  means({ ...current, document, version: current.version + 1, modifiedAt: at })
  const deactivates = current.document.active && !columns.active
  const method = deleted ? 'delete' : deactivates ? 'deactivate' : 'change'
  const accepted = await updateUser(db, caller, {
    id: change.id,
    ...columns,
    ...(deleted ? { active: false } : {}),
    at,
    actor: caller.actor,
    event: {
      kind: change.kind,
      data: { userName: columns.userName, changed: changedAttributes(current.document, document) },
    },
    urgent: method !== 'change',
    confirm: confirmOf(context, method, patience),
    userNameBefore: current.document.userName,
    emailKeysBefore: emailKeysOf(current.document),
    expected: current.version,
    deleted,
  })
  return written(accepted, { current, columns, at, method })
}

function written(
  accepted: Accepted | 'stale' | 'name-taken',
  { current, columns, at, method }: { current: StoredUser; columns: UserColumns; at: Date; method: Method },
): Changed | 'stale' {
  if (accepted === 'stale') return 'stale'
  const { document, text, userName } = columns
  if (accepted === 'name-taken') return { ok: false, refusal: { kind: 'user-name-taken', userName } }
  return {
    ok: true,
    value: {
      user: { ...current, document, text, version: accepted.version, modifiedAt: at, shown: false },
      apps: accepted.apps,
      confirms: accepted.confirms ? method : undefined,
    },
  }
}

/** Names only: the event log says what changed, not to what. */
function changedAttributes(before: UserDocument, after: UserDocument): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !sameJson(before[name], after[name])).toSorted()
}
