/**
 * Accepts a new identity.
 * Decides that the name must be free in its world; must not talk to any app.
 */
import type { UserDocument } from '../scim/resource.ts'
import { insertUser, readHolder, type Inserted, type StoredUser } from '../store/users.ts'
import { awaitAnswer, confirming, confirmOf, refusedByApp, type Patience } from './confirm.ts'
import { wakeApps, type Caller, type OperationContext, type Result } from './context.ts'
import { madeAfterAll } from './lost-answer.ts'
import { takeUpShown } from './take-up-shown.ts'
import { columnsOf, type UserColumns } from './user-columns.ts'

const TRIES = 5

/**
 * One statement: identity, event and delivery rows are committed together when this resolves. Where the connection
 * confirms, it resolves once an app has taken the account or refused it; a refused create is in no read. A name that the
 * connection was only shown an account under is not taken: its id becomes that of the identity.
 */
export async function createUser(
  context: OperationContext,
  caller: Caller,
  document: UserDocument,
): Promise<Result<StoredUser>> {
  for (let tries = 0; tries < TRIES; tries++) {
    const created = await createAnew(context, caller, document)
    if (!('shown' in created)) return created
    const taken = await takeUpShown(context, caller, { id: created.shown, document })
    if (taken !== 'gone') return taken
  }
  return { ok: false, refusal: { kind: 'busy', id: document.userName } }
}

/** Who has the name is no identity yet. */
interface Shown {
  readonly shown: string
}

function createAnew(
  context: OperationContext,
  caller: Caller,
  document: UserDocument,
): Promise<Result<StoredUser> | Shown> {
  const work = async (patience: Patience | undefined): Promise<Result<StoredUser> | Shown> => {
    const at = context.now()
    const columns = columnsOf(document)
    const inserted = await insert(context, caller, { columns, at, patience })
    if (inserted === 'stale') return { ok: false, refusal: { kind: 'busy', id: columns.userName } }
    if (inserted === 'name-taken')
      return { ok: false, refusal: { kind: 'user-name-taken', userName: columns.userName } }
    if ('shown' in inserted) return inserted
    const { id, version, apps, confirms } = inserted
    wakeApps(context, caller.tenant, apps)
    const refusal =
      confirms && patience !== undefined
        ? await awaitAnswer(context, caller, { method: 'create', id, version, seconds: patience.seconds })
        : undefined
    if (refusal !== undefined) return refusedByApp(refusal)
    const user = { id, document, text: columns.text, version, createdAt: at, modifiedAt: at, grouped: false }
    return { ok: true, value: user }
  }
  return confirming(context, caller, { methods: ['create'], work })
}

interface NewUser {
  readonly columns: UserColumns
  readonly at: Date
  readonly patience: Patience | undefined
}

async function insert(
  context: OperationContext,
  caller: Caller,
  user: NewUser,
): Promise<Inserted | Shown | 'name-taken' | 'stale'> {
  for (let tries = 0; tries < TRIES; tries++) {
    const inserted = await insertOnce(context, caller, user)
    if (inserted === 'stale') continue
    if (inserted !== 'name-taken') return inserted
    const freed = await nameIsFreed(context, caller, user)
    if (freed !== true) return freed === false ? 'name-taken' : freed
  }
  return 'stale'
}

/** Whoever has the name may be refused yet: their outcome is waited for. */
async function nameIsFreed(
  context: OperationContext,
  caller: Caller,
  { columns, patience }: NewUser,
): Promise<boolean | Shown> {
  const holder = await readHolder(context.db, caller, columns.userNameKey)
  if (holder === undefined) return true
  if (holder.shown) return { shown: holder.id }
  if (!holder.undecided) return false
  return (
    (await awaitAnswer(context, caller, { ...holder, method: 'create', seconds: patience?.seconds ?? 0 })) !== undefined
  )
}

function insertOnce(
  context: OperationContext,
  caller: Caller,
  { columns, at, patience }: NewUser,
): Promise<Inserted | 'name-taken' | 'stale'> {
  return insertUser(context.db, caller, {
    id: context.newId(),
    ...columns,
    at,
    actor: caller.actor,
    event: { kind: 'user.created', data: { userName: columns.userName, active: columns.active } },
    urgent: false,
    confirm: confirmOf(context, 'create', patience),
  }).catch((error: unknown) =>
    madeAfterAll(context.db, error, async () => {
      const made = await readHolder(context.db, caller, columns.userNameKey)
      if (made?.createdAt.getTime() !== at.getTime()) return undefined
      // The apps were not named; the next sweep wakes them.
      return { id: made.id, version: made.version, apps: [], confirms: made.undecided }
    }),
  )
}
